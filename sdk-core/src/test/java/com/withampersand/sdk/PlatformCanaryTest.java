package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.ConnectRequest;
import com.withampersand.sdk.platform.Connection;
import com.withampersand.sdk.platform.ConnectionChange;
import com.withampersand.sdk.platform.ConnectionImport;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.platform.ProviderAppChange;
import com.withampersand.sdk.platform.ProviderApps.SecretPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs secrets through every call of the Ampersand API, against servers that send back what they
 * were sent, and looks for them in all that is said about it.
 */
class PlatformCanaryTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");

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

  /** A server's answer, made of the API key and the body that it was sent. */
  private record Echo(String name, BiFunction<String, String, MockResponse> answer) {
    static Echo of(
        String name, int status, String mediaType, BiFunction<String, String, String> body) {
      return new Echo(
          name,
          (key, sent) ->
              new MockResponse.Builder()
                  .code(status)
                  .setHeader("Content-Type", mediaType)
                  .body(body.apply(key, sent))
                  .build());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Echo> echoes() {
    String problem = "application/problem+json";
    return Stream.of(
        Echo.of("detail", 400, problem, (key, sent) -> json("detail", key + sent)),
        Echo.of("title", 422, problem, (key, sent) -> json("title", sent + key)),
        Echo.of("remedy", 401, problem, (key, sent) -> json("remedy", key + sent)),
        Echo.of("request id", 500, problem, (key, sent) -> json("requestId", key + sent)),
        Echo.of("issues", 400, problem, PlatformCanaryTest::issues),
        Echo.of("the document itself", 400, problem, (key, sent) -> sent.isEmpty() ? "{}" : sent),
        Echo.of("web page", 502, "text/html", (key, sent) -> "<html>" + key + sent),
        Echo.of("text", 404, "text/plain", (key, sent) -> key + sent),
        Echo.of("cut JSON", 503, problem, (key, sent) -> "{\"detail\":\"" + key + sent),
        Echo.of("success in text", 200, "text/plain", (key, sent) -> key + sent),
        Echo.of("success of another kind", 200, "application/json", (key, sent) -> json("x", key)),
        new Echo(
            "redirect",
            (key, sent) ->
                new MockResponse.Builder()
                    .code(302)
                    .setHeader("Location", "https://" + key + ".example/")
                    .build()));
  }

  private static String json(String name, String text) {
    return "{\"" + name + "\":\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}";
  }

  private static String issues(String key, String sent) {
    String value = sent.isEmpty() ? "{}" : sent;
    return "{\"issues\":[{\"in\":\"body\",\"name\":\"%s\",\"detail\":\"%s\",\"value\":%s}],\"%s\":1}"
        .formatted(key, key, value, key);
  }

  @ParameterizedTest
  @MethodSource("echoes")
  void everyCall_serverThatSendsBackWhatItWasSent_showsNoSecret(Echo echo) {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            String body = request.getBody() == null ? "" : request.getBody().utf8();
            return echo.answer.apply(String.valueOf(request.getHeaders().get("X-Api-Key")), body);
          }
        });
    AmpersandClient client =
        AmpersandClient.builder("p", Secret.of(Canaries.API_KEY))
            .baseUrl(server.url("/v1").uri())
            .maxRetries(0)
            .build();

    calls(client).values().forEach(this::run);

    assertSaidWithoutSecret();
  }

  @Test
  void everyCall_transportThatQuotesTheRequest_showsNoSecret() {
    HttpTransport talkative =
        request -> {
          throw new IOException(
              "reset while sending "
                  + request.headers()
                  + new String(request.body(), StandardCharsets.UTF_8));
        };
    AmpersandClient client =
        AmpersandClient.builder("p", Secret.of(Canaries.API_KEY)).transport(talkative).build();

    calls(client).values().forEach(this::run);

    assertSaidWithoutSecret();
  }

  @Test
  void connection_withCredentials_showsNone() {
    String connection =
        """
        {"id":"c-1","provider":"salesforce","group":{"groupRef":"g"},"consumer":{"consumerRef":"c"},"apiKey":"%s",
        "oauth2AuthorizationCode":{"accessToken":{"token":"%s"},"refreshToken":{"token":"%s"}}}
        """
            .formatted(Canaries.API_KEY, Canaries.ACCESS_TOKEN, Canaries.REFRESH_TOKEN);
    server.enqueue(new MockResponse.Builder().body(connection).build());

    Connection read =
        AmpersandClient.builder("p", Secret.of("key"))
            .baseUrl(server.url("/v1").uri())
            .build()
            .connections()
            .getWithRefreshToken("c-1", Refresh.NEVER);

    String shown = read + " " + read.tokens() + " " + read.apiKey();
    assertThat(read.tokens().orElseThrow().accessToken().reveal()).isEqualTo(Canaries.ACCESS_TOKEN);
    assertThat(Canaries.foundIn(List.of(shown))).isEmpty();
    assertThat(Canaries.foundIn(log.lines())).isEmpty();
  }

  @Test
  void everyValue_printed_showsNoSecret() {
    said.add(AmpersandClient.builder("p", Secret.of(Canaries.API_KEY)).build().toString());
    said.add(change().toString());
    said.add(connectionChange().toString());
    said.add(tokens().toString());

    assertThat(Canaries.foundIn(said)).isEmpty();
  }

  private static Map<String, Callable<?>> calls(AmpersandClient client) {
    Map<String, Callable<?>> calls = new LinkedHashMap<>();
    calls.put("list", () -> client.providerApps().list());
    calls.put(
        "create",
        () ->
            client
                .providerApps()
                .create(
                    new CanaryApp(URI.create("https://api.withampersand.com/callbacks/v1/oauth"))));
    calls.put(
        "apply",
        () ->
            client
                .providerApps()
                .apply(
                    new CanaryApp(URI.create("https://api.withampersand.com/callbacks/v1/oauth")),
                    SecretPolicy.SEND));
    calls.put("update", () -> client.providerApps().update("pa-1", change()));
    calls.put("generate", () -> client.connections().importConnection(tokens()));
    calls.put("change", () -> client.connections().update("c-1", connectionChange()));
    calls.put("reconnect", () -> client.connections().reconnectUrl("c-1"));
    calls.put("read", () -> client.connections().getWithRefreshToken("c-1", Refresh.FORCE));
    calls.put("delete", () -> deleted(client));
    calls.put("connect", () -> client.connections().connectUrl(ConnectRequest.of(ADA)));
    calls.put("signing secret", () -> client.destinations().signingSecret("d"));
    calls.put("rotation", () -> client.destinations().rotateSigningSecret("d"));
    calls.put("JWT keys", () -> client.jwtKeys().list());
    calls.put("projects", () -> client.projects().list());
    calls.put("providers", () -> client.providers().list());
    return calls;
  }

  private static String deleted(AmpersandClient client) {
    client.connections().delete("c-1");
    return "deleted";
  }

  private static ProviderAppChange change() {
    return ProviderAppChange.builder().clientSecret(Secret.of(Canaries.CLIENT_SECRET)).build();
  }

  private static ConnectionChange connectionChange() {
    return ConnectionChange.builder()
        .apiKey(Secret.of(Canaries.NEW_ACCESS_TOKEN))
        .basicAuth("user", Secret.of(Canaries.PASSWORD))
        .clientCredentials("id", Secret.of(Canaries.CLIENT_SECRET), Scopes.none())
        .passwordCredentials(
            "user",
            Secret.of(Canaries.PASSWORD),
            "id",
            Secret.of(Canaries.CLIENT_SECRET),
            Scopes.none())
        .build();
  }

  private static ConnectionImport tokens() {
    TokenSet tokens =
        TokenSet.builder(Secret.of(Canaries.ACCESS_TOKEN), Instant.EPOCH)
            .refreshToken(Secret.of(Canaries.REFRESH_TOKEN))
            .build();
    return ConnectionImport.builder(ADA, tokens).build();
  }

  private void run(Callable<?> call) {
    try {
      said.add(String.valueOf(call.call()));
    } catch (Exception e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      said.add(trace.toString());
      said.add(Serialized.text(e));
      if (e instanceof ApiException refused) {
        said.add(refused.problem().toString());
        said.add(refused.problem().issues().toString());
      }
    }
  }

  private void assertSaidWithoutSecret() {
    assertThat(said).hasSizeGreaterThan(8);
    assertThat(log.lines()).isNotEmpty();
    assertThat(Canaries.foundIn(said)).isEmpty();
    assertThat(Canaries.foundIn(log.lines())).isEmpty();
  }
}
