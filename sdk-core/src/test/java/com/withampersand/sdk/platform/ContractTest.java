package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.platform.ProviderApps.SecretPolicy;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds what is sent, and the answers that the other tests are made of, against Ampersand's
 * published description of its API. The document is not part of this project: lay it where the
 * system property {@code ampersand.openapi} says, or beside the project's folder as {@code
 * shared/ampersand-openapi.json}; otherwise these tests say that they were skipped, and {@link
 * WireTest} alone checks the bytes that are sent.
 */
class ContractTest {
  private static final Path DOCUMENT =
      Path.of(System.getProperty("ampersand.openapi", "../../shared/ampersand-openapi.json"));

  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final String PROJECT =
      "{\"id\":\"p\",\"name\":\"my-project\",\"appName\":\"Mail\",\"orgId\":\"o\",\"createTime\":\"2026-11-24T12:00:00Z\"}";
  private static final String PROVIDER =
      "{\"name\":\"salesforce\",\"authType\":\"oauth2\",\"baseURL\":\"https://x\",\"defaultModule\":\"crm\",\"support\":{\"bulkWrite\":{\"insert\":false,"
          + "\"update\":false,\"upsert\":false,\"delete\":false},\"proxy\":true,\"read\":true,\"subscribe\":false,\"write\":true,\"delete\":false,\"search\":{\"operators\":{\"equals\":true}}}}";
  private static final String DESTINATION =
      "{\"id\":\"d-1\",\"name\":\"alerts\",\"type\":\"webhook\",\"metadata\":{\"url\":\"https://x\"},\"createTime\":\"2026-11-24T12:00:00Z\","
          + "\"secrets\":{\"webhookSigningKey\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}}";
  private static final String JWT_KEY =
      "{\"id\":\"550e8400-e29b-41d4-a716-446655440000\",\"projectId\":\"123e4567-e89b-12d3-a456-426614174000\",\"label\":\"2026-11\","
          + "\"algorithm\":\"RSA\",\"publicKeyPem\":\"x\",\"active\":true,\"createTime\":\"2026-11-24T12:00:00Z\",\"updateTime\":\"2026-11-24T12:00:00Z\"}";
  private static final KeyPair RSA = rsa();
  private static final String URL = "https://login.salesforce.com/services/oauth2/authorize";
  private static final String JSON = "application/json";

  private final ApiServer server = new ApiServer();

