package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLContext;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** Runs what the README shows, on the fakes. */
public final class RunSnippets {
  private static final URI CALLBACK = URI.create("https://example.com/salesforce/callback");
  private static final ConnectionKey ACME = ConnectSalesforce.key("acme");

  public static void main(String[] args) throws Exception {
    try (FakeSalesforce salesforce =
            FakeSalesforce.builder().callback(CALLBACK).org("acme").start();
        FakeAmpersand ampersand =
            FakeAmpersand.builder(salesforce).projectName("my-project").start()) {
      // The snippets make clients of their own, which find the fakes at their real names.
      SSLContext.setDefault(salesforce.sslContext());
      ProxySelector.setDefault(salesforce.proxySelector());
      ownCallback(salesforce);
      saas(salesforce);
      ampersandsCallback(salesforce, ampersand);
    }
    System.out.println("The README's snippets work.");
  }

  private static void ownCallback(FakeSalesforce salesforce) throws Exception {
    expect(
        "states, PKCE",
        ConnectSalesforce.flow("key", "secret", StateSigner.newKey()).app().clientId(),
        "key");
    HttpClient client = salesforce.httpClient();
    SalesforceOAuthFlow flow =
        SalesforceOAuthFlow.builder(app(salesforce))
            .states(
                StateSigner.builder("k", StateSigner.newKey())
                    .replayGuard(ReplayGuard.forOneNode())
                    .build())
            .withPkce()
            .transport(HttpTransport.over(client))
            .build();
    try (FreshTokens tokens =
        KeepTokensFresh.tokens(flow, database("own"), TokenCipher.newKey())) {
      ConnectSalesforce routes = new ConnectSalesforce(flow, tokens);
      BrowserBinding browser = BrowserBinding.random();
      URI url = routes.connect("acme", "acme", browser);
      String query = salesforce.approve(url).getRawQuery();
      expect("callback", routes.callback(query, browser), "Connected.");
      expect(
          "no callback",
          routes.callback("", browser),
          "Drop this attempt and let the user start again.");
      errors(salesforce, routes, browser);
      salesforce.expireSessions();
      expect("call", KeepTokensFresh.call(tokens, client, ACME).statusCode(), 200);
      expect("status", KeepTokensFresh.status(tokens, ACME), "Connected");
      expect("stranger", KeepTokensFresh.status(tokens, ConnectSalesforce.key("x")), "Connect Salesforce");
      sweep(tokens);
    }
    kept(salesforce);
  }

  private static void sweep(FreshTokens tokens) throws Exception {
    ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    Future<?> schedule = KeepTokensFresh.keepAlive(tokens, scheduler, Duration.ofMinutes(5));
    scheduler.submit(() -> {}).get(); // behind the first sweep
    expect("sweeps", schedule.isDone(), false);
    scheduler.shutdown();
  }

  private static void errors(
      FakeSalesforce salesforce, ConnectSalesforce routes, BrowserBinding browser) {
    String denied = salesforce.deny(routes.connect("acme", "acme", browser)).getRawQuery();
    expect("denied", routes.callback(denied, browser), "Not connected.");
    URI url = routes.connect("acme", "acme", browser);
    String query = salesforce.approve(url).getRawQuery();
    salesforce.nextTokenRequest(Fault.refuse("invalid_client_id", "client identifier invalid"));
    expectText("refused", routes.callback(query, browser), "(for: ");
    expect(
        "unknown customer",
        ConnectSalesforce.whatNext(new NotConnectedException(ConnectSalesforce.key("x"))),
        "Send the customer to connect.");
  }

