package com.withampersand.sdk.examples;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeOrg;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the guides show works: each fragment runs on the fakes. */
@Timeout(60)
class GuidesTest {
  private static final URI CALLBACK = URI.create("https://product.example/callback");

  private final FakeSalesforce salesforce = FakeSalesforce.builder().callback(CALLBACK).start();
  private final FakeOrg acme = salesforce.addOrg("acme");
  private final FakeOrg beta = salesforce.addOrg("beta");
  private final StateSigner states =
      StateSigner.builder("k1", StateSigner.newKey()).replayGuard(ReplayGuard.forOneNode()).build();
  private HttpClient client;
  private SalesforceOAuthFlow flow;
  private FreshTokens tokens;

  @BeforeEach
  void start() {
    client = salesforce.httpClient();
    flow = flow("api refresh_token");
    tokens = FreshTokens.inMemory().renewer(flow).build();
  }

  @AfterEach
  void stop() {
    tokens.close();
    salesforce.close();
  }

  private SalesforceApp app(String scopes) {
    return SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
        .scopes(scopes)
        .callback(CALLBACK)
        .build();
  }

  private SalesforceOAuthFlow flow(String scopes) {
    return SalesforceOAuthFlow.builder(app(scopes))
        .states(states)
        .transport(HttpTransport.over(client))
        .withPkce()
        .build();
  }

  private static ConnectionKey key(String customer) {
    return new ConnectionKey("salesforce", customer, "admin");
  }

  private void move(FakeOrg org) {
    IssuedGrant grant = org.issueGrant();
    MoveGrants.move(
        tokens,
        flow.app(),
        key(org.name()),
        new MoveGrants.OldGrant(
            org.name(), grant.accessToken(), grant.refreshToken(), Instant.now()));
  }

  @Test
  void moveGrants_grantOfAnotherLibrary_isRefreshedOnceAndWorks() throws Exception {
    move(acme);

    int status =
        OwnTransport.calls(tokens, client)
            .at(key("acme"))
            .send("/services/data/v65.0/limits", HttpRequest.Builder::GET)
            .statusCode();

    assertThat(status).isEqualTo(200);
    assertThat(acme.grants().get(0).refreshes()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "acme, https://acme.my.salesforce.com",
    "https://acme.lightning.force.com/lightning/page/home, https://acme.my.salesforce.com",
    "acme--uat, https://acme--uat.sandbox.my.salesforce.com",
    "login.salesforce.com, https://login.salesforce.com",
    "production, https://login.salesforce.com",
    "test.salesforce.com, https://test.salesforce.com",
    "sandbox, https://test.salesforce.com"
  })
  void loginHost_whatCustomersType_isTheHostOfTheGuide(String typed, URI host) {
    assertThat(LoginHost.parse(typed).uri()).isEqualTo(host);
    assertThatIllegalArgumentException().isThrownBy(() -> LoginHost.parse("evil.example"));
  }

  @Test
  void askForScopes_customerConsentsAgain_hasThemAndNothingIsMissing() {
    BrowserBinding browser = BrowserBinding.random();
    AuthorizationOptions first =
        AuthorizationOptions.builder().payload("acme").binding(browser).build();
    connect(flow, flow.authorize(LoginHost.myDomain("acme"), first).url(), browser);
    SalesforceOAuthFlow wider = flow("api refresh_token id");

    String missing = AskForScopes.missing(wider, tokens, key("acme")).toString();
    URI url = AskForScopes.consent(wider, tokens.status(key("acme")), acme.id(), browser);
    connect(wider, url, browser);

    assertThat(missing).isEqualTo("id");
    assertThat(url).hasHost("acme.my.salesforce.com");
    assertThat(AskForScopes.missing(wider, tokens, key("acme")).isEmpty()).isTrue();
    assertThat(tokens.status(key("acme")).kind()).isEqualTo(Kind.ACTIVE);
  }

  private void connect(SalesforceOAuthFlow at, URI url, BrowserBinding browser) {
    Connected connected =
        (Connected) at.complete(AuthorizationCallback.fromUri(acme.approve(url)), browser);
    tokens.save(key(connected.payload()), connected.tokens());
  }