  /** One call, and an answer to it. */
  private record Call(
      String name, Consumer<AmpersandClient> work, int status, String mediaType, String answer) {
    static Call json(String name, int status, String answer, Consumer<AmpersandClient> work) {
      return new Call(name, work, status, JSON, answer);
    }

    static Call text(String name, Consumer<AmpersandClient> work) {
      return new Call(name, work, 200, "text/plain", URL);
    }

    static Call empty(String name, Consumer<AmpersandClient> work) {
      return new Call(name, work, 204, "", "");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static KeyPair rsa() {
    try {
      return KeyPairGenerator.getInstance("RSA").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static Stream<Call> calls() {
    DeclaredApp app = new DeclaredApp();
    app.externalRef = "ref";
    app.metadata = DeclaredApp.installedFrom("https://i");
    return Stream.of(
        Call.json("list apps", 200, list(ApiServer.APP), c -> c.providerApps().list()),
        Call.json("create app", 200, ApiServer.APP, c -> c.providerApps().create(app)),
        Call.json(
            "update app",
            200,
            ApiServer.APP,
            c -> c.providerApps().update("pa-1", changeOfEverything())),
        Call.empty("delete app", c -> c.providerApps().delete("pa-1")),
        Call.text("connect", c -> c.connections().connectUrl(ConnectRequest.of(ADA))),
        Call.text("connect with options", c -> c.connections().connectUrl(connectRequest("pa-1"))),
        Call.text("reconnect", c -> c.connections().reconnectUrl("c-1")),
        Call.json(
            "list connections",
            200,
            list(ApiServer.CONNECTION),
            c -> c.connections().list(ConnectionFilter.of(ADA))),
        Call.json("get", 200, ApiServer.CONNECTION, c -> c.connections().get("c-1")),
        Call.json(
            "get with access token",
            200,
            ApiServer.CONNECTION,
            c -> c.connections().getWithAccessToken("c-1", Refresh.IF_EXPIRED)),
        Call.json(
            "get with refresh token",
            200,
            ApiServer.CONNECTION,
            c -> c.connections().getWithRefreshToken("c-1", Refresh.FORCE)),
        Call.json(
            "generate",
            201,
            ApiServer.CONNECTION,
            c -> c.connections().importConnection(connectionImport())),
        generate("API key", ConnectionImport.apiKey(ADA, Secret.of("ak"))),
        generate("password", ConnectionImport.basicAuth(ADA, "u", Secret.of("p"))),
        generate(
            "client credentials",
            ConnectionImport.clientCredentials(ADA, "ci", Secret.of("cs"), Scopes.of("a"))),
        generate("custom", ConnectionImport.customAuth(ADA, Map.of("k", Secret.of("v")))),
        Call.json(
            "update connection",
            200,
            ApiServer.CONNECTION,
            c -> c.connections().update("c-1", connectionChange())),
        Call.empty("delete connection", c -> c.connections().delete("c-1")),
        Call.json(
            "signing secret", 200, DESTINATION, c -> c.destinations().signingSecret("alerts")),
        Call.json(
            "rotate signing secret",
            200,
            DESTINATION,
            c -> c.destinations().rotateSigningSecret("alerts")),
        Call.json("list JWT keys", 200, list(JWT_KEY), c -> c.jwtKeys().list()),
        Call.json(
            "create JWT key",
            201,
            "{\"kid\":\"550e8400-e29b-41d4-a716-446655440000\"}",
            c -> c.jwtKeys().create("2026-11", RSA.getPublic())),
        Call.json("deactivate JWT key", 200, JWT_KEY, c -> c.jwtKeys().deactivate("k-1")),
        Call.empty("delete JWT key", c -> c.jwtKeys().delete("k-1")),
        Call.json("list projects", 200, list(PROJECT), c -> c.projects().list()),
        Call.json("get project", 200, PROJECT, c -> c.projects().get()),
        Call.json(
            "list providers", 200, "{\"salesforce\":" + PROVIDER + "}", c -> c.providers().list()),
        Call.json("get provider", 200, PROVIDER, c -> c.providers().get("salesforce")));
  }

  private static Call generate(String what, ConnectionImport.Builder credentials) {
    return Call.json(
        "generate from " + what,
        201,
        ApiServer.CONNECTION,
        c -> c.connections().importConnection(credentials.build()));
  }

  private static String list(String item) {
    return "[" + item + "]";
  }

  private static ProviderAppChange changeOfEverything() {
    return ProviderAppChange.builder()
        .provider("salesforce")
        .clientId("new")
        .clientSecret(Secret.of("s"))
        .scopes(Scopes.of("api"))
        .externalRef("ref")
        .metadata(DeclaredApp.asking("q", "1"))
        .build();
  }

  private static ConnectRequest connectRequest(String providerAppId) {
    return ConnectRequest.builder(ADA)
        .groupName("Acme")
        .consumerName("Ada")
        .workspaceRef("acme")
        .providerAppId(providerAppId)
        .providerMetadata(Map.of("k", "v"))
        .build();
  }

  private static ConnectionImport connectionImport() {
    TokenSet tokens =
        TokenSet.builder(Secret.of("at"), Instant.parse("2026-11-24T12:00:00Z"))
            .refreshToken(Secret.of("rt"))
            .scopes(Scopes.of("api"))
            .build();
    return ConnectionImport.builder(ADA, tokens)
        .groupName("Acme")
        .consumerName("Ada")
        .workspaceRef("acme")
        .providerMetadata(Map.of("k", "v"))
        .build();
  }

  private static ConnectionChange connectionChange() {
    return ConnectionChange.builder()
        .workspaceRef("acme")
        .providerMetadata(Map.of("k", "v"))
        .apiKey(Secret.of("ak"))
        .basicAuth("u", Secret.of("p"))
        .clientCredentials("ci", Secret.of("cs"), Scopes.of("a"))
        .passwordCredentials("u", Secret.of("p"), "ci", Secret.of("cs"), Scopes.of("a"))
        .build();
  }

  @BeforeEach
  void needsTheDocument() {
    assumeTrue(
        Files.exists(DOCUMENT),
        "skipped: Ampersand's OpenAPI document is not at "
            + DOCUMENT.toAbsolutePath().normalize()
            + "; lay it there, or name its place by -Dampersand.openapi");
  }

  @ParameterizedTest
  @MethodSource("calls")
  void request_isWhatTheDocumentSays(Call call) throws IOException {
    OpenApiDocument document = OpenApiDocument.read(DOCUMENT);

    RecordedRequest sent = send(call);

    OpenApiDocument.Operation operation = operation(document, sent);
    String query = sent.getUrl().query();
    assertThat(operation.queryParameters()).containsAll(sent.getUrl().queryParameterNames());
    assertThat(
            query == null
                || !query.contains("refresh=")
                || query.matches(".*refresh=(force|ifExpired)"))
        .isTrue();
    String body = sent.getBody() == null ? "" : sent.getBody().utf8();
    assertThat(body.isEmpty()).isEqualTo(operation.requestSchema().isMissingNode());
    if (!body.isEmpty()) {
      document.requireValid(
          body, operation.pointer() + "/requestBody/content/application~1json/schema");
      assertThat(document.properties(operation.requestSchema()))
          .containsAll(OpenApiDocument.members(body));
    }
  }

  @ParameterizedTest
  @MethodSource("calls")
  void answer_isOneThatTheDocumentAllows(Call call) throws IOException {
    OpenApiDocument document = OpenApiDocument.read(DOCUMENT);

    OpenApiDocument.Operation operation = operation(document, send(call));

    assertThat(operation.node().path("responses").has(String.valueOf(call.status))).isTrue();
    if (call.mediaType.equals(JSON)) {
      document.requireValid(
          call.answer,
          operation.pointer() + "/responses/" + call.status + "/content/application~1json/schema");
    } else {
      assertThat(operation.answer(call.status, call.mediaType).isMissingNode())
          .isEqualTo(call.answer.isEmpty());
    }
  }

  @Test
  void answersOfTheFake_areWhatTheDocumentAllows() throws IOException {
    OpenApiDocument document = OpenApiDocument.read(DOCUMENT);
    Map<HttpTransport.Request, HttpTransport.Response> exchanges = new LinkedHashMap<>();
    try (FakeSalesforce salesforce = FakeSalesforce.start();
        FakeAmpersand ampersand =
            FakeAmpersand.builder(salesforce)
                .projectId("123e4567-e89b-12d3-a456-426614174000")
                .start()) {
      AmpersandClient client =
          AmpersandClient.builder(ampersand.projectId(), Secret.of(ampersand.apiKey()))
              .baseUrl(ampersand.apiUri())
              .transport(
                  request -> {
                    HttpTransport.Response response = HttpTransport.shared().send(request);
                    exchanges.put(request, response);
                    return response;
                  })
              .build();

      callEverything(client, salesforce, ampersand);
    }

    assertThat(exchanges).hasSizeGreaterThan(15);
    for (Map.Entry<HttpTransport.Request, HttpTransport.Response> exchange : exchanges.entrySet()) {
      HttpTransport.Response response = exchange.getValue();
      OpenApiDocument.Operation operation =
          document.operation(
              exchange.getKey().method(),
              exchange.getKey().uri().getRawPath().substring("/v1".length()));
      String status =
          operation.node().path("responses").has(String.valueOf(response.status()))
              ? String.valueOf(response.status())
              : "default";
      assertThat(status.equals("default") && response.status() < 400).isFalse();
      if (response.mediaType().endsWith("json")) {
        document.requireValid(
            response.text(),
            "%s/responses/%s/content/%s/schema"
                .formatted(operation.pointer(), status, response.mediaType().replace("/", "~1")));
      }
    }
  }

  private static void callEverything(
      AmpersandClient client, FakeSalesforce salesforce, FakeAmpersand ampersand) {
    DeclaredApp app = new DeclaredApp();
    app.clientId = salesforce.consumerKey();
    app.secret = Secret.of(salesforce.consumerSecret());
    String appId = client.providerApps().apply(app).app().orElseThrow().id();
    client.providerApps().apply(app, SecretPolicy.SEND);
    ampersand.complete(salesforce.approve(client.connections().connectUrl(connectRequest(appId))));
    String id = client.connections().list().get(0).id();
    client.connections().get(id);
    client.connections().getWithRefreshToken(id, Refresh.FORCE);
    client.connections().reconnectUrl(id);
    client.connections().update(id, ConnectionChange.builder().workspaceRef("b").build());
    client.connections().importConnection(connectionImport());
    ampersand.addDestination("alerts", URI.create("https://localhost/"));
    client.destinations().signingSecret("alerts");
    client.destinations().rotateSigningSecret("alerts");
    String kid = client.jwtKeys().create("2026-11", RSA.getPublic());
    client.jwtKeys().list();
    client.jwtKeys().deactivate(kid);
    client.jwtKeys().delete(kid);
    client.projects().list();
    client.projects().get();
    client.providers().list();
    client.providers().get("salesforce");
    client.connections().delete(id);
    assertThatExceptionOfType(ApiException.class).isThrownBy(() -> client.connections().get(id));
    client.providerApps().delete(appId);
  }

  private RecordedRequest send(Call call) {
    try (server) {
      server.answer(call.status, call.mediaType, call.answer);
      call.work.accept(server.client());
      return server.takeRequest();
    }
  }

  private static OpenApiDocument.Operation operation(
      OpenApiDocument document, RecordedRequest sent) {
    String path = sent.getUrl().encodedPath();
    return document.operation(sent.getMethod(), path.substring("/v1".length()));
  }
}
