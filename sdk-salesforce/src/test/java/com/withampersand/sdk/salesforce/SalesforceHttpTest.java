package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.ReceivedRequest;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.RefusalTest;
import com.withampersand.sdk.token.TokenCall;
import com.withampersand.sdk.token.TokenProvider;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceHttpTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final String LIMITS = "/services/data/v65.0/limits";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final LoginHost host = LoginHost.other(salesforce.uri());
  private final Map<ConnectionKey, TokenSet> store = new ConcurrentHashMap<>();
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private SalesforceHttp connected(String... scopes) {
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
            .scopes(scopes)
            .callback(URI.create("http://localhost:8080/callback"))
            .build();
    SalesforceOAuthFlow flow = SalesforceOAuthFlow.of(app, host);
    AuthorizationRequest request = flow.authorize();
    URI callback = salesforce.approve(request.url());
    store.put(ADA, flow.exchange(request, AuthorizationCallback.parse(callback)));
    salesforce.clearRequests();
    return SalesforceHttp.of(new OneProcessTokens(flow, store), client, host);
  }

  /** The contract's bare minimum: one process, one thread, no lease. */
  private record OneProcessTokens(SalesforceOAuthFlow flow, Map<ConnectionKey, TokenSet> store)
      implements TokenProvider {
    @Override
    public TokenSet get(ConnectionKey key) {
      return Optional.ofNullable(store.get(key)).orElseThrow(() -> new NotConnectedException(key));
    }

    @Override
    public TokenSet refused(ConnectionKey key, Secret sentAccessToken) {
      store.put(key, flow.refresh(get(key)));
      return get(key);
    }

    @Override
    public GrantStatus status(ConnectionKey key) {
      throw new UnsupportedOperationException("not needed here");
    }

    @Override
    public <T, E extends Exception> T call(
        ConnectionKey key, TokenCall<T, E> call, RefusalTest<T> refused) throws E {
      TokenSet tokens = get(key);
      T result = call.call(tokens);
      return refused.isRefusal(result, null)
          ? call.call(refused(key, tokens.accessToken()))
          : result;
    }
  }

  private TokenSet stored() {
    return Optional.ofNullable(store.get(ADA)).orElseThrow();
  }

  private List<String> paths() {
    return salesforce.requests().stream().map(ReceivedRequest::path).toList();
  }

  @Test
  void send_tokenThatWorks_asksTheInstanceOnce() throws Exception {
    HttpResponse<String> response =
        connected("api", "refresh_token").send(ADA, LIMITS + "?x=1", HttpRequest.Builder::GET);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(paths()).containsExactly(LIMITS);
    assertThat(salesforce.requests().get(0).query("x")).contains("1");
  }

  @Test
  void send_sessionOver_refreshesOnceAndAsksAgain() throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");
    salesforce.expireSessions();

    HttpResponse<String> response = http.send(ADA, LIMITS, HttpRequest.Builder::GET);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(paths()).containsExactly(LIMITS, "/services/oauth2/token", LIMITS);
  }

  @Test
  void send_refusalThatNoRefreshCures_isReturnedAndNothingRefreshed() throws Exception {
    SalesforceHttp http = connected("id", "refresh_token");

    HttpResponse<String> response = http.send(ADA, LIMITS, HttpRequest.Builder::GET);

    assertThat(response.body()).contains("not valid for use with the REST API");
    assertThat(paths()).containsExactly(LIMITS);
    assertThat(SalesforceRefusal.of(response.statusCode(), response.body()).error().remedy())
        .contains("api");
  }

  @Test
  void send_noSuchGrant_isNotConnected() {
    SalesforceHttp http = connected("api", "refresh_token");
    ConnectionKey bob = new ConnectionKey("salesforce", "acme", "bob");

    assertThatExceptionOfType(NotConnectedException.class)
        .isThrownBy(() -> http.send(bob, LIMITS, HttpRequest.Builder::GET))
        .satisfies(error -> assertThat(error.connection()).contains(bob));
    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void send_grantEnded_needsConsent() {
    SalesforceHttp http = connected("api", "refresh_token");
    salesforce.revokeAll();

    assertThatExceptionOfType(OAuthException.class)
        .isThrownBy(() -> http.send(ADA, LIMITS, HttpRequest.Builder::GET))
        .matches(OAuthException::needsReauthorization);
  }

  @Test
  void send_body_isSentAgainWithTheSecondCall() throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");
    salesforce.expireSessions();

    http.send(ADA, LIMITS, request -> request.POST(BodyPublishers.ofString("{\"x\":1}")));

    assertThat(salesforce.requests(LIMITS))
        .extracting(ReceivedRequest::body)
        .containsExactly("{\"x\":1}", "{\"x\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "services/data", "//evil.example/x", "https://evil.example/"})
  void send_pathThatCouldLeadElsewhere_isRefusedAndNothingSent(String path) {
    SalesforceHttp http = connected("api", "refresh_token");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> http.send(ADA, path, HttpRequest.Builder::GET));
    assertThat(salesforce.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/@evil.example/", "/\\evil.example", "/..//evil.example"})
  void send_pathWithTricks_staysAtTheInstance(String path) throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");

    try {
      http.send(ADA, path, HttpRequest.Builder::GET);
      assertThat(paths()).hasSize(1);
    } catch (IllegalArgumentException e) {
      assertThat(salesforce.requests()).isEmpty();
    }
  }

  @Test
  void send_requestLedToAnotherAddress_isRefused() {
    SalesforceHttp http = connected("api", "refresh_token");

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> http.send(ADA, LIMITS, request -> request.uri(URI.create("http://localhost:1/"))))
        .withMessageContaining("another address");
  }

  @Test
  void send_authorizationOfTheCallers_isReplaced() throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");

    http.send(ADA, LIMITS, request -> request.header("Authorization", "Bearer other").GET());

    assertThat(salesforce.requests().get(0).headers().get("Authorization"))
        .containsExactly("Bearer " + stored().accessToken().reveal());
  }

  @Test
  void send_instanceThatIsNotSalesforces_isNotAsked() {
    SalesforceHttp http = connected("api", "refresh_token");
    TokenSet tokens = stored();
    store.put(ADA, tokens.toBuilder().attribute("instance_url", "https://evil.example").build());

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> http.send(ADA, LIMITS, HttpRequest.Builder::GET))
        .withMessageContaining("no token is sent there");
  }

  @Test
  void send_instanceUnknown_saysSo() {
    SalesforceHttp http = connected("api", "refresh_token");
    TokenSet tokens = stored();
    store.put(
        ADA,
        TokenSet.builder(tokens.accessToken(), tokens.obtainedAt())
            .scopes(tokens.scopes())
            .build());

    assertThatIllegalStateException()
        .isThrownBy(() -> http.send(ADA, LIMITS, HttpRequest.Builder::GET))
        .withMessageContaining("where the org");
    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void send_interrupted_isAnInterruption() {
    SalesforceHttp http = connected("api", "refresh_token");
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> http.send(ADA, LIMITS, HttpRequest.Builder::GET));
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void send_bodyThatNeverEnds_isGivenUpInTime() throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");
    try (MockWebServer slow = new MockWebServer()) {
      slow.start();
      slow.enqueue(
          new MockResponse.Builder()
              .body("x".repeat(1000))
              .throttleBody(1, 1, TimeUnit.SECONDS)
              .build());
      TokenSet tokens = stored();
      String instance = "http://localhost:" + slow.getPort();
      store.put(ADA, tokens.toBuilder().attribute("instance_url", instance).build());

      assertThatExceptionOfType(HttpTimeoutException.class)
          .isThrownBy(
              () -> http.send(ADA, LIMITS, request -> request.timeout(Duration.ofMillis(300))));
    }
  }

  @Test
  void of_clientThatFollowsRedirects_isRefused() {
    SalesforceApp app =
        SalesforceApp.builder("key", "secret").scopes("api", "refresh_token").build();
    TokenProvider tokens = new OneProcessTokens(SalesforceOAuthFlow.of(app, host), store);
    HttpClient following = HttpClient.newBuilder().followRedirects(Redirect.NORMAL).build();

    assertThatIllegalArgumentException().isThrownBy(() -> SalesforceHttp.of(tokens, following));
  }
}
