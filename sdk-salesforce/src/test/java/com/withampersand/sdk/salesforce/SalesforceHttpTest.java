package com.withampersand.sdk.salesforce;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.error.SalesforceRefusal;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.ReceivedRequest;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.RefusalTest;
import com.withampersand.sdk.token.TokenCall;
import com.withampersand.sdk.token.TokenProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceHttpTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final String LIMITS = "/services/data/v65.0/limits";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final LoginHost host = LoginHost.custom(salesforce.uri());
  private final Map<ConnectionKey, TokenSet> store = new ConcurrentHashMap<>();
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private SalesforceOAuthFlow flow(String... scopes) {
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
            .scopes(scopes)
            .callback(URI.create("http://localhost:8080/callback"))
            .build();
    return SalesforceOAuthFlow.of(app, host);
  }

  private TokenProvider tokens() {
    return new OneProcessTokens(flow("api", "refresh_token"), store);
  }

  private SalesforceHttp connected(String... scopes) {
    SalesforceOAuthFlow flow = flow(scopes);
    AuthorizationRequest request = flow.authorize();
    URI callback = salesforce.approve(request.url());
    store.put(ADA, flow.exchange(request, AuthorizationCallback.fromUri(callback)));
    salesforce.clearRequests();
    return SalesforceHttp.builder(new OneProcessTokens(flow, store), client).alsoAt(host).build();
  }

  @Test
  void r05_send_instanceOnThisMachineThatWasNotNamed_sendsNoToken() {
    connected("api", "refresh_token");
    SalesforceHttp unnamed = SalesforceHttp.of(tokens(), client);

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> unnamed.at(ADA).send(LIMITS, HttpRequest.Builder::GET))
        .withMessageContaining("no token is sent there");
    assertThat(unnamed.at(ADA).sendAsync(LIMITS, HttpRequest.Builder::GET, BodyHandlers.ofString()))
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(ProtocolException.class);
    assertThat(salesforce.requests()).isEmpty();
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

  private TokenSet at(MockWebServer server) {
    TokenSet tokens = stored();
    String instance = "http://localhost:" + server.getPort();
    return tokens.toBuilder().attribute("instance_url", instance).build();
  }

  @Test
  void send_serverEchoesTheHeaderAsStatusLine_failureShowsNoToken() throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");
    String token = stored().accessToken().reveal();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread echo = new Thread(() -> echoOnce(server));
      echo.start();
      store.put(
          ADA,
          stored().toBuilder()
              .attribute("instance_url", "http://localhost:" + server.getLocalPort())
              .build());

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> http.send(ADA, LIMITS, HttpRequest.Builder::GET))
          .satisfies(failure -> assertThat(trace(failure)).doesNotContain(token));
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(
              () ->
                  http.at(ADA)
                      .sendAsync(LIMITS, HttpRequest.Builder::GET, BodyHandlers.ofString())
                      .get(10, TimeUnit.SECONDS))
          .satisfies(failure -> assertThat(trace(failure)).doesNotContain(token));
    }
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static void echoOnce(ServerSocket server) {
    for (int i = 0; i < 2; i++) {
      try (Socket socket = server.accept()) {
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        StringBuilder seen = new StringBuilder();
        String line = in.readLine();
        while (line != null && !line.isEmpty()) {
          seen.append(line).append(' ');
          line = in.readLine();
        }
        socket.getOutputStream().write(("HTTP/1.1 x " + seen + "\r\n\r\n").getBytes(ISO_8859_1));
      } catch (IOException e) {
        return;
      }
    }
  }

  @Test
  void send_bodyLongerThanTheLimit_failsAndNamesTheSetting() throws Exception {
    connected("api", "refresh_token");
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(new MockResponse.Builder().body("x".repeat(100_000)).build());
      server.enqueue(new MockResponse.Builder().body("x".repeat(1_000)).build());
      store.put(ADA, at(server));
      SalesforceHttp http =
          SalesforceHttp.builder(tokens(), client).alsoAt(host).maxResponseBytes(1_000).build();

      assertThatIOException()
          .isThrownBy(() -> http.send(ADA, LIMITS, HttpRequest.Builder::GET))
          .withStackTraceContaining("maxResponseBytes");
      assertThat(http.send(ADA, LIMITS, HttpRequest.Builder::GET).body()).hasSize(1_000);
    }
  }

  @Test
  void send_bodyByTheDefaultLimit_isReadUpTo16MiB() throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");
    int mostBytes = 16 << 20;
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(new MockResponse.Builder().body("x".repeat(mostBytes)).build());
      server.enqueue(new MockResponse.Builder().body("x".repeat(mostBytes + 1)).build());
      store.put(ADA, at(server));

      assertThat(http.send(ADA, LIMITS, HttpRequest.Builder::GET).body().length())
          .isEqualTo(mostBytes);
      assertThatIOException()
          .isThrownBy(() -> http.send(ADA, LIMITS, HttpRequest.Builder::GET))
          .withStackTraceContaining("longer than 16777216 bytes; raise maxResponseBytes");
    }
  }

  @Test
  void send_handlerOfTheCallers_getsTheLastResponseOnly() throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");
    salesforce.expireSessions();
    Path file = Files.createTempFile("limits", ".json");

    HttpResponse<Path> response =
        http.at(ADA).send(LIMITS, HttpRequest.Builder::GET, BodyHandlers.ofFile(file));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(file).content().contains("DailyApiRequests").doesNotContain("INVALID_SESSION_ID");
    Files.delete(file);
  }

  static List<BodyHandler<?>> handlers() {
    return List.of(
        BodyHandlers.ofString(),
        BodyHandlers.ofByteArray(),
        BodyHandlers.ofInputStream(),
        BodyHandlers.ofLines(),
        BodyHandlers.ofPublisher(),
        BodyHandlers.discarding());
  }

  @ParameterizedTest
  @MethodSource("handlers")
  void send_refusalThatStays_isGivenToAnyHandler(BodyHandler<?> handler) throws Exception {
    SalesforceHttp http = connected("id", "refresh_token");

    HttpResponse<?> response = http.at(ADA).send(LIMITS, HttpRequest.Builder::GET, handler);

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(text(response.body())).containsAnyOf("not valid for use with the REST API", "null");
  }

  private static String text(Object body) throws Exception {
    if (body instanceof InputStream in) {
      return new String(in.readAllBytes(), ISO_8859_1);
    }
    if (body instanceof byte[] bytes) {
      return new String(bytes, ISO_8859_1);
    }
    if (body instanceof Stream<?> lines) {
      return lines.map(String::valueOf).collect(Collectors.joining());
    }
    if (body instanceof Flow.Publisher<?> publisher) {
      @SuppressWarnings("unchecked") // What BodyHandlers.ofPublisher() publishes.
      Flow.Publisher<List<ByteBuffer>> buffers = (Flow.Publisher<List<ByteBuffer>>) publisher;
      BodySubscriber<String> text = BodySubscribers.ofString(ISO_8859_1);
      buffers.subscribe(text);
      return text.getBody().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
    return String.valueOf(body);
  }

  private static BodySubscriber<String> subscriber(Throwable ofItsBody) {
    BodySubscriber<String> text = BodySubscribers.ofString(ISO_8859_1);
    return BodySubscribers.mapping(
        text,
        body -> {
          if (ofItsBody instanceof RuntimeException e) {
            throw e;
          }
          throw new UncheckedIOException((IOException) ofItsBody);
        });
  }

  static List<BodyHandler<String>> failingHandlers() {
    return List.of(
        info -> {
          throw new IllegalStateException("CANARY");
        },
        info -> subscriber(new IllegalStateException("CANARY")),
        info -> subscriber(new IOException("CANARY")),
        new LimitedText(1));
  }

  @ParameterizedTest
  @MethodSource("failingHandlers")
  void send_handlerFails_isAnIOExceptionForARefusalToo(BodyHandler<String> handler) {
    for (String scope : List.of("api", "id")) {
      SalesforceHttp http = connected(scope, "refresh_token");

      assertThatIOException()
          .as("with scope %s", scope)
          .isThrownBy(() -> http.at(ADA).send(LIMITS, HttpRequest.Builder::GET, handler))
          .withStackTraceContaining(handler instanceof LimitedText ? "maxResponse" : "CANARY");
    }
  }

  @ParameterizedTest
  @MethodSource("failingHandlers")
  void sendAsync_handlerFails_isAnIOExceptionForARefusalToo(BodyHandler<String> handler) {
    for (String scope : List.of("api", "id")) {
      SalesforceHttp http = connected(scope, "refresh_token");

      assertThatExceptionOfType(ExecutionException.class)
          .as("with scope %s", scope)
          .isThrownBy(
              () ->
                  http.at(ADA)
                      .sendAsync(LIMITS, HttpRequest.Builder::GET, handler)
                      .get(10, TimeUnit.SECONDS))
          .withCauseInstanceOf(IOException.class)
          .withStackTraceContaining(handler instanceof LimitedText ? "maxResponse" : "CANARY");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void send_handlerFailsAndQuotesTheToken_failureShowsNoToken(boolean isSuppressed) {
    SalesforceHttp http = connected("id", "refresh_token");
    String accessToken = stored().accessToken().reveal();
    Exception quote = new IllegalStateException("got " + accessToken);
    Exception outer = new IllegalStateException("not closed");
    outer.addSuppressed(quote);

    assertThatIOException()
        .isThrownBy(
            () ->
                http.at(ADA)
                    .send(
                        LIMITS,
                        HttpRequest.Builder::GET,
                        info -> subscriber(isSuppressed ? outer : quote)))
        .satisfies(failure -> assertThat(trace(failure)).doesNotContain(accessToken));
  }

  @Test
  void send_handlerWhoseBodyOfARefusalNeverCompletes_isGivenUpInTime() {
    SalesforceHttp http = connected("id", "refresh_token");

    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(
            () ->
                http.at(ADA)
                    .send(
                        LIMITS,
                        request -> request.timeout(Duration.ofSeconds(1)),
                        info -> new NeverComplete()));
  }

  private static final class NeverComplete implements BodySubscriber<String> {
    @Override
    public CompletionStage<String> getBody() {
      return new CompletableFuture<>();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {}

    @Override
    public void onNext(List<ByteBuffer> buffers) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onComplete() {}
  }

  @Test
  void send_refusalWithoutEnd_isReadUpTo64KiB() throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(new MockResponse.Builder().code(404).body("x".repeat(10_000_000)).build());
      store.put(ADA, at(server));

      assertThat(http.send(ADA, LIMITS, HttpRequest.Builder::GET).body()).hasSize(1 << 16);
    }
  }

  @Test
  void sendAsync_sessionOver_refreshesOnceAndAsksAgain() throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");
    salesforce.expireSessions();

    HttpResponse<String> response =
        http.at(ADA)
            .sendAsync(LIMITS, HttpRequest.Builder::GET, BodyHandlers.ofString())
            .get(10, TimeUnit.SECONDS);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(paths()).containsExactly(LIMITS, "/services/oauth2/token", LIMITS);
  }

  @Test
  void sendAsync_noSuchGrant_failsWithNotConnected() {
    SalesforceHttp http = connected("api", "refresh_token");
    ConnectionKey bob = new ConnectionKey("salesforce", "acme", "bob");

    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(
            () ->
                http.at(bob)
                    .sendAsync(LIMITS, HttpRequest.Builder::GET, BodyHandlers.ofString())
                    .get(10, TimeUnit.SECONDS))
        .withCauseInstanceOf(NotConnectedException.class);
  }

  @Test
  void sendAsync_bodyThatNeverEnds_isGivenUpInTime() throws Exception {
    SalesforceHttp http = connected("api", "refresh_token");
    try (MockWebServer slow = new MockWebServer()) {
      slow.start();
      slow.enqueue(
          new MockResponse.Builder()
              .body("x".repeat(1000))
              .throttleBody(1, 1, TimeUnit.SECONDS)
              .build());
      store.put(ADA, at(slow));

      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(
              () ->
                  http.at(ADA)
                      .sendAsync(
                          LIMITS,
                          request -> request.timeout(Duration.ofMillis(300)),
                          BodyHandlers.ofString())
                      .get(10, TimeUnit.SECONDS))
          .withCauseInstanceOf(HttpTimeoutException.class);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          api-usage=18/5000 | 18 | 5000
          api-usage=18/5000; per-app-api-usage=17/250(appName=sample-connected-app) | 18 | 5000
          per-app-api-usage=17/250(appName=x); api-usage=18/5000 | 18 | 5000
          """)
  void onApiUsage_responseReportsIt_isTold(String header, long used, long limit) throws Exception {
    connected("api", "refresh_token");
    List<SalesforceHttp.ApiUsage> told = new CopyOnWriteArrayList<>();
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(new MockResponse.Builder().addHeader("Sforce-Limit-Info", header).build());
      store.put(ADA, at(server));
      SalesforceHttp http =
          SalesforceHttp.builder(tokens(), client)
              .alsoAt(host)
              .onApiUsage(
                  (key, usage) -> {
                    told.add(usage);
                    throw new IllegalStateException("a listener that fails");
                  })
              .build();

      assertThat(http.send(ADA, LIMITS, HttpRequest.Builder::GET).statusCode()).isEqualTo(200);
    }

    assertThat(told).containsExactly(new SalesforceHttp.ApiUsage(used, limit));
  }

  @Test
  void send_requestFunctionReturnsNull_saysSo() {
    SalesforceHttp http = connected("api", "refresh_token");

    assertThatNullPointerException()
        .isThrownBy(() -> http.send(ADA, LIMITS, request -> nothing()))
        .withMessageContaining("request function");
    assertThat(salesforce.requests()).isEmpty();
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    @Nullable T nothing = null;
    return nothing;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/query?q=SELECT Name", "/a\nWARN forged", "/a%zz"})
  void send_pathThatIsNotEncoded_isRefusedWithoutQuotingIt(String path) {
    SalesforceHttp http = SalesforceHttp.of(tokens(), client);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> http.at(ADA).send(path, HttpRequest.Builder::GET))
        .withMessageContaining("percent-encoded")
        .withMessageNotContaining(path);
    assertThat(salesforce.requests()).isEmpty();
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
