package com.withampersand.sdk.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.WebhookException;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.ConnectRequest;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.platform.Reconnection;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeDestination;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.FakeWebhook;
import com.withampersand.sdk.webhook.AmpersandEvent;
import com.withampersand.sdk.webhook.AmpersandEvent.Change;
import com.withampersand.sdk.webhook.AmpersandEvent.ConnectionChanged;
import com.withampersand.sdk.webhook.AmpersandEvent.ConnectionFailed;
import com.withampersand.sdk.webhook.WebhookVerifier;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Receives Ampersand's webhooks: it refuses what Ampersand did not send, handles each event once,
 * and knows which customers have to connect again. A fake Ampersand on this machine sends them on
 * time, late, twice, out of order and tampered with.
 */
public final class WebhookReceiver implements AutoCloseable {
  private static final String DESTINATION = "my-webhooks";

  private final AmpersandClient ampersand;
  private final HttpServer server;

  // region verifier
  /** The destination's signing secrets, the newest first. Each webhook is checked with all. */
  private final List<Secret> secrets = new CopyOnWriteArrayList<>();

  private final WebhookVerifier verifier = WebhookVerifier.builder(() -> secrets).build();

  // endregion

  /** In production: a table whose rows are written along with the work, and kept for some days. */
  private final Set<String> handled = ConcurrentHashMap.newKeySet();

  /** Where the user of each broken connection consents again. */
  private final Map<String, URI> reconnectUrls = new ConcurrentHashMap<>();

  private WebhookReceiver(AmpersandClient ampersand) throws IOException {
    this.ampersand = ampersand;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/webhooks", this::receive);
    server.start();
  }

  // region receive
  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(answer(exchange), -1);
    }
  }

  private int answer(HttpExchange exchange) throws IOException {
    try {
      byte[] body = WebhookVerifier.read(exchange.getRequestBody()); // 1 MiB at most
      AmpersandEvent event = verifier.verify(body, exchange.getRequestHeaders()::get);
      if (!handled.contains(event.id())) {
        handle(event);
        handled.add(event.id());
      }
      return 204;
    } catch (WebhookException e) {
      return e.httpStatus();
    }
  }

  private void handle(AmpersandEvent event) {
    if (event instanceof ConnectionFailed failed) {
      connectAgain(failed.connectionId());
    } else if (event instanceof ConnectionChanged changed
        && (changed.change() == Change.REFRESHED || changed.change() == Change.DELETED)) {
      reconnectUrls.remove(changed.connectionId());
    } // what you do not know needs nothing but the 204
  }

  private void connectAgain(String connectionId) {
    try {
      Reconnection now = ampersand.connections().reconnection(connectionId);
      now.url().ifPresent(url -> reconnectUrls.put(connectionId, url));
    } catch (ApiException e) {
      if (e.httpStatus() != 404) { // events come in any order: it may be deleted by now
        throw e;
      }
    }
  }

  // endregion

  // region secrets
  /** Run this at the start. */
  private void fetchSecret() {
    secrets.add(0, ampersand.destinations().signingSecret(DESTINATION));
  }

  /** The old secret stays in the list, and can go a day later. */
  private void rotateSecret() {
    secrets.add(0, ampersand.destinations().rotateSigningSecret(DESTINATION));
  }

  // endregion

  private URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/webhooks");
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** Runs; an exception ends it with a status other than 0. */
  public static void main(String[] args) throws IOException {
    run(System.out);
  }

  static void run(PrintStream out) throws IOException {
    try (FakeSalesforce salesforce = FakeSalesforce.start();
        FakeAmpersand fake = FakeAmpersand.start(salesforce)) {
      AmpersandClient ampersand =
          AmpersandClient.builder(fake.projectName(), Secret.of(fake.apiKey()))
              .baseUrl(fake.apiUri())
              .build();
      String connection = connect(salesforce, fake, ampersand);
      try (WebhookReceiver receiver = new WebhookReceiver(ampersand)) {
        FakeDestination destination = fake.addDestination(DESTINATION, receiver.address());
        receiver.fetchSecret();
        receiver.deliverAll(destination, connection, out);
        salesforce.revokeAll();
        ampersand.connections().getWithAccessToken(connection, Refresh.FORCE);
        receiver.recover(salesforce, fake, destination, connection, out);
      }
      out.println("Done.");
    }
  }

  /** Connects a customer, and returns the connection's id. */
  private static String connect(
      FakeSalesforce salesforce, FakeAmpersand fake, AmpersandClient ampersand) {
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
            .scopes("api", "refresh_token")
            .callback(fake.callbackUri())
            .build();
    ampersand.providerApps().apply(app);
    ConnectionKey customer = new ConnectionKey("salesforce", "acme-corp", "user-42");
    URI url = ampersand.connections().connectUrl(ConnectRequest.of(customer));
    fake.complete(salesforce.approve(url));
    return ampersand.connections().find(customer).orElseThrow().id();
  }

  private void deliverAll(FakeDestination destination, String connection, PrintStream out) {
    FakeWebhook read =
        destination.webhook("{\"action\":\"read\",\"objectName\":\"Contact\",\"result\":[]}");
    out.println("on time      answered " + destination.send(read));
    out.println(
        "twice        answered "
            + destination.sendTwice(read)
            + ", handled "
            + handled.size()
            + " event");
    out.println("tampered     answered " + destination.sendTampered(read));
    out.println("unsigned     answered " + destination.sendUnsigned(read));
    out.println("late         answered " + destination.sendLate(read, Duration.ofMinutes(6)));
    FakeWebhook large = destination.webhook("x".repeat(WebhookVerifier.MAX_BODY_BYTES + 1));
    out.println("too long     answered " + destination.send(large));
    rotateSecret();
    out.println("rotated      answered " + destination.send(destination.webhook("{}")));
    destination.sendInReverse(
        destination.connectionError(connection, "Token refresh failed"),
        destination.connectionRefreshed(connection));
    out.println("in reverse   " + reconnectUrls.size() + " customers have to connect again");
  }

  private void recover(
      FakeSalesforce salesforce,
      FakeAmpersand fake,
      FakeDestination destination,
      String connection,
      PrintStream out) {
    destination.send(destination.connectionError(connection, "Token refresh failed"));
    URI url = reconnectUrls.getOrDefault(connection, URI.create("about:blank"));
    out.println("error        the customer consents again at " + url.getPath());
    fake.complete(salesforce.approve(url));
    destination.send(destination.connectionRefreshed(connection));
    out.println("refreshed    " + reconnectUrls.size() + " customers have to connect again");
  }
}