  @Test
  void ownTransport_byProxy_everythingLeavesThroughIt() throws Exception {
    FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
    InetSocketAddress proxy =
        new InetSocketAddress(salesforce.proxyUri().getHost(), salesforce.proxyUri().getPort());
    client =
        OwnTransport.byProxy(HttpClient.newBuilder().sslContext(salesforce.sslContext()), proxy);
    Queue<String> hosts = new ConcurrentLinkedQueue<>();
    HttpTransport measured =
        OwnTransport.measured(
            HttpTransport.over(client), (host, took) -> hosts.add(host + took.isNegative()));
    AmpersandClient api = OwnTransport.ampersand(Secret.of(ampersand.apiKey()), measured);
    tokens.close();
    tokens =
        FreshTokens.inMemory()
            .renewer(OwnTransport.tokenRequests(app("api refresh_token"), client))
            .build();

    move(acme);
    SalesforceHttp calls = OwnTransport.calls(tokens, client);

    assertThat(calls.send(key("acme"), "/services/data/v65.0/limits", HttpRequest.Builder::GET))
        .returns(200, answer -> answer.statusCode());
    assertThat(api.toString()).isNotEmpty();
    assertThat(measured.send(ping()).status()).isEqualTo(200);
    assertThat(hosts).containsExactly("acme.my.salesforce.comfalse");
    ampersand.close();
  }

  private static HttpTransport.Request ping() {
    return new HttpTransport.Request(
        "GET",
        URI.create("https://acme.my.salesforce.com/services/data"),
        Map.of(),
        new byte[0],
        Duration.ofSeconds(10),
        1 << 20);
  }

  @Test
  void keepAlive_storeFailsOnce_sweepsAgain() throws Exception {
    CountDownLatch sweeps = new CountDownLatch(3);
    TokenStore store = new StoreThatFailsFirst(new InMemoryTokenStore(), sweeps);
    tokens.close();
    tokens =
        FreshTokens.builder(store, TokenCipher.of(Keyring.of("k1", TokenCipher.newKey())))
            .renewer(flow)
            .build();
    ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

    Future<?> schedule = KeepTokensFresh.keepAlive(tokens, scheduler, Duration.ofMillis(1));

    assertThat(sweeps.await(30, SECONDS)).isTrue();
    assertThat(schedule.isDone()).isFalse();
    scheduler.shutdown();
  }

  /** Fails the first time that it is asked what is due. */
  private record StoreThatFailsFirst(TokenStore rows, CountDownLatch sweeps) implements TokenStore {
    @Override
    public Row read(ConnectionKey key) {
      return rows.read(key);
    }

    @Override
    public boolean write(ConnectionKey key, Row.Revision expected, Row.Change next) {
      return rows.write(key, expected, next);
    }

    @Override
    public List<Row> rows(RowFilter filter, @Nullable ConnectionKey after, int limit) {
      return rows.rows(filter, after, limit);
    }

    @Override
    public List<Row> due(Row.@Nullable Cursor after, int limit) {
      long before = sweeps.getCount();
      sweeps.countDown();
      if (before == 3) {
        throw new TokenStoreException("the store is away", true, null);
      }
      return rows.due(after, limit);
    }
  }

  /** Virtual threads where the JDK has them. */
  private static ExecutorService threads() throws ReflectiveOperationException {
    return Runtime.version().feature() < 21
        ? Executors.newCachedThreadPool()
        : (ExecutorService)
            Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }

  @Test
  void manyCalls_onThreadsAndAsync_answered() throws Exception {
    move(acme);
    move(beta);
    SalesforceHttp salesforceHttp = SalesforceHttp.of(tokens, client);
    ExecutorService threads = threads();

    List<Future<Integer>> answers =
        ManyCalls.onThreads(salesforceHttp, List.of(key("acme"), key("beta")), threads);

    for (Future<Integer> answer : answers) {
      assertThat(answer.get()).isEqualTo(200);
    }
    assertThat(ManyCalls.async(salesforceHttp, key("beta")).get()).isEqualTo(200);
    threads.shutdown();
  }
}
