package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow.ClientAuthentication;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.SignedState;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.TokenStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Runs secrets through everything that is public, and looks for them in all that is said about it:
 * log lines, messages, causes, texts of values.
 */
class CanaryTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final Set<String> SECRET_PARAMETERS =
      Set.of("code", "refresh_token", "token", "client_secret");

  private final MockWebServer server = new MockWebServer();
  private final LogLines log = new LogLines();
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server.start();
    log.start();
  }

  @AfterEach
  void stop() {
    log.stop();
    server.close();
  }

  // What a server may do with a request that holds secrets.

  /** How a server quotes the secrets that it was sent. */
  private enum Echo {
    DECODED,
    AS_SENT,
    IN_LOWER_CASE_HEX,
    AUTHORIZATION_HEADER;

    ClientAuthentication authentication() {
      return this == AUTHORIZATION_HEADER ? ClientAuthentication.BASIC : ClientAuthentication.BODY;
    }

    String of(RecordedRequest request) {
      return switch (this) {
        case DECODED ->
            secretPairs(request)
                .map(pair -> pair.substring(pair.indexOf('=') + 1))
                .map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8))
                .collect(Collectors.joining(" and "));
        case AS_SENT -> secretPairs(request).collect(Collectors.joining("&"));
        case IN_LOWER_CASE_HEX ->
            Canaries.inLowerCaseHex(secretPairs(request).collect(Collectors.joining("&")));
        case AUTHORIZATION_HEADER -> String.valueOf(request.getHeaders().get("Authorization"));
      };
    }

    private static Stream<String> secretPairs(RecordedRequest request) {
      return Arrays.stream(bodyOf(request).split("&", -1))
          .filter(pair -> SECRET_PARAMETERS.contains(pair.substring(0, pair.indexOf('='))));
    }
  }

  private static String bodyOf(RecordedRequest request) {
    return request.getBody() == null ? "" : request.getBody().utf8();
  }

  /** What a server answers, given the secrets that it quotes. */
  private record Answer(String name, Function<String, MockResponse> response) {
    static Answer of(String name, int status, String mediaType, Function<String, String> body) {
      return new Answer(
          name,
          echo ->
              new MockResponse.Builder()
                  .code(status)
                  .setHeader("Content-Type", mediaType)
                  .body(body.apply(echo))
                  .build());
    }

    static Answer json(String name, int status, Function<String, String> body) {
      return of(name, status, "application/json;charset=UTF-8", body);
    }

    /** Returns this answer with a header that ends in what the server quotes. */
    Answer withHeader(String header, String beginning) {
      return new Answer(
          name,
          echo ->
              new MockResponse.Builder(response.apply(echo))
                  .setHeader(header, beginning + echo)
                  .build());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Answer> answers() {
    return List.of(
        Answer.json(
            "success",
            200,
            echo ->
                "{\"access_token\":\"%s\",\"refresh_token\":\"%s\",\"id_token\":\"%s\",\"lightning_sid\":\"%s\",\"echo\":\"%s\"}"
                    .formatted(
                        Canaries.NEW_ACCESS_TOKEN,
                        Canaries.NEW_REFRESH_TOKEN,
                        Canaries.ID_TOKEN,
                        Canaries.SESSION_ID,
                        echo)),
        Answer.json(
            "description of a JSON error",
            400,
            echo -> "{\"error\":\"invalid_grant\",\"error_description\":\"" + echo + "\"}"),
        Answer.json("code of a JSON error", 400, echo -> "{\"error\":\"" + echo + "\"}"),
        Answer.json(
            "JSON error with a success status",
            200,
            echo -> "{\"error\":\"" + echo + "\",\"error_description\":\"" + echo + "\"}"),
        Answer.json(
            "message of a JSON array",
            401,
            echo -> "[{\"errorCode\":\"INVALID_SESSION_ID\",\"message\":\"" + echo + "\"}]"),
        Answer.json("code of a JSON array", 401, echo -> "[{\"errorCode\":\"" + echo + "\"}]"),
        Answer.of(
            "form error",
            400,
            "application/x-www-form-urlencoded",
            echo ->
                "error=invalid_grant&error_description=" + Canaries.percentEncoded("Bad: " + echo)),
        Answer.json("JSON without error code", 400, echo -> "{\"detail\":\"" + echo + "\"}"),
        Answer.json("JSON without access token", 200, echo -> "{\"detail\":\"" + echo + "\"}"),
        Answer.json(
            "JSON with a member given twice",
            200,
            echo -> "{\"access_token\":\"a\",\"access_token\":\"" + echo + "\"}"),
        Answer.json("JSON that names a secret", 200, echo -> "{\"" + echo + "\":1"),
        Answer.json("cut JSON with success", 200, echo -> "{\"access_token\":\"" + echo),
        Answer.json("cut JSON with refusal", 400, echo -> "{\"error\":\"" + echo),
        Answer.json("broken JSON", 200, echo -> "{" + echo + "}"),
        Answer.json("JSON with something behind it", 200, echo -> "{\"a\":1}" + echo),
        Answer.of("web page with success", 200, "text/html", echo -> "<p>" + echo + "</p>"),
        Answer.of("web page with refusal", 403, "text/html", echo -> "<p>" + echo + "</p>"),
        Answer.of("web page with server error", 500, "text/html", echo -> "<p>" + echo + "</p>"),
        Answer.of("text", 400, "text/plain", echo -> "Bad request: " + echo),
        Answer.of("text with too many requests", 429, "text/plain", echo -> "Slow: " + echo),
        Answer.json(
            "JSON error with too many requests",
            429,
            echo -> "{\"error\":\"too_many\",\"error_description\":\"" + echo + "\"}"),
        Answer.json(
            "JSON error with server error",
            503,
            echo -> "{\"error\":\"server_error\",\"error_description\":\"" + echo + "\"}"),
        Answer.of("media type", 400, "text/plain", echo -> "x").withHeader("Content-Type", "text/"),
        Answer.of("redirect", 302, "text/plain", echo -> echo)
            .withHeader("Location", "https://evil.example/token?"),
        Answer.of("redirect that is no address", 307, "text/plain", echo -> echo)
            .withHeader("Location", "|"),
        Answer.json("header of ones own", 400, echo -> "{\"error\":\"invalid_grant\"}")
            .withHeader("X-Error", ""),
        new Answer(
            "reason phrase",
            echo -> new MockResponse.Builder().status("HTTP/1.1 400 " + echo).build()),
        new Answer("no HTTP at all", echo -> new MockResponse.Builder().status(echo).build()),
        new Answer(
            "length that is no number",
            echo ->
                new MockResponse.Builder()
                    .removeHeader("Content-Length")
                    .addHeaderLenient("Content-Length", echo)
                    .build()),
        new Answer(
            "connection cut after the request",
            echo ->
                new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build()),
        new Answer(
            "connection cut within the body",
            echo ->
                new MockResponse.Builder()
                    .body(("{\"access_token\":\"" + echo).repeat(100))
                    .onResponseBody(new SocketEffect.CloseSocket())
                    .build()));
  }

  private static Stream<Arguments> answersAndEchoes() {
    return answers().stream()
        .flatMap(answer -> Arrays.stream(Echo.values()).map(echo -> Arguments.of(answer, echo)));
  }

  /** Answers every request, and keeps what the request and the quotation in the answer hold. */
  private List<String> serve(Answer answer, Echo echo) {
    List<String> wire = new ArrayList<>();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            String quotation = echo.of(request);
            wire.add(quotation);
            return answer.response().apply(quotation);
          }
        });
    return wire;
  }

  @ParameterizedTest
  @MethodSource("answersAndEchoes")
  void exchange_anyAnswer_showsNoSecret(Answer answer, Echo echo) {
    List<String> wire = serve(answer, echo);

    exchange(flow(echo.authentication()).build());

    assertThat(Canaries.foundIn(wire)).hasSize(1);
    assertSaidWithoutSecret();
  }

  @ParameterizedTest
  @MethodSource("answersAndEchoes")
  void refresh_anyAnswer_showsNoSecret(Answer answer, Echo echo) {
    List<String> wire = serve(answer, echo);

    run(() -> flow(echo.authentication()).build().refresh(oldTokens()));

    assertThat(Canaries.foundIn(wire)).hasSize(1);
    assertSaidWithoutSecret();
  }

  @ParameterizedTest
  @MethodSource("answersAndEchoes")
  void revoke_anyAnswer_showsNoSecret(Answer answer, Echo echo) {
    List<String> wire = serve(answer, echo);

    revoke(flow(echo.authentication()).build());

    assertThat(Canaries.foundIn(wire)).hasSize(1);
    assertSaidWithoutSecret();
  }

  @Test
  void exchange_redirectToAHostNamedAfterTheCode_showsNoSecret() {
    List<String> wire =
        serve(
            new Answer(
                "redirect",
                echo ->
                    new MockResponse.Builder()
                        .code(302)
                        .setHeader("Location", "https://" + Canaries.CODE + ".evil.example/")
                        .build()),
            Echo.DECODED);

    exchange(flow(ClientAuthentication.BODY).build());

    assertThat(Canaries.foundIn(wire)).hasSize(1);
    assertSaidWithoutSecret();
  }

  @Test
  void everyCall_nobodyListens_showsNoSecret() throws IOException {
    URI closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/token");
    }
    AuthorizationCodeFlow flow =
        AuthorizationCodeFlow.builder(new App(), closed, closed).revocationEndpoint(closed).build();

    exchange(flow);
    run(() -> flow.refresh(oldTokens()));
    revoke(flow);

    assertThat(said).filteredOn(text -> text.contains("TransportException")).hasSize(3);
    assertSaidWithoutSecret();
  }

  @Test
  void everyCall_serverSaysNothing_showsNoSecret() {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build();
          }
        });
    AuthorizationCodeFlow flow =
        flow(ClientAuthentication.BODY).callTimeout(Duration.ofMillis(200)).build();

    exchange(flow);
    run(() -> flow.refresh(oldTokens()));
    revoke(flow);

    assertThat(said).filteredOn(text -> text.contains("HttpTimeoutException")).hasSize(3);
    assertSaidWithoutSecret();
  }

  @Test
  void everyCall_threadIsInterrupted_showsNoSecret() {
    AuthorizationCodeFlow flow =
        flow(ClientAuthentication.BODY)
            .transport(
                request -> {
                  say(request);
                  throw new InterruptedException();
                })
            .build();

    exchange(flow);
    run(() -> flow.refresh(oldTokens()));
    revoke(flow);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(said).filteredOn(text -> text.contains("InterruptedException")).hasSize(3);
    assertThat(Canaries.foundIn(said)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("endpointsWithSecrets")
  void builder_endpointThatHoldsASecret_showsNoSecret(URI endpoint) {
    run(() -> AuthorizationCodeFlow.builder(new App(), endpoint, endpoint));

    assertThat(said).singleElement().asString().contains("IllegalArgumentException");
    assertThat(Canaries.foundIn(said)).isEmpty();
  }

  private static Stream<URI> endpointsWithSecrets() {
    return Stream.of(
            "https://user:%s@a.example/token",
            "http://user:%s@a.example/token",
            "https://a.example/token#%s",
            "http://a.example/token?key=%s",
            "mailto:%s",
            "/token?key=%s")
        .map(endpoint -> URI.create(endpoint.formatted(Canaries.CODE)));
  }

  // What comes with the browser.

  @ParameterizedTest
  @MethodSource("badQueries")
  void parse_callbackThatCannotBeUsed_showsNoSecret(String query) {
    run(() -> AuthorizationCallback.parse(query));

    assertThat(said).singleElement().asString().contains("CallbackException");
    assertThat(Canaries.foundIn(said)).isEmpty();
  }

  private static Stream<String> badQueries() {
    return Stream.of(
        "",
        "cöde=" + Canaries.CODE,
        "state=" + Canaries.CODE,
        "code=" + Canaries.CODE + "&code=" + Canaries.CODE,
        "code=" + Canaries.CODE + "%zz",
        "code=" + Canaries.CODE + "%C3",
        "code=" + Canaries.CODE + "%");
  }

  @Test
  void exchange_callbackThatDoesNotBelong_showsNeitherCodeNorState() {
    AuthorizationCodeFlow flow = flow(ClientAuthentication.BODY).build();
    AuthorizationRequest request = flow.authorize();

    run(() -> flow.exchange(request, AuthorizationCallback.parse("code=" + Canaries.CODE)));
    run(() -> flow.exchange(request, callback(Canaries.STATE_KEY)));
    run(() -> flow.exchange(flow.authorize(), callback(request.state())));

    assertThat(said).hasSize(3).allMatch(text -> text.contains("CallbackException"));
    assertThat(said).noneMatch(text -> text.contains(request.state()));
    assertThat(Canaries.foundIn(said)).isEmpty();
  }

  @Test
  void exchange_refusalThatQuotesAToken_showsNoSecret() {
    AuthorizationCodeFlow flow = flow(ClientAuthentication.BODY).build();
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback refusal =
        AuthorizationCallback.parse(
            "error=%s&error_description=%s&error_uri=%s&state=%s"
                .formatted(
                    Canaries.ID_TOKEN, Canaries.ID_TOKEN, Canaries.ID_TOKEN, request.state()));

    say(refusal);
    run(() -> flow.exchange(request, refusal));

    assertThat(said).element(1).asString().contains("OAuthException");
    assertThat(Canaries.foundIn(said)).isEmpty();
  }

  @Test
  void stateSigner_everyRefusal_showsNeitherKeyNorStateNorPayload() {
    StateSigner signer = StateSigner.builder("k1", Secret.of(Canaries.STATE_KEY)).build();
    SignedState signed = signer.sign(Canaries.SESSION_ID, Canaries.REFRESH_TOKEN);
    AuthorizationCallback.Approved callback = callback(signed.value());

    run(() -> signer.verify(callback, Canaries.ACCESS_TOKEN));
    run(() -> signer.verify(callback(signed.value() + "x"), Canaries.REFRESH_TOKEN));
    run(() -> signer.verify(callback(Canaries.STATE_KEY), Canaries.REFRESH_TOKEN));
    run(() -> signer.verify(callback, Canaries.REFRESH_TOKEN));
    run(() -> signer.verify(callback, Canaries.REFRESH_TOKEN));
    run(() -> StateSigner.builder("k1", Secret.of(Canaries.CLIENT_SECRET + "!")));
    run(() -> StateSigner.builder("k1", Secret.of(Canaries.STATE_KEY.substring(0, 24))));
    say(signer);

    assertThat(said).noneMatch(text -> text.contains(signed.value()));
    assertThat(Canaries.foundIn(said)).isEmpty();
  }

  // What is stored and read back.

  @ParameterizedTest
  @MethodSource("spoiltJson")
  void fromJson_spoiltJson_showsNoSecret(String json) {
    run(() -> TokenSet.fromJson(Secret.of(json)));
    run(() -> AuthorizationRequest.fromJson(Secret.of(json)));

    assertThat(said).hasSize(2).allMatch(text -> text.contains("IllegalArgumentException"));
    assertThat(Canaries.foundIn(said)).isEmpty();
  }

  private static Stream<String> spoiltJson() {
    String json = oldTokens().toJson().reveal();
    String moved = json.replace(NOON.toString(), Canaries.ACCESS_TOKEN);
    String request =
        "{\"url\":\"https://a.example/\",\"state\":\"s\",\"scope\":\"\",\"expires_at\":\"%s\"}"
            .formatted(Canaries.ACCESS_TOKEN);
    return Stream.of(
        Canaries.ACCESS_TOKEN,
        "\"" + Canaries.ACCESS_TOKEN + "\"",
        "[\"" + Canaries.ACCESS_TOKEN + "\"]",
        json.substring(0, json.length() / 2),
        json.substring(0, json.length() - 1),
        json + Canaries.ACCESS_TOKEN,
        json.replace(':', ' '),
        json.replace("\"access_token\"", "\"token\""),
        moved,
        request);
  }

  @Test
  void store_everyFailure_showsNoSecret() {
    TokenStore store = new InMemoryTokenStore(Duration.ZERO);
    store.save(ADA, oldTokens());
    server.enqueue(
        new MockResponse.Builder()
            .code(400)
            .body("{\"error\":\"" + Canaries.REFRESH_TOKEN + "\"}")
            .build());

    run(() -> store.update(ADA, tokens -> store.update(ADA, inner -> inner).orElse(tokens)));
    run(() -> store.update(ADA, flow(ClientAuthentication.BODY).build()::refresh));
    run(() -> store.update(ADA, tokens -> updatedByAnotherThread(store)));
    say(store.find(ADA));
    say(store);

    assertThat(said).filteredOn(text -> text.contains("Exception")).hasSize(3);
    assertThat(Canaries.foundIn(said)).isEmpty();
  }

  private static TokenSet updatedByAnotherThread(TokenStore store) {
    return CompletableFuture.supplyAsync(() -> store.update(ADA, tokens -> tokens).orElseThrow())
        .join();
  }

  // What values say about themselves.

  @Test
  void toString_ofEveryPublicValue_showsNoSecret() {
    AuthorizationCodeFlow flow = flow(ClientAuthentication.BASIC).build();
    Map<String, String> headers = Map.of("Authorization", "Basic " + Canaries.basicHeader());
    byte[] body = ("code=" + Canaries.CODE).getBytes(StandardCharsets.UTF_8);
    URI uri = URI.create("https://a.example/token?code=" + Canaries.CODE);
    StateSigner signer = StateSigner.builder("k1", Secret.of(Canaries.STATE_KEY)).build();
    SignedState signed = signer.sign("acme", Canaries.SESSION_ID);

    say(Secret.of(Canaries.CLIENT_SECRET));
    say(oldTokens());
    say(oldTokens().toBuilder());
    say(oldTokens().toJson());
    say(oldTokens().secretAttributes());
    say(oldTokens().refreshToken());
    say(Expiry.known(NOON));
    say(flow);
    say(flow.app());
    say(flow.authorize());
    say(flow.authorize().toJson());
    say(callback("x"));
    say(callback("x").code());
    say(signer);
    say(signed);
    say(AuthorizationOptions.builder().state(signed).loginHint(Canaries.SESSION_ID).build());
    say(new HttpTransport.Request("POST", uri, headers, body, Duration.ofSeconds(1), 1));
    say(new HttpTransport.Response(200, Map.of("Set-Cookie", List.of(Canaries.SESSION_ID)), body));
    say(ADA);

    assertThat(said).hasSize(19);
    assertThat(Canaries.foundIn(said)).isEmpty();
  }

  // What proves that all of this would find a secret.

  @ParameterizedTest
  @MethodSource("leaks")
  void foundIn_secretInAnyForm_isFound(String leak) {
    assertThat(Canaries.foundIn(List.of("before", leak, "after"))).hasSize(1);
  }

  private static Stream<String> leaks() {
    return Stream.of(
        "token=" + Canaries.ACCESS_TOKEN,
        Canaries.percentEncoded(Canaries.CLIENT_SECRET),
        Canaries.inLowerCaseHex(Canaries.percentEncoded(Canaries.CLIENT_SECRET)),
        Canaries.percentEncoded(Canaries.CLIENT_SECRET).substring(20, 32),
        "Basic " + Canaries.basicHeader(),
        "x" + Canaries.REFRESH_TOKEN.substring(9, 21) + "x",
        Canaries.CODE.toUpperCase(Locale.ROOT));
  }

  @Test
  void foundIn_elevenCharacters_areNotFound() {
    String piece = Canaries.CODE.substring(0, 11);

    assertThat(Canaries.foundIn(List.of(piece + "-" + piece))).isEmpty();
  }

  @Test
  void logLines_ofAnyLogger_holdMessageArgumentsAndThrowable() {
    org.slf4j.Logger logger = LoggerFactory.getLogger("com.withampersand.sdk.anything");

    logger.trace("refreshed {}", Canaries.REFRESH_TOKEN);
    logger.atTrace().addArgument(Canaries.CODE).log("an argument that is not shown");
    logger.error("failed", new IllegalStateException(new IOException(Canaries.CLIENT_SECRET)));

    assertThat(Canaries.foundIn(log.lines())).hasSize(3);
  }

  @Test
  void say_exceptionWhoseCauseHoldsASecret_isFound() {
    run(
        () -> {
          throw new IllegalStateException(new IOException(Canaries.CODE));
        });

    assertThat(Canaries.foundIn(said)).hasSize(1);
  }

  private void assertSaidWithoutSecret() {
    assertThat(said).isNotEmpty();
    assertThat(log.lines()).isNotEmpty();
    assertThat(Canaries.foundIn(said)).isEmpty();
    assertThat(Canaries.foundIn(log.lines())).isEmpty();
  }

  private AuthorizationCodeFlow.Builder flow(ClientAuthentication authentication) {
    return AuthorizationCodeFlow.builder(
            new App(), server.url("/authorize").uri(), server.url("/token").uri())
        .clientAuthentication(authentication)
        .revocationEndpoint(server.url("/revoke").uri());
  }

  private static TokenSet oldTokens() {
    return TokenSet.builder(Secret.of(Canaries.ACCESS_TOKEN), NOON)
        .refreshToken(Secret.of(Canaries.REFRESH_TOKEN))
        .secretAttribute("id_token", Secret.of(Canaries.ID_TOKEN))
        .build();
  }

  private static AuthorizationCallback.Approved callback(String state) {
    return (AuthorizationCallback.Approved)
        AuthorizationCallback.parse(
            "code=" + Canaries.CODE + "&state=" + Canaries.percentEncoded(state));
  }

  private void exchange(AuthorizationCodeFlow flow) {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback = callback(request.state());
    run(() -> flow.exchange(request, callback));
  }

  private void revoke(AuthorizationCodeFlow flow) {
    run(
        () -> {
          flow.revoke(oldTokens());
          return "revoked";
        });
  }

  /** Says what comes of a call: the text of its result, or the whole stack trace of its failure. */
  private void run(Callable<?> call) {
    try {
      say(call.call());
    } catch (Exception e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      say(trace);
    }
  }

  private void say(Object value) {
    said.add(value.toString());
  }

  private static final class App implements ProviderApp {
    @Override
    public String provider() {
      return "example";
    }

    @Override
    public String clientId() {
      return Canaries.CLIENT_ID;
    }

    @Override
    public Secret clientSecret() {
      return Secret.of(Canaries.CLIENT_SECRET);
    }

    @Override
    public URI callbackUri() {
      return URI.create("https://app.example/cb");
    }

    @Override
    public Scopes scopes() {
      return Scopes.of("api", "refresh_token");
    }
  }
}