  private static void kept(FakeSalesforce salesforce) {
    SalesforceOAuthFlow flow =
        SalesforceOAuthFlow.builder(app(salesforce))
            .withPkce()
            .transport(HttpTransport.over(salesforce.httpClient()))
            .build();
    try (FreshTokens tokens = FreshTokens.inMemory().renewer(flow).build()) {
      ConnectSalesforce routes = new ConnectSalesforce(flow, tokens);
      Map<String, String> session = new HashMap<>();
      URI url = routes.connect(session, LoginHost.myDomain("acme"), "acme");
      URI back = salesforce.approve(url);
      expect(
          "kept",
          routes.callback(session, AuthorizationCallback.fromUri(back)) instanceof Connected,
          true);
    }
  }

  private static void saas(FakeSalesforce salesforce) throws Exception {
    Map<String, String> settings =
        Map.of(
            "stateKey", StateSigner.newKey().reveal(),
            "sealWith", "k",
            "key.k", TokenCipher.newKey().reveal());
    HttpClient client = salesforce.httpClient();
    try (Saas saas =
        new Saas(
            database("saas"),
            client,
            () -> settings,
            Clock.systemUTC(),
            Duration.ofSeconds(1),
            SalesforceOAuthFlow.builder(app(salesforce)).transport(HttpTransport.over(client)))) {
      BrowserBinding browser = BrowserBinding.random();
      URI url = saas.connect("acme", "acme", browser, null);
      String query = salesforce.approve(url).getRawQuery();
      expect("saas", saas.callback(query, browser), "acme is connected.");
      expect("saas call", saas.call("acme"), "Salesforce answered 200.");
    }
  }

  private static void ampersandsCallback(FakeSalesforce salesforce, FakeAmpersand fake) {
    AmpersandClient ampersand =
        AmpersandClient.builder(fake.projectName(), Secret.of(fake.apiKey())).build();
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
            .scopes("api", "refresh_token")
            .build();
    ConnectByAmpersand product = ConnectByAmpersand.register(Secret.of(fake.apiKey()), app);
    fake.complete(salesforce.approve(product.connect(ACME, "acme.my.salesforce.com")));
    String id = ampersand.connections().find(ACME).orElseThrow().id();
    expect("live", product.live(id).isPresent(), true);
    fake.complete(salesforce.approve(product.reconnect(id)));
    handOver(salesforce, ampersand);
  }

  private static void handOver(FakeSalesforce salesforce, AmpersandClient ampersand) {
    SalesforceOAuthFlow flow =
        SalesforceOAuthFlow.builder(app(salesforce))
            .withPkce()
            .transport(HttpTransport.over(salesforce.httpClient()))
            .build();
    ConnectionKey other = ConnectSalesforce.key("other");
    InMemoryTokenStore store = new InMemoryTokenStore();
    TokenCipher cipher = TokenCipher.of(Keyring.of("k", TokenCipher.newKey()));
    try (FreshTokens tokens = FreshTokens.builder(store, cipher).renewer(flow).build()) {
      AuthorizationRequest request = flow.authorize(LoginHost.myDomain("acme"), AuthorizationOptions.none());
      AuthorizationCallback callback = AuthorizationCallback.fromUri(salesforce.approve(request.url()));
      tokens.save(other, flow.exchange(request, callback));
    }
    String connection =
        KeepTokensFresh.handOver(
            FreshTokens.builder(store, cipher).renewer(flow),
            ampersand,
            other,
            key -> LoginHost.myDomain("acme"));
    expect("hand-over", ampersand.connections().get(connection).id(), connection);
  }

  private static SalesforceApp app(FakeSalesforce salesforce) {
    return SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
        .scopes("api", "refresh_token")
        .callback(CALLBACK)
        .build();
  }

  private static DataSource database(String name) {
    JdbcDataSource source = new JdbcDataSource();
    source.setURL("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
    return source;
  }

  private static void expectText(String what, String actual, String part) {
    expect(what + ", " + actual, actual.contains(part), true);
  }

  private static void expect(String what, Object actual, Object expected) {
    if (!actual.equals(expected)) {
      throw new IllegalStateException(what + ": " + actual + " in place of " + expected);
    }
  }
}
