package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.AmpersandException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * A product with a web page on which customers connect their Salesforce orgs. Each browser is a
 * customer of its own. It serves this machine until it is stopped, and keeps everything in memory.
 *
 * <p>Without {@code SALESFORCE_CLIENT_ID} it brings a fake Salesforce, whose sessions can be ended
 * from the page. With it, and {@code SALESFORCE_CLIENT_SECRET}, it connects real orgs; if wanted,
 * {@code SALESFORCE_SCOPES} and {@code SALESFORCE_CALLBACK} (the default is {@code
 * http://localhost:8080/callback}) say more about the app. {@code PORT} is where it listens; the
 * default is the port of the callback, or 8080 if that is an https address.
 *
 * <p>Ends with status 2 if it could not start.
 */
public final class WebExample {
  private WebExample() {}

  /** Runs until it is stopped. */
  public static void main(String[] args) throws InterruptedException {
    if (start(System.getenv(), System.out).isEmpty()) {
      System.exit(2);
    }
    new CountDownLatch(1).await();
  }

  /** Starts, and returns what runs; empty if it could not start, which is printed. */
  static Optional<Site> start(Map<String, String> environment, PrintStream out) {
    try {
      Site site = start(environment);
      out.println(
          "Open " + site.address() + " in a browser. A private window is another customer.");
      return Optional.of(site);
    } catch (BindException e) {
      out.println("Cannot start: another program listens at that port. Stop it, or set PORT.");
    } catch (IOException | IllegalArgumentException | AmpersandException e) {
      out.println("Cannot start: " + e.getMessage());
    }
    return Optional.empty();
  }

  private static Site start(Map<String, String> environment) throws IOException {
    Optional<Integer> port = port(environment);
    String callback = "http://localhost:" + port.orElse(8080) + "/callback";
    if (environment.getOrDefault("SALESFORCE_CLIENT_ID", "").isBlank()) {
      Server server = Server.bind(port.orElse(8080)); // before the fake takes free ports
      return Site.start(DemoSalesforce.start(URI.create(callback)), server);
    }
    RealSalesforce salesforce = RealSalesforce.of(environment, callback, client());
    Server server = Server.bind(port.orElse(portOf(salesforce.app().callbackUri())));
    return Site.start(salesforce, server);
  }

  private static HttpClient client() {
    return HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  }

  private static Optional<Integer> port(Map<String, String> environment) {
    String port = environment.getOrDefault("PORT", "").strip();
    if (port.isEmpty()) {
      return Optional.empty();
    }
    if (!port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65_535) {
      throw new IllegalArgumentException("PORT is not a port: " + port);
    }
    return Optional.of(Integer.parseInt(port));
  }

  /** A callback over https is that of a proxy, which knows this server by a port of its own. */
  private static int portOf(URI callback) {
    if (callback.getScheme().equals("https")) {
      return 8080;
    }
    return callback.getPort() == -1 ? 80 : callback.getPort();
  }
}
