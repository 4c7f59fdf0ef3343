package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.RsaKey;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.ConnectionImport;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceJwtFlow;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.file.FileTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.webhook.WebhookVerifier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A process that does with the SDK what it is told, line by line, and shows where it left
 * something. It is given its secrets by its input alone. Each answer ends with a line of a dot.
 */
final class CanaryNode implements AutoCloseable {
  private static final String LIMITS = "/services/data/v65.0/limits";
  private static final ConnectionKey ADMIN = new ConnectionKey("salesforce", "acme", "admin");
  private static final ConnectionKey ROBOT = new ConnectionKey("salesforce", "acme", "robot");

  private final Places places = new Places();
  private final BrowserBinding browser = BrowserBinding.random();
  private final LoginHost host;
  private final SalesforceOAuthFlow flow;
  private final SalesforceJwtFlow jwt;
  private final FreshTokens tokens;
  private final SalesforceHttp salesforce;
  private final AmpersandClient ampersand;
  private final WebhookVerifier webhooks;

  private CanaryNode(Map<String, String> settings, Path store) {
    this.host = LoginHost.custom(URI.create(require(settings, "host")));
    HttpTransport shared = HttpTransport.shared();
    HttpTransport transport =
        request -> {
          places.look();
          HttpTransport.Response response = shared.send(request);
          places.look();
          return response;
        };
    SalesforceApp app =
        SalesforceApp.builder(require(settings, "consumerKey"), require(settings, "consumerSecret"))
            .scopes("api", "refresh_token")
            .callback(URI.create(require(settings, "callback")))
            .build();
    StateSigner states =
        StateSigner.builder("states", secret(settings, "stateKey"))
            .replayGuard(ReplayGuard.forOneNode())
            .build();
    this.flow =
        SalesforceOAuthFlow.builder(app, host)
            .states(states)
            .withPkce()
            .transport(transport)
            .build();
    this.jwt =
        SalesforceJwtFlow.builder(
                require(settings, "consumerKey"), RsaKey.fromPem(secret(settings, "privateKey")))
            .alsoAt(host)
            .transport(transport)
            .build();
    this.tokens =
        FreshTokens.builder(
                FileTokenStore.open(store),
                TokenCipher.of(Keyring.of("k1", secret(settings, "sealingKey"))))
            .renewer(flow)
            .renewer(jwt)
            .backoff(Duration.ofMillis(1))
            .build();
    this.salesforce =
        SalesforceHttp.builder(tokens, HttpClient.newHttpClient()).alsoAt(host).build();
    this.ampersand =
        AmpersandClient.builder(require(settings, "project"), secret(settings, "apiKey"))
            .baseUrl(URI.create(require(settings, "api")))
            .transport(transport)
            .maxRetries(0)
            .build();
    this.webhooks = WebhookVerifier.builder(secret(settings, "webhookSecret")).build();
  }

  private static String require(Map<String, String> settings, String name) {
    String value = settings.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name);
    }
    return value;
  }

  private static Secret secret(Map<String, String> settings, String name) {
    return Secret.of(require(settings, name));
  }

  public static void main(String[] args) throws Exception {
    Places places = serve(Path.of(args[0]));
    places.look();
    places.walkStaticFields();
    places.texts().forEach(System.out::println);
    System.out.println(".");
  }

  /** Serves until it is told to close, and returns what was seen meanwhile. */
  private static Places serve(Path store) throws Exception {
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (CanaryNode node = new CanaryNode(settings(orders), store)) {
      for (String order = orders.readLine(); !order.equals("close"); order = orders.readLine()) {
        System.out.println(node.answerOrFailure(order));
        System.out.println(".");
        node.places.look();
      }
      return node.places;
    }
  }

  private static Map<String, String> settings(BufferedReader orders) throws IOException {
    Map<String, String> settings = new HashMap<>();
    for (String line = orders.readLine(); !line.isEmpty(); line = orders.readLine()) {
      String[] pair = line.split("=", 2);
      settings.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
    }
    return settings;
  }

  private String answerOrFailure(String order) {
    try {
      return answer(order.split(" ", -1));
    } catch (Exception e) {
      return e.toString();
    }
  }

  private String answer(String[] order) throws Exception {
    return switch (order[0]) {
      case "connect" ->
          flow.authorize(AuthorizationOptions.builder().binding(browser).build()).url().toString();
      case "callback" -> callback(order[1]);
      case "mint" -> {
        tokens.save(ROBOT, jwt.mint(host, order[1]));
        yield call(ROBOT);
      }
      case "call" -> call(ADMIN);
      case "refresh" -> tokens.refresh(ADMIN) + " " + tokens.status(ADMIN);
      case "import" -> ampersand.connections().importConnection(imported()).toString();
      case "read" ->
          ampersand.connections().getWithRefreshToken(order[1], Refresh.FORCE).toString();
      case "webhook" -> webhook(order);
      case "uncaught" -> uncaught();
      case "disconnect" -> tokens.disconnect(ADMIN) + " " + tokens.status(ADMIN);
      case "write" -> write();
      default -> throw new IllegalArgumentException(order[0]);
    };
  }

  private String callback(String query) {
    AuthorizationCallback callback = AuthorizationCallback.fromQuery(query);
    AuthorizationResult result = flow.complete(callback, browser);
    if (result instanceof Connected connected) {
      tokens.save(ADMIN, connected.tokens());
    }
    return result instanceof Failed failed ? failed.error().toString() : result.toString();
  }

  private String call(ConnectionKey key) throws IOException, InterruptedException {
    return "answered "
        + salesforce.at(key).send(LIMITS, HttpRequest.Builder::GET).statusCode()
        + " to "
        + tokens.get(key);
  }

  private ConnectionImport imported() {
    return ConnectionImport.builder(ADMIN, tokens.get(ADMIN)).build();
  }

  /** Takes a delivery in Base64, and then its headers. */
  private String webhook(String... delivery) {
    Map<String, List<String>> headers = new HashMap<>();
    for (int i = 2; i < delivery.length; i += 2) {
      headers.put(delivery[i], List.of(delivery[i + 1]));
    }
    return webhooks.verify(Base64.getDecoder().decode(delivery[1]), headers::get).toString();
  }

  /** Ends a thread by the failure of a refresh, which Java prints. */
  private String uncaught() throws InterruptedException {
    Thread thread = new Thread(() -> tokens.refresh(ADMIN));
    thread.start();
    thread.join();
    return "printed";
  }

  /** Saves the grant under other names until the process is killed. */
  private String write() {
    TokenSet grant = tokens.get(ADMIN);
    for (int i = 0; ; i++) {
      tokens.save(new ConnectionKey("salesforce", "acme", "copy" + i % 9), grant);
    }
  }

  @Override
  public void close() {
    tokens.close();
  }
}
