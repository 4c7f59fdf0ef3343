package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeResponse;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls go through the fake Ampersand's proxy to the fake Salesforce. */
@Timeout(60)
class AmpersandProxyTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme group", "ada");
  private static final Instant NOW = Instant.parse("2025-03-06T22:09:42Z");
  private static final String QUERY = "/services/data/v65.0/query";
  private static final String RECORDS = "/services/data/v65.0/sobjects/Account";

  /** What the fake's rate limiter answers, seven seconds before it lets calls through. */
  private static final Fault THROTTLED =
      Fault.respond(429, "text/plain", "slow down")
          .header("X-Amp-Retryable", "true")
          .header("X-Amp-Retry-After", "Thu, 06 Mar 2025 22:09:49 UTC");

  private final FakeSalesforce salesforce = FakeSalesforce.builder().org("acme").start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Duration> waits = new ArrayList<>();
  private final AmpersandClient client = clientOf(Secret.of(ampersand.apiKey())).build();
  private String connectionId = "";
  private String installationId = "";

  private AmpersandClient.Builder clientOf(Secret key) {
    return AmpersandClient.builder(ampersand.projectName(), key)
        .baseUrl(ampersand.apiUri())
        .clock(Clock.fixed(NOW, ZoneOffset.UTC))
        .maxRetries(0)
        .pause(waits::add);
  }

  @BeforeEach
  void connect() {
    String app =
        ampersand.addProviderApp(
            "salesforce",
            salesforce.consumerKey(),
            salesforce.consumerSecret(),
            "api",
            "refresh_token");
    ConnectRequest request =
        ConnectRequest.builder(ADA).providerAppId(app).workspaceRef("acme").build();
    ampersand.complete(salesforce.approve(client.connections().connectUrl(request)));
    connectionId = ampersand.connectionIds().get(0);
    installationId = ampersand.addInstallation("sync", connectionId);
    salesforce.answer("GET", QUERY, call -> FakeResponse.json("{\"done\":true}"));
    salesforce.answer("POST", RECORDS, call -> FakeResponse.json(201, call.request().body()));
    ampersand.clearRequests();
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private AmpersandProxy.Builder builder() {
    return AmpersandProxy.builder(client, http).baseUrl(ampersand.apiProxyUri());
  }

  private AmpersandProxy.Installation installation() {
    return builder().build().forInstallation(installationId);
  }

  private AmpersandProxy.Installation throttled() {
    return builder().throttle().build().forInstallation(installationId);
  }

  private static HttpRequest.Builder post(HttpRequest.Builder request) {
    return request.POST(BodyPublishers.ofString("{\"Name\":\"Acme\"}"));
  }

  // What is sent

  @Test
  void send_installation_sendsItsIdTheProjectsIdAndTheKey() throws Exception {
    HttpResponse<String> response =
        installation().send(QUERY + "?q=SELECT+Id", request -> request.header("Accept", "a/b"));

    ReceivedRequest received = ampersand.requests(QUERY).get(0);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"done\":true}");
    assertThat(received.header("X-Amp-Proxy-Version")).contains("1");
    assertThat(received.header("X-Amp-Project-Id")).contains(ampersand.projectId());
    assertThat(received.header("X-Api-Key")).contains(ampersand.apiKey());
    assertThat(received.header("X-Amp-Installation-Id")).contains(installationId);
    assertThat(received.headers())
        .doesNotContainKeys(
            "X-Amp-Integration-Name", "X-Amp-Group-Ref", "X-Amp-Rate-Limiter-Mode", "Authorization")
        .containsKey("Accept");
    assertThat(received.query("q")).contains("SELECT Id");
  }

  @Test
  void send_integration_sendsItsNameAndTheGroup() throws Exception {
    HttpResponse<String> response =
        builder()
            .build()
            .forIntegration("sync", "acme group")
            .send(RECORDS, AmpersandProxyTest::post);

    ReceivedRequest received = ampersand.requests(RECORDS).get(0);
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body()).isEqualTo("{\"Name\":\"Acme\"}");
    assertThat(received.header("X-Amp-Integration-Name")).contains("sync");
    assertThat(received.header("X-Amp-Group-Ref")).contains("acme group");
    assertThat(received.headers()).doesNotContainKey("X-Amp-Installation-Id");
  }

  @Test
  void send_anyCall_bringsNoKeyToTheProvider() throws Exception {
    installation().send(QUERY, HttpRequest.Builder::GET);

    assertThat(salesforce.requests())
        .isNotEmpty()
        .allSatisfy(
            request -> {
              assertThat(request.headers()).doesNotContainKey("X-Api-Key");
              assertThat(request.headers().toString()).doesNotContain(ampersand.apiKey());
            });
  }

  @Test
  void send_sessionHasEnded_isAnsweredAfterAmpersandsRefresh() throws Exception {
    salesforce.expireSessions();

    assertThat(installation().send(QUERY, HttpRequest.Builder::GET).statusCode()).isEqualTo(200);

    assertThat(ampersand.refreshCount(connectionId)).isEqualTo(1);
    assertThat(ampersand.requests(QUERY)).hasSize(1);
  }

  @Test
  void send_defaultAddress_isAmpersandsProxy() throws Exception {
    HttpClient byRealName = salesforce.httpClient();
    AmpersandClient real =
        AmpersandClient.builder(ampersand.projectName(), Secret.of(ampersand.apiKey()))
            .transport(HttpTransport.over(byRealName))
            .build();

    HttpResponse<String> response =
        AmpersandProxy.of(real, byRealName)
            .forInstallation(installationId)
            .send(QUERY, HttpRequest.Builder::GET);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(ampersand.requests(QUERY))
        .singleElement()
        .extracting(ReceivedRequest::host)
        .isEqualTo("proxy.withampersand.com");
  }

  @Test
  void send_keyThatChanges_isAskedForOnEachCall() throws Exception {
    AtomicReference<Secret> key = new AtomicReference<>(Secret.of(ampersand.apiKey()));
    AmpersandClient changing =
        AmpersandClient.builder(ampersand.projectName(), key::get)
            .baseUrl(ampersand.apiUri())
            .build();
    AmpersandProxy.Installation calls =
        AmpersandProxy.builder(changing, http)
            .baseUrl(ampersand.apiProxyUri())
            .build()
            .forInstallation(installationId);
    calls.send(QUERY, HttpRequest.Builder::GET);

    key.set(Secret.of(ampersand.regenerateApiKey()));

    assertThat(calls.send(QUERY, HttpRequest.Builder::GET).statusCode()).isEqualTo(200);
  }

  // The project's ID

  private List<ReceivedRequest> projectReads() {
    return ampersand.requests("/v1/projects/" + ampersand.projectName());
  }

  @Test
  void send_severalCalls_readTheProjectOnce() throws Exception {
    AmpersandProxy proxy = builder().build();

    proxy.forInstallation(installationId).send(QUERY, HttpRequest.Builder::GET);
    proxy.forIntegration("sync", "acme group").send(QUERY, HttpRequest.Builder::GET);

    assertThat(projectReads()).hasSize(1);
    assertThat(ampersand.requests(QUERY)).hasSize(2);
  }

  @Test
  void send_projectCannotBeRead_sendsNothingAndReadsItAgainNextTime() throws Exception {
    AmpersandProxy.Installation calls = installation();
    ampersand.failNext(503);

    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> calls.send(QUERY, HttpRequest.Builder::GET))
        .withMessageContaining("reading of project");
    assertThat(ampersand.requests(QUERY)).isEmpty();

    assertThat(calls.send(QUERY, HttpRequest.Builder::GET).statusCode()).isEqualTo(200);
    assertThat(projectReads()).hasSize(2);
  }

  // Throttling

  @Test
  void send_throttledUntilADateInUtc_waitsAndSendsEvenAPostAgain() throws Exception {
    ampersand.nextProxyCall(THROTTLED);
    AtomicInteger filled = new AtomicInteger();

    HttpResponse<String> response =
        throttled()
            .send(
                RECORDS,
                request -> {
                  filled.incrementAndGet();
                  return post(request);
                });

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body()).isEqualTo("{\"Name\":\"Acme\"}");
    assertThat(filled).hasValue(2);
    assertThat(ampersand.requests(RECORDS))
        .hasSize(2)
        .allSatisfy(
            request -> assertThat(request.header("X-Amp-Rate-Limiter-Mode")).contains("throttle"));
    assertThat(salesforce.requests(RECORDS)).hasSize(1);
    assertThat(waits)
        .singleElement()
        .satisfies(
            wait -> assertThat(wait).isBetween(Duration.ofSeconds(7), Duration.ofMillis(7500)));
  }

  @Test
  void send_throttled_handlerGetsTheLastResponseAlone() throws Exception {
    ampersand.nextProxyCall(THROTTLED);
    List<Integer> seen = new ArrayList<>();
    BodyHandler<String> handler =
        info -> {
          seen.add(info.statusCode());
          return BodyHandlers.ofString().apply(info);
        };

    String body = throttled().send(QUERY, HttpRequest.Builder::GET, handler).body();

    assertThat(body).isEqualTo("{\"done\":true}");
    assertThat(seen).containsExactly(200);
  }

  @Test
  void send_throttledAgainAndAgain_waitsNoLongerThanItMay() throws Exception {
    for (int i = 0; i < 5; i++) {
      ampersand.nextProxyCall(THROTTLED);
    }

    HttpResponse<String> response = throttled().send(QUERY, HttpRequest.Builder::GET);

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.body()).isEqualTo("slow down");
    assertThat(waits.stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThanOrEqualTo(Duration.ofSeconds(30));
    assertThat(waits).hasSize(4);
    assertThat(ampersand.requests(QUERY)).hasSize(5);
  }

  @Test
  void send_throttledForLongerThanItMayWait_returnsTheRefusalAtOnce() throws Exception {
    ampersand.nextProxyCall(THROTTLED);
    AmpersandProxy impatient = builder().throttle(Duration.ofSeconds(5)).build();

    HttpResponse<String> response =
        impatient.forInstallation(installationId).send(QUERY, HttpRequest.Builder::GET);

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(waits).isEmpty();
  }

  @Test
  void send_throttledForAMinuteThatItMayWait_waits() throws Exception {
    ampersand.nextProxyCall(THROTTLED.header("X-Amp-Retry-After", "60"));
    AmpersandProxy patient = builder().throttle(Duration.ofMinutes(2)).build();

    HttpResponse<String> response =
        patient.forInstallation(installationId).send(QUERY, HttpRequest.Builder::GET);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(waits)
        .singleElement()
        .satisfies(wait -> assertThat(wait).isGreaterThan(Duration.ofSeconds(59)));
  }

  @Test
  void send_throttledWithoutATime_backsOffAndGivesUp() throws Exception {
    for (int i = 0; i < 12; i++) {
      ampersand.nextProxyCall(Fault.respond(429).header("X-Amp-Retryable", "true"));
    }

    assertThat(throttled().send(QUERY, HttpRequest.Builder::GET).statusCode()).isEqualTo(429);

    assertThat(waits).isSorted().hasSizeBetween(5, 8);
  }

  @ParameterizedTest
  @CsvSource({"429, false", "429, ''", "503, true", "200, true"})
  void send_notTurnedAwayByTheRateLimiter_isSentOnce(int status, String retryable)
      throws Exception {
    ampersand.nextProxyCall(
        Fault.respond(status).header("X-Amp-Retryable", retryable).header("Retry-After", "1"));

    assertThat(throttled().send(QUERY, HttpRequest.Builder::GET).statusCode()).isEqualTo(status);

    assertThat(ampersand.requests(QUERY)).hasSize(1);
    assertThat(waits).isEmpty();
  }

  @Test
  void send_throttledWithoutHavingAskedForIt_isSentOnceAndReadWhole() throws Exception {
    String body = "x".repeat(70_000);
    ampersand.nextProxyCall(
        Fault.respond(429, "text/plain", body).header("X-Amp-Retryable", "true"));

    HttpResponse<String> response =
        installation().send(QUERY, HttpRequest.Builder::GET, BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.body()).isEqualTo(body);
    assertThat(ampersand.requests(QUERY)).hasSize(1);
  }

  @Test
  void send_interruptedWhileItWaits_ends() throws Exception {
    ampersand.nextProxyCall(THROTTLED.header("X-Amp-Retry-After", "25"));
    CountDownLatch waiting = new CountDownLatch(1);
    AmpersandClient sleeping =
        clientOf(Secret.of(ampersand.apiKey()))
            .pause(
                wait -> {
                  waiting.countDown();
                  TimeUnit.NANOSECONDS.sleep(wait.toNanos());
                })
            .build();
    AmpersandProxy proxy =
        AmpersandProxy.builder(sleeping, http).baseUrl(ampersand.apiProxyUri()).throttle().build();
    CompletableFuture<Exception> ended = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                proxy.forInstallation(installationId).send(QUERY, HttpRequest.Builder::GET);
              } catch (Exception e) {
                ended.complete(e);
              }
            });
    caller.start();
    assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();

    caller.interrupt();

    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    assertThat(ampersand.requests(QUERY)).hasSize(1);
  }

  // What is not repeated

  @Test
  void send_answerToAPostIsLost_isNotSentAgain() {
    ampersand.nextProxyCall(Fault.loseAnswer());

    assertThatIOException().isThrownBy(() -> throttled().send(RECORDS, AmpersandProxyTest::post));

    assertThat(ampersand.requests(RECORDS)).hasSize(1);
    assertThat(salesforce.requests(RECORDS)).hasSize(1);
    assertThat(waits).isEmpty();
  }

  @Test
  void send_noAnswerInTime_isGivenUp() {
    ampersand.nextProxyCall(Fault.trickleAnswer(Duration.ofSeconds(1)));

    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(
            () -> installation().send(QUERY, request -> request.timeout(Duration.ofMillis(300))));
  }

  @Test
  void send_redirect_isReturnedAndNotFollowed() throws Exception {
    try (ApiServer elsewhere = new ApiServer()) {
      ampersand.nextProxyCall(
          Fault.respond(307).header("Location", elsewhere.baseUrl().toString()));

      HttpResponse<String> response = installation().send(QUERY, HttpRequest.Builder::GET);

      assertThat(response.statusCode()).isEqualTo(307);
      assertThat(elsewhere.requestCount()).isZero();
    }
  }

  // Refusals

  @Test
  void send_installationThatAmpersandDoesNotKnow_throwsItsProblem() {
    AmpersandProxy.Installation unknown = builder().build().forInstallation("no-such");

    ApiException refused =
        catchThrowableOfType(
            ApiException.class, () -> unknown.send(QUERY, HttpRequest.Builder::GET));

    assertThat(refused.httpStatus()).isEqualTo(404);
    assertThat(refused)
        .hasMessageContaining("call through Ampersand's proxy was refused")
        .hasMessageContaining("installation does not exist")
        .hasMessageContaining("host localhost:" + ampersand.apiProxyUri().getPort());
    assertThat(refused.isRetryable()).isFalse();
    assertThat(salesforce.requests(QUERY)).isEmpty();
  }

  @Test
  void send_keyIsRefused_throwsAmpersandsProblemWithoutTheKey() throws Exception {
    AmpersandProxy.Installation calls = installation();
    calls.send(QUERY, HttpRequest.Builder::GET);
    String old = ampersand.apiKey();
    ampersand.regenerateApiKey();

    ApiException refused =
        catchThrowableOfType(
            ApiException.class,
            () -> calls.send(QUERY, HttpRequest.Builder::GET, BodyHandlers.ofString()));

    assertThat(refused.httpStatus()).isEqualTo(401);
    assertThat(refused).hasMessageNotContaining(old);
  }

  @Test
  void send_throttledWithAmpersandsProblem_throwsItWithTheTime() {
    ampersand.nextProxyCall(
        Fault.problem(429, true)
            .header("X-Amp-Retryable", "true")
            .header("X-Amp-Retry-After", "Thu, 06 Mar 2025 23:00:00 UTC"));

    ApiException refused =
        catchThrowableOfType(
            ApiException.class, () -> throttled().send(QUERY, HttpRequest.Builder::GET));

    assertThat(refused.retryAt()).contains(Instant.parse("2025-03-06T23:00:00Z"));
    assertThat(refused.isRetryable()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"GET, true, false", "PUT, true, true", "POST, false, true", "PATCH, false, true"})
  void send_ampersandFails_saysWhetherTheCallMayBeRepeated(
      String method, boolean retryable, boolean unknown) {
    ampersand.nextProxyCall(
        Fault.respond(502, "application/problem+json", "{\"subsystem\":\"proxy\"}"));

    ApiException refused =
        catchThrowableOfType(
            ApiException.class,
            () ->
                installation()
                    .send(QUERY, request -> request.method(method, BodyPublishers.noBody())));

    assertThat(refused.isRetryable()).isEqualTo(retryable);
    assertThat(refused.isOutcomeUnknown()).isEqualTo(unknown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "404 | application/json | [{\"errorCode\":\"NOT_FOUND\"}]",
        "401 | text/plain | {\"subsystem\":\"api\"}",
        "422 | application/problem+json; charset=utf-8 | {\"title\":\"the provider's own\"}",
        "500 | application/problem+json | not JSON"
      })
  void send_refusalOfTheProvider_isReturned(int status, String type, String body) throws Exception {
    for (int i = 0; i < 2; i++) {
      ampersand.nextProxyCall(Fault.respond(status, type, body));
    }

    HttpResponse<String> text = installation().send(QUERY, HttpRequest.Builder::GET);
    HttpResponse<byte[]> bytes =
        installation().send(QUERY, HttpRequest.Builder::GET, BodyHandlers.ofByteArray());

    assertThat(text.statusCode()).isEqualTo(status);
    assertThat(text.body()).isEqualTo(body);
    assertThat(bytes.body()).asString().isEqualTo(body);
  }

  @Test
  void send_bodyThatIsTooLong_failsAsTextAndIsReadByAHandler() throws Exception {
    salesforce.answer("GET", QUERY, call -> FakeResponse.json("x".repeat(1001)));
    AmpersandProxy.Installation calls =
        builder().maxResponseBytes(1000).build().forInstallation(installationId);

    assertThatIOException()
        .isThrownBy(() -> calls.send(QUERY, HttpRequest.Builder::GET))
        .withMessageContaining("longer than 1000 bytes");
    assertThat(calls.send(QUERY, HttpRequest.Builder::GET, BodyHandlers.ofString()).body())
        .hasSize(1001);
    assertThat(calls.send(QUERY, HttpRequest.Builder::GET, BodyHandlers.discarding()).body())
        .isNull();
  }

  @Test
  void send_handlerFails_failsWithItsException() {
    BodyHandler<String> broken =
        info -> {
          throw new IllegalStateException("disk full");
        };
    ampersand.nextProxyCall(Fault.respond(500, "application/problem+json", "{}"));

    assertThatIOException()
        .isThrownBy(() -> installation().send(QUERY, HttpRequest.Builder::GET, broken))
        .withRootCauseInstanceOf(IllegalStateException.class);
  }

  // Bad input

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "services/data",
        "//evil.example/",
        "https://evil.example/",
        "@evil.example/",
        "/..",
        "/a/../b",
        "/a/%2e%2E/b",
        "/a%2f..%2Fb",
        "/a/.;x/b",
        "/a/..%3b/b",
        "/a/%2e%2e%00/b",
        "/a/..%09/b",
        "/a/..%3F",
        "/a\\b",
        "/a#b",
        "/a?q=SELECT Id CANARY"
      })
  void send_pathThatLeadsElsewhere_isRefusedBeforeAnythingIsSent(String path) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> installation().send(path, HttpRequest.Builder::GET))
        .withMessageStartingWith("the path")
        .withMessageNotContaining("CANARY");

    assertThat(ampersand.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/services/a..b/.well-known", "/services/...", "/services/x?q=a/../b"})
  void send_dotsThatMeanNothing_areSent(String path) throws Exception {
    assertThat(installation().send(path, HttpRequest.Builder::GET).statusCode()).isEqualTo(404);
    assertThat(ampersand.requests(path.replaceFirst("\\?.*", ""))).hasSize(1);
  }

  @Test
  void send_requestWithAnotherAddress_isRefused() {
    try (ApiServer elsewhere = new ApiServer()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> installation().send(QUERY, request -> request.uri(elsewhere.baseUrl())))
          .withMessageContaining("another address");

      assertThat(elsewhere.requestCount()).isZero();
    }
  }

  @Test
  void send_requestThatSetsAmpersandsHeaders_cannot() throws Exception {
    installation()
        .send(
            QUERY,
            request ->
                request
                    .header("x-api-key", "theirs")
                    .header("X-AMP-project-id", "theirs")
                    .header("x-amp-proxy-version", "2")
                    .header("x-amp-integration-name", "theirs")
                    .header("x-amp-group-ref", "theirs")
                    .header("x-amp-installation-id", "theirs")
                    .header("x-amp-rate-limiter-mode", "theirs"));

    ReceivedRequest received = ampersand.requests(QUERY).get(0);
    assertThat(received.headers().toString()).doesNotContain("theirs");
    assertThat(received.headers().get("X-Api-Key")).containsExactly(ampersand.apiKey());
  }

  @Test
  void send_request_doesNotSeeTheKey() throws Exception {
    installation()
        .send(
            QUERY,
            request -> {
              assertThat(request.build().headers().map().toString())
                  .doesNotContain(ampersand.apiKey());
              return request;
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", " a", "Müller"})
  void installation_whatNoHeaderCarries_isRefused(String name) {
    AmpersandProxy proxy = builder().build();

    assertThatIllegalArgumentException().isThrownBy(() -> proxy.forInstallation(name));
    assertThatIllegalArgumentException().isThrownBy(() -> proxy.forIntegration(name, "acme"));
    assertThatIllegalArgumentException().isThrownBy(() -> proxy.forIntegration("sync", name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NORMAL", "ALWAYS"})
  void builder_clientThatFollowsRedirects_isRefused(HttpClient.Redirect redirect) {
    HttpClient following = HttpClient.newBuilder().followRedirects(redirect).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> AmpersandProxy.builder(client, following))
        .withMessageContaining("follows redirects");
  }

  @Test
  void builder_clientWithCookiesOrAnAuthenticator_isRefused() {
    HttpClient cookies = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    HttpClient authenticating =
        HttpClient.newBuilder().authenticator(new Authenticator() {}).build();
    for (HttpClient shared : new HttpClient[] {cookies, authenticating}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> AmpersandProxy.builder(client, shared))
          .withMessageContaining("all customers share");
    }
  }

  @Test
  void builder_clientWithABearerToken_isRefused() {
    AmpersandClient bearer =
        AmpersandClient.bearerBuilder("p", () -> Secret.of(ampersand.bearerToken())).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> AmpersandProxy.builder(bearer, http))
        .withMessageContaining("takes an API key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://proxy.example",
        "http://proxy.withampersand.com",
        "https://proxy.withampersand.com.example",
        "https://api.withampersand.com",
        "http://localhost?x=y",
        "http://user@localhost"
      })
  void baseUrl_otherHostThanAmpersandsOrThisMachine_isRefused(URI address) {
    AmpersandProxy.Builder builder = AmpersandProxy.builder(client, http);

    assertThatIllegalArgumentException().isThrownBy(() -> builder.baseUrl(address));
  }

  @Test
  void builder_limitsThatAreNone_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().throttle(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException().isThrownBy(() -> builder().maxResponseBytes(0));
  }
}
