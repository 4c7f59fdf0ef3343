package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.ProviderAppMetadata;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Connections.Refresh;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each call sends, to the letter, and what it makes of the answer. */
class WireTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final String PROJECT = "/v1/projects/my-project";
  private static final String PROJECT_JSON =
      "{\"id\":\"p\",\"name\":\"my-project\",\"appName\":\"Mail\",\"orgId\":\"o\",\"createTime\":\"2026-11-24T12:00:00Z\"}";
  private static final String SALESFORCE_JSON =
      "{\"name\":\"salesforce\",\"displayName\":\"Salesforce\",\"authType\":\"oauth2\",\"baseURL\":\"https://{{.workspace}}.my.salesforce.com\","
          + "\"defaultModule\":\"crm\",\"oauth2Opts\":{\"grantType\":\"authorizationCodePKCE\",\"authURL\":\"https://a\",\"tokenURL\":\"https://t\","
          + "\"explicitScopesRequired\":false,\"explicitWorkspaceRequired\":true},\"later\":{\"x\":[1,null,true]}}";
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  private final ApiServer server = new ApiServer();
  private final AmpersandClient client = server.client();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void everyCall_showsTheApiKeyAndWhoCalls() {
    server.json(200, "[]");

    client.providerApps().list();

    RecordedRequest request = server.takeRequest();
    assertThat(request.getHeaders().get("X-Api-Key")).isEqualTo(ApiServer.KEY);
    assertThat(request.getHeaders().get("Authorization")).isNull();
    assertThat(request.getHeaders().get("Accept"))
        .isEqualTo("application/json, application/problem+json");
    assertThat(request.getHeaders().get("User-Agent")).startsWith("ampersand-sdk-java/");
    assertThat(request.getHeaders().get("X-Amp-Client")).isEqualTo("java");
    assertThat(request.getHeaders().get("User-Agent"))
        .contains("/" + request.getHeaders().get("X-Amp-Client-Version") + " ");
    assertThat(request.getHeaders().get("Content-Type")).isNull();
  }

  @Test
  void everyCall_withBearerToken_showsItInPlaceOfTheKey() {
    server.json(200, "[]");

    AmpersandClient.bearerBuilder("my-project", () -> Secret.of("eyJ.jwt"))
        .baseUrl(server.baseUrl())
        .build()
        .projects()
        .list();

    RecordedRequest request = server.takeRequest();
    assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer eyJ.jwt");
    assertThat(request.getHeaders().get("X-Api-Key")).isNull();
  }

  @Test
  void everyCall_hasATimeout() {
    List<Duration> timeouts = new ArrayList<>();
    HttpTransport recording =
        request -> {
          timeouts.add(request.timeout());
          return new HttpTransport.Response(200, Map.of(), "[]".getBytes(StandardCharsets.UTF_8));
        };

    server.builder().transport(recording).build().projects().list();
    server
        .builder()
        .transport(recording)
        .callTimeout(Duration.ofSeconds(3))
        .build()
        .projects()
        .list();

    assertThat(timeouts).containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(3));
  }

  @Test
  void providerAppsList_anyAnswer_isTyped() {
    server.json(
        200,
        "[{\"id\":\"pa-1\",\"provider\":\"salesforce\",\"clientId\":\"key\",\"externalRef\":\"ref\",\"scopes\":[\"api\",7,\"id\"],"
            + "\"metadata\":{\"authQueryParams\":{\"q\":[\"1\",\"2\"]},\"providerParams\":{\"packageInstallURL\":\"https://i\"},\"later\":1},"
            + "\"createTime\":\"2026-11-24T12:00:00.123456Z\",\"updateTime\":\"not a time\",\"later\":[{}]}]");

    List<RegisteredProviderApp> apps = client.providerApps().list();

    assertThat(server.take()).isEqualTo("GET " + PROJECT + "/provider-apps");
    RegisteredProviderApp app = apps.get(0);
    assertThat(apps).hasSize(1);
    assertThat(app.id()).isEqualTo("pa-1");
    assertThat(app.provider()).isEqualTo("salesforce");
    assertThat(app.clientId()).isEqualTo("key");
    assertThat(app.externalRef()).contains("ref");
    assertThat(app.scopes()).isEqualTo(Scopes.of("id", "api"));
    assertThat(app.metadata())
        .isEqualTo(
            new ProviderAppMetadata(
                Map.of("q", List.of("1", "2")), Map.of("packageInstallURL", "https://i")));
    assertThat(app.createTime()).contains(Instant.parse("2026-11-24T12:00:00.123456Z"));
    assertThat(app.updateTime()).isEmpty();
  }

  @Test
  void providerAppsFind_byIdOrByClient_looksThroughTheList() {
    String other =
        ApiServer.APP
            .replace("pa-1", "pa-0")
            .replace("\"key\"", "\"other\"")
            .replace("salesforce", "x");
    String both = "[" + other + "," + ApiServer.APP + "]";
    server.json(200, both).json(200, both).json(200, "[]");

    assertThat(client.providerApps().find("pa-1").orElseThrow().id()).isEqualTo("pa-1");
    assertThat(client.providerApps().find("salesforce", "key").orElseThrow().id())
        .isEqualTo("pa-1");
    assertThat(client.providerApps().find("pa-1")).isEmpty();
  }

  @Test
  void providerAppsCreate_everything_isSent() {
    DeclaredApp app = new DeclaredApp();
    app.externalRef = "ref";
    app.metadata = DeclaredApp.installedFrom("https://login.salesforce.com/x");
    server.json(200, ApiServer.APP);

    RegisteredProviderApp created = client.providerApps().create(app);

    RecordedRequest request = server.takeRequest();
    assertThat(created.id()).isEqualTo("pa-1");
    assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
    assertThat(request.getMethod() + " " + request.getTarget())
        .isEqualTo("POST " + PROJECT + "/provider-apps");
    assertThat(request.getBody().utf8())
        .isEqualTo(
            "{\"provider\":\"salesforce\",\"clientId\":\"key\",\"clientSecret\":\""
                + DeclaredApp.SECRET
                + "\",\"scopes\":[\"api\",\"refresh_token\"],\"externalRef\":\"ref\","
                + "\"metadata\":{\"providerParams\":{\"packageInstallURL\":\"https://login.salesforce.com/x\"}}}");
  }

  @Test
  void providerAppsCreate_withoutOptions_sendsNoneOfThem() {
    server.json(200, ApiServer.APP);

    client.providerApps().create(new DeclaredApp());

    assertThat(server.take()).doesNotContain("externalRef", "metadata");
  }

  @Test
  void providerAppsUpdate_eachField_isMaskedByItsName() {
    server.json(200, ApiServer.APP);

    client
        .providerApps()
        .update(
            "pa-1",
            ProviderAppChange.builder()
                .provider("salesforce")
                .clientId("new")
                .clientSecret(Secret.of("s"))
                .scopes(Scopes.of("api"))
                .externalRef("ref")
                .metadata(DeclaredApp.asking("q", "1"))
                .build());

    assertThat(server.take())
        .isEqualTo(
            "PATCH "
                + PROJECT
                + "/provider-apps/pa-1 {\"updateMask\":[\"provider\",\"clientId\",\"clientSecret\",\"scopes\",\"externalRef\",\"metadata\"],"
                + "\"providerApp\":{\"provider\":\"salesforce\",\"clientId\":\"new\",\"clientSecret\":\"s\",\"scopes\":[\"api\"],"
                + "\"externalRef\":\"ref\",\"metadata\":{\"authQueryParams\":{\"q\":[\"1\"]}}}}");
  }

  @Test
  void delete_ofEither_takesTheAnswerWithoutABody() {
    MockResponse noContent = new MockResponse.Builder().code(204).build();
    server.answer(noContent).answer(noContent);

    client.providerApps().delete("pa-1");
    client.connections().delete("c-1");

    assertThat(server.take()).isEqualTo("DELETE " + PROJECT + "/provider-apps/pa-1");
    assertThat(server.take()).isEqualTo("DELETE " + PROJECT + "/connections/c-1");
  }

  @Test
  void connectUrl_everything_isSentAndTheAddressReturned() {
    server.text("https://login.salesforce.com/services/oauth2/authorize?client_id=x&state=y\n");
    ConnectRequest request =
        ConnectRequest.builder(ADA)
            .groupName("Acme Corp")
            .consumerName("Ada")
            .workspaceRef("acme")
            .providerAppId("pa-1")
            .providerMetadata(Map.of("accountId", "7"))
            .build();

    assertThat(client.connections().connectUrl(request))
        .hasToString("https://login.salesforce.com/services/oauth2/authorize?client_id=x&state=y");

    RecordedRequest sent = server.takeRequest();
    assertThat(sent.getMethod() + " " + sent.getTarget()).isEqualTo("POST /v1/oauth-connect");
    assertThat(sent.getHeaders().get("Accept")).isEqualTo("text/plain, application/problem+json");
    assertThat(sent.getBody().utf8())
        .isEqualTo(
            "{\"projectIdOrName\":\"my-project\",\"provider\":\"salesforce\",\"groupRef\":\"acme\",\"consumerRef\":\"ada\","
                + "\"groupName\":\"Acme Corp\",\"consumerName\":\"Ada\",\"providerWorkspaceRef\":\"acme\",\"providerAppId\":\"pa-1\","
                + "\"providerMetadata\":{\"accountId\":{\"value\":\"7\",\"source\":\"input\"}}}");
  }

  @Test
  void connectUrl_withoutOptions_sendsTheFourRequiredMembersAlone() {
    server.text("https://example.com/");

    client.connections().connectUrl(ConnectRequest.of(ADA));

    assertThat(server.take())
        .isEqualTo(
            "POST /v1/oauth-connect {\"projectIdOrName\":\"my-project\",\"provider\":\"salesforce\",\"groupRef\":\"acme\",\"consumerRef\":\"ada\"}");
  }

  @Test
  void reconnectUrl_keepsItsColonRawAndHasNoBody() {
    server.text("https://example.com/again");

    assertThat(client.connections().reconnectUrl("c-1")).hasToString("https://example.com/again");

    RecordedRequest request = server.takeRequest();
    assertThat(request.getMethod() + " " + request.getTarget())
        .isEqualTo("PATCH " + PROJECT + "/connections/c-1:oauth-update");
    assertThat(request.getHeaders().get("Accept")).startsWith("text/plain");
    assertThat(request.getHeaders().get("Content-Type")).isNull();
  }

  @Test
  void connectionsList_eachFilter_isAQueryParameterEncoded() {
    server.json(200, "[" + ApiServer.CONNECTION + "]").json(200, "[]").json(200, "[]");

    List<Connection> connections = client.connections().list();
    client.connections().list(ConnectionFilter.of(new ConnectionKey("salesforce", "a&b", "ü+ ")));
    client
        .connections()
        .list(ConnectionFilter.all().groupRef("acme").consumerRef("c").provider("p"));

    assertThat(connections).extracting(Connection::key).containsExactly(ADA);
    assertThat(server.take()).isEqualTo("GET " + PROJECT + "/connections");
    assertThat(server.take())
        .isEqualTo(
            "GET "
                + PROJECT
                + "/connections?provider=salesforce&groupRef=a%26b&consumerRef=%C3%BC%2B%20");
    assertThat(server.take())
        .isEqualTo("GET " + PROJECT + "/connections?provider=p&groupRef=acme&consumerRef=c");
  }

  @Test
  void connectionsGet_eachWay_asksForJustThat() {
    for (int i = 0; i < 4; i++) {
      server.json(200, ApiServer.CONNECTION);
    }

    client.connections().get("c-1");
    client.connections().getWithAccessToken("c-1", Refresh.IF_EXPIRED);
    client.connections().getWithRefreshToken("c-1", Refresh.FORCE);
    client.connections().getWithAccessToken("c-1", Refresh.NEVER);

    String path = "GET " + PROJECT + "/connections/c-1";
    assertThat(server.take()).isEqualTo(path);
    assertThat(server.take()).isEqualTo(path + "?includeCreds=true&refresh=ifExpired");
    assertThat(server.take()).isEqualTo(path + "?includeRefreshToken=true&refresh=force");
    assertThat(server.take()).isEqualTo(path + "?includeCreds=true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u00fc", "a\\nb", "a\\u0000"})
  void connectionsList_tokenThatNoHeaderCanCarry_isLeftOut(String token) {
    String held =
        "{\"oauth2AuthorizationCode\":{\"accessToken\":{\"token\":\"%s\"},\"refreshToken\":{\"token\":\"RT\"}},"
            .formatted(token);
    String connection = ApiServer.CONNECTION.replaceFirst("\\{", Matcher.quoteReplacement(held));
    server.json(200, "[" + connection + "]");

    List<Connection> connections = client.connections().list();

    assertThat(connections).hasSize(1);
    assertThat(connections.get(0).tokens()).isEmpty();
  }

  @Test
  void connectionsGet_withEverything_isTyped() {
    server.json(
        200,
        ApiServer.CONNECTION.replaceFirst(
            "\\{",
            "{\"providerWorkspaceRef\":\"acme\",\"providerConsumerRef\":\"https://login.salesforce.com/id/00D/005\",\"apiKey\":\"ak\","
                + "\"providerApp\":"
                + ApiServer.APP
                + ",\"providerMetadata\":{\"accountId\":{\"value\":\"7\",\"source\":\"token\"},\"odd\":3},"
                + "\"oauth2AuthorizationCode\":{\"accessToken\":{\"token\":\"at\",\"issuedAt\":\"2026-11-24T12:00:00Z\",\"expiresAt\":\"2026-11-24T14:00:00Z\"},"
                + "\"refreshToken\":{\"token\":\"rt\"},\"scopes\":[\"api\"]},\"later\":{},"));

    Connection connection = client.connections().getWithRefreshToken("c-1", Refresh.NEVER);

    assertThat(connection.id()).isEqualTo("c-1");
    assertThat(connection.authScheme()).isEqualTo("oauth2/authorizationCode");
    assertThat(connection.workspaceRef()).contains("acme");
    assertThat(connection.providerConsumerRef())
        .contains("https://login.salesforce.com/id/00D/005");
    assertThat(connection.apiKey()).contains(Secret.of("ak"));
    assertThat(connection.providerApp().orElseThrow().id()).isEqualTo("pa-1");
    assertThat(connection.providerMetadata()).containsExactly(Map.entry("accountId", "7"));
    assertThat(connection.tokens())
        .contains(
            TokenSet.builder(Secret.of("at"), NOON)
                .refreshToken(Secret.of("rt"))
                .scopes(Scopes.of("api"))
                .expiry(Expiry.known(NOON.plusSeconds(7200)))
                .attribute("ampersand_provider", "salesforce")
                .attribute("ampersand_workspace", "acme")
                .build());
  }

  @Test
  void connectionsGet_withPartsOfOtherShapes_isReadWithoutThem() {
    server.json(
        200,
        ApiServer.CONNECTION.replaceFirst(
            "\\{",
            "{\"providerApp\":{\"id\":\"pa-1\",\"clientId\":null},\"providerMetadata\":[1],\"apiKey\":\" \",\"providerWorkspaceRef\":7,"
                + "\"oauth2AuthorizationCode\":{\"accessToken\":{\"token\":\"at\",\"issuedAt\":\"noon\",\"expiresAt\":{}},"
                + "\"refreshToken\":[],\"scopes\":{\"a\":\"b\"}},"));

    Connection connection =
        server
            .builder()
            .clock(Clock.fixed(NOON, ZoneOffset.UTC))
            .build()
            .connections()
            .getWithRefreshToken("c-1", Refresh.NEVER);

    TokenSet tokens = connection.tokens().orElseThrow();
    assertThat(connection.providerApp()).isEmpty();
    assertThat(connection.providerMetadata()).isEmpty();
    assertThat(connection.apiKey()).isEmpty();
    assertThat(connection.workspaceRef()).isEmpty();
    assertThat(tokens.refreshToken()).isEmpty();
    assertThat(tokens.scopes()).isEqualTo(Scopes.none());
    assertThat(tokens.expiry()).isEqualTo(Expiry.unknown());
    assertThat(tokens.obtainedAt()).isEqualTo(NOON);
  }

  @Test
  void importConnection_tokens_areSentWithAnExpiryThatIsKnownAlone() {
    server.json(201, ApiServer.CONNECTION).json(201, ApiServer.CONNECTION);
    TokenSet tokens =
        TokenSet.builder(Secret.of("at"), NOON)
            .refreshToken(Secret.of("rt"))
            .scopes(Scopes.of("api"))
            .expiry(Expiry.known(NOON.plusSeconds(60)))
            .build();
    TokenSet estimated =
        TokenSet.builder(Secret.of("at"), NOON)
            .expiry(Expiry.estimated(NOON.plusSeconds(60)))
            .build();

    client
        .connections()
        .importConnection(
            ConnectionImport.builder(ADA, tokens)
                .groupName("Acme Corp")
                .consumerName("Ada")
                .workspaceRef("acme")
                .providerMetadata(Map.of("k", "v"))
                .build());
    client.connections().importConnection(ConnectionImport.builder(ADA, estimated).build());

    assertThat(server.take())
        .isEqualTo(
            "POST "
                + PROJECT
                + "/connections:generate {\"provider\":\"salesforce\",\"groupRef\":\"acme\",\"consumerRef\":\"ada\",\"groupName\":\"Acme Corp\","
                + "\"consumerName\":\"Ada\",\"providerWorkspaceRef\":\"acme\",\"providerMetadata\":{\"k\":{\"value\":\"v\",\"source\":\"input\"}},"
                + "\"oauth2AuthorizationCode\":{\"accessToken\":{\"token\":\"at\",\"issuedAt\":\"2026-11-24T12:00:00Z\",\"expiresAt\":\"2026-11-24T12:01:00Z\"},"
                + "\"refreshToken\":{\"token\":\"rt\"},\"scopes\":[\"api\"]}}");
    assertThat(server.take())
        .contains("\"token\":\"at\"")
        .doesNotContain("expiresAt", "refreshToken");
  }

  @Test
  void connectionsUpdate_eachValue_isMaskedByItsName() {
    server.json(200, ApiServer.CONNECTION);

    client
        .connections()
        .update(
            "c-1",
            ConnectionChange.builder()
                .workspaceRef("acme")
                .providerMetadata(Map.of("k", "v"))
                .apiKey(Secret.of("ak"))
                .basicAuth("u", Secret.of("p"))
                .clientCredentials("ci", Secret.of("cs"), Scopes.of("a"))
                .passwordCredentials("u2", Secret.of("p2"), "ci2", Secret.of("cs2"), Scopes.none())
                .build());

    assertThat(server.take())
        .isEqualTo(
            "PATCH "
                + PROJECT
                + "/connections/c-1 {\"updateMask\":[\"providerWorkspaceRef\",\"providerMetadata\",\"apiKey\",\"basicAuth\","
                + "\"oauth2ClientCredentials\",\"oauth2PasswordCredentials\"],\"connection\":{\"providerWorkspaceRef\":\"acme\","
                + "\"providerMetadata\":{\"k\":{\"value\":\"v\",\"source\":\"input\"}},\"apiKey\":\"ak\",\"basicAuth\":{\"username\":\"u\",\"password\":\"p\"},"
                + "\"oauth2ClientCredentials\":{\"clientId\":\"ci\",\"clientSecret\":\"cs\",\"scopes\":[\"a\"]},"
                + "\"oauth2PasswordCredentials\":{\"username\":\"u2\",\"password\":\"p2\",\"clientId\":\"ci2\",\"clientSecret\":\"cs2\",\"scopes\":[]}}}");
  }

  @Test
  void inProject_anotherOne_isAskedWithTheSameCredential() {
    server.json(200, "[]");

    AmpersandClient other = client.inProject("other project");
    other.providerApps().list();

    RecordedRequest request = server.takeRequest();
    assertThat(request.getTarget()).isEqualTo("/v1/projects/other%20project/provider-apps");
    assertThat(request.getHeaders().get("X-Api-Key")).isEqualTo(ApiServer.KEY);
    assertThat(other.project()).isEqualTo("other project");
    assertThat(client.project()).isEqualTo("my-project");
  }

  @Test
  void projects_listAndGet_areTyped() {
    server.json(200, "[" + PROJECT_JSON + "]").json(200, PROJECT_JSON).json(200, PROJECT_JSON);

    Map<String, Object> members =
        Map.of(
            "id",
            "p",
            "name",
            "my-project",
            "appName",
            "Mail",
            "orgId",
            "o",
            "createTime",
            "2026-11-24T12:00:00Z");
    Project expected = new Project("p", "my-project", "Mail", "o", members);
    assertThat(client.projects().list()).containsExactly(expected);
    assertThat(client.projects().get()).isEqualTo(expected);
    assertThat(client.projects().get("other one")).isEqualTo(expected);

    assertThat(server.take()).isEqualTo("GET /v1/projects");
    assertThat(server.take()).isEqualTo("GET " + PROJECT);
    assertThat(server.take()).isEqualTo("GET /v1/projects/other%20one");
  }

  @Test
  void providers_listAndGet_areTypedAndSendNoCredential() {
    server.json(200, "{\"salesforce\":" + SALESFORCE_JSON + "}").json(200, SALESFORCE_JSON);

    ProviderInfo listed = client.providers().list().get(0);
    ProviderInfo got = client.providers().get("salesforce");

    assertThat(got).isEqualTo(listed);
    assertThat(got.name()).isEqualTo("salesforce");
    assertThat(got.displayName()).isEqualTo("Salesforce");
    assertThat(got.authType()).isEqualTo("oauth2");
    assertThat(got.baseUrl()).isEqualTo("https://{{.workspace}}.my.salesforce.com");
    assertThat(got.grantType()).contains("authorizationCodePKCE");
    assertThat(got.authUrl()).contains("https://a");
    assertThat(got.tokenUrl()).contains("https://t");
    assertThat(got.needsWorkspace()).isTrue();
    assertThat(got.needsScopes()).isFalse();
    assertThat(got.members()).containsEntry("later", Map.of("x", List.of(1, true)));
    for (String path : List.of("/v1/providers", "/v1/providers/salesforce")) {
      RecordedRequest request = server.takeRequest();
      assertThat(request.getTarget()).isEqualTo(path);
      assertThat(request.getHeaders().get("X-Api-Key")).isNull();
    }
  }

  @Test
  void projects_idAndNameAlone_areEnough() {
    server.json(200, "{\"id\":\"p\",\"name\":\"n\",\"appName\":7}");

    Project project = client.projects().get();

    assertThat(project.appName()).isEmpty();
    assertThat(project.members()).containsEntry("appName", 7);
  }

  @Test
  void providers_ofOtherShapes_areReadAsFarAsTheyGo() {
    server.json(
        200,
        "{\"name\":\"hubspot\",\"oauth2Opts\":{\"grantType\":7,\"authURL\":[],\"explicitScopesRequired\":true,\"explicitWorkspaceRequired\":\"yes\"}}");

    ProviderInfo info = client.providers().get("HubSpot");

    assertThat(info.name()).isEqualTo("hubspot");
    assertThat(info.grantType()).isEmpty();
    assertThat(info.authUrl()).isEmpty();
    assertThat(info.needsScopes()).isTrue();
    assertThat(info.needsWorkspace()).isFalse();
  }

  @Test
  void change_ofSomeFields_namesThem() {
    ProviderAppChange change =
        ProviderAppChange.builder().scopes(Scopes.of("api")).clientSecret(Secret.of("s")).build();

    assertThat(change.fields())
        .containsExactly(ProviderAppField.CLIENT_SECRET, ProviderAppField.SCOPES);
    assertThat(change).hasToString("ProviderAppChange[clientSecret, scopes]");
  }

  @Test
  void providers_withoutOAuth_haveNoneOfItsValues() {
    server.json(200, "{\"name\":\"plain\",\"authType\":\"apiKey\",\"oauth2Opts\":7}");

    ProviderInfo plain = client.providers().get("plain");

    assertThat(plain.grantType()).isEmpty();
    assertThat(plain.needsWorkspace()).isFalse();
    assertThat(plain.displayName()).isEqualTo("plain");
  }
}
