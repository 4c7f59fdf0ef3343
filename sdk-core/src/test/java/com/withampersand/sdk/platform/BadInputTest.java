package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Connections.Refresh;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tired or a hostile caller passes; nothing of it is sent. */
class BadInputTest {
  private static final Secret KEY = Secret.of(ApiServer.KEY);

  private final ApiServer server = new ApiServer();
  private final AmpersandClient client = server.client();

  @AfterEach
  void nothingWasSent() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t", "a\nb", "a\u0000", "a\u0085", ".", ".."})
  void id_thatNamesNothing_isRefusedBeforeTheCall(String id) {
    Connections connections = client.connections();
    ProviderApps apps = client.providerApps();
    ConnectionChange change = ConnectionChange.builder().workspaceRef("acme").build();
    ProviderAppChange appChange = ProviderAppChange.builder().clientId("x").build();

    List<Runnable> calls =
        List.of(
            () -> connections.get(id),
            () -> connections.getWithAccessToken(id, Refresh.NEVER),
            () -> connections.getWithRefreshToken(id, Refresh.FORCE),
            () -> connections.reconnectUrl(id),
            () -> connections.update(id, change),
            () -> connections.delete(id),
            () -> apps.update(id, appChange),
            () -> apps.delete(id),
            () -> connections.reconnection(id),
            () -> client.destinations().signingSecret(id),
            () -> client.destinations().rotateSigningSecret(id),
            () -> client.jwtKeys().deactivate(id),
            () -> client.jwtKeys().delete(id),
            () -> client.projects().get(id),
            () -> client.providers().get(id),
            () -> AmpersandClient.builder(id, KEY));

    assertThat(calls)
        .allSatisfy(call -> assertThatIllegalArgumentException().isThrownBy(call::run));
    assertThat(server.requestCount()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "../../x, ..%2F..%2Fx",
    "a/b, a%2Fb",
    "a?b=c, a%3Fb%3Dc",
    "a#b, a%23b",
    "a:oauth-update, a%3Aoauth-update",
    "a%2Fb, a%252Fb",
    "a\\b, a%5Cb",
    "..., ...",
    "ü, %C3%BC"
  })
  void id_withCharactersOfAPath_neverChangesThePath(String id, String segment) {
    server.json(200, ApiServer.CONNECTION).text("https://example.com/");

    client.connections().get(id);
    client.connections().reconnectUrl(id);

    assertThat(server.take()).isEqualTo("GET /v1/projects/my-project/connections/" + segment);
    assertThat(server.take())
        .isEqualTo("PATCH /v1/projects/my-project/connections/" + segment + ":oauth-update");
  }

  @Test
  void project_withASlash_neverChangesThePath() {
    server.json(200, "[]");

    AmpersandClient.builder("../orgs", KEY).baseUrl(server.baseUrl()).build().providerApps().list();

    assertThat(server.take()).isEqualTo("GET /v1/projects/..%2Forgs/provider-apps");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api.withampersand.com/v1",
        "api.withampersand.com/v1",
        "ftp://api.withampersand.com",
        "https://user:secret@api.withampersand.com/v1",
        "https://api.withampersand.com/v1?x=1",
        "https://api.withampersand.com/v1#x",
        "https:///v1"
      })
  void baseUrl_towardsWhichNoKeyMayGo_isRefused(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AmpersandClient.builder("p", KEY).baseUrl(URI.create(url)))
        .withMessageContaining("base URL")
        .withMessageNotContaining("secret");
  }

  @Test
  void baseUrl_withSlashesAtItsEnd_losesThem() {
    server.json(200, "[]");

    server.builder().baseUrl(URI.create(server.baseUrl() + "//")).build().projects().list();

    assertThat(server.take()).isEqualTo("GET /v1/projects");
  }

  @ParameterizedTest
  @ValueSource(strings = {"key with space", "key\n", " key", "kéy"})
  void apiKey_thatNoHeaderCanCarry_isRefusedWithoutShowingIt(String key) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AmpersandClient.builder("p", Secret.of(key)))
        .withMessageContaining("copy it again")
        .withMessageNotContaining("k");
  }

  @Test
  void apiKey_spoiltLater_isRefusedBeforeTheCall() {
    AtomicInteger sent = new AtomicInteger();
    AmpersandClient spoilt =
        AmpersandClient.builder("p", () -> Secret.of("a\r\nHost: evil"))
            .transport(
                request -> {
                  sent.incrementAndGet();
                  return new HttpTransport.Response(200, Map.of(), new byte[0]);
                })
            .build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> spoilt.projects().list())
        .withMessageContaining("copy it again")
        .withMessageNotContaining("evil");
    assertThat(sent).hasValue(0);
  }

  @Test
  void builder_limitsThatCannotBe_areRefused() {
    AmpersandClient.Builder builder = server.builder();

    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxRetries(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.callTimeout(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxRetryTime(Duration.ofSeconds(-1)));
  }

  @Test
  void change_ofNothing_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> ProviderAppChange.builder().build());
    assertThatIllegalArgumentException().isThrownBy(() -> ConnectionChange.builder().build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\u0007", "\n"})
  void name_blankOrWithControlCharacters_isRefused(String name) {
    ConnectionKey ada = new ConnectionKey("salesforce", "acme", "ada");
    TokenSet tokens = TokenSet.builder(KEY, Instant.EPOCH).build();
    ConnectRequest.Builder request = ConnectRequest.builder(ada);
    ConnectionImport.Builder generated = ConnectionImport.builder(ada, tokens);
    ConnectionChange.Builder change = ConnectionChange.builder();
    ProviderAppChange.Builder appChange = ProviderAppChange.builder();
    ProviderApps apps = client.providerApps();

    List<Runnable> calls =
        List.of(
            () -> request.groupName(name),
            () -> request.consumerName(name),
            () -> request.workspaceRef(name),
            () -> request.providerAppId(name),
            () -> generated.groupName(name),
            () -> generated.consumerName(name),
            () -> generated.workspaceRef(name),
            () -> change.workspaceRef(name),
            () -> change.basicAuth(name, KEY),
            () -> change.clientCredentials(name, KEY, Scopes.none()),
            () -> change.passwordCredentials(name, KEY, "id", KEY, Scopes.none()),
            () -> change.passwordCredentials("user", KEY, name, KEY, Scopes.none()),
            () -> appChange.provider(name),
            () -> appChange.clientId(name),
            () -> appChange.externalRef(name),
            () -> ConnectionFilter.all().provider(name),
            () -> ConnectionFilter.all().groupRef(name),
            () -> ConnectionFilter.all().consumerRef(name),
            () -> apps.find(name),
            () -> apps.find(name, "key"),
            () -> apps.find("salesforce", name));

    assertThat(calls)
        .allSatisfy(call -> assertThatIllegalArgumentException().isThrownBy(call::run));
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void builderFromEnvironment_keyAlone_usesAmpersandsOwnAddress() {
    AmpersandClient fromKey =
        AmpersandClient.builderFromEnvironment("p", Map.of("AMP_API_KEY", " key\n")).build();

    assertThat(fromKey.baseUrl()).hasToString("https://api.withampersand.com/v1");
    assertThat(fromKey.project()).isEqualTo("p");
    assertThat(fromKey)
        .hasToString("AmpersandClient[project p at https://api.withampersand.com/v1]");
  }

  @ParameterizedTest
  @CsvSource({
    "https://amp.example.com, https://amp.example.com/v1",
    "https://amp.example.com/, https://amp.example.com/v1",
    "' https://amp.example.com\n', https://amp.example.com/v1",
    "https://amp.example.com/v2, https://amp.example.com/v2",
    "http://localhost:8080/api/, http://localhost:8080/api"
  })
  void builderFromEnvironment_url_isTheRootOrTheWholeAddress(String url, String baseUrl) {
    AmpersandClient fromBoth =
        AmpersandClient.builderFromEnvironment(
                "p", Map.of("AMP_API_KEY", "key", "AMP_API_URL", url))
            .build();

    assertThat(fromBoth.baseUrl()).hasToString(baseUrl);
  }

  @Test
  void builderFromEnvironment_halfSet_saysWhatIsMissing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AmpersandClient.builderFromEnvironment("p", Map.of("AMP_API_KEY", " ")))
        .withMessageContaining("AMP_API_KEY");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                AmpersandClient.builderFromEnvironment(
                    "p", Map.of("AMP_API_KEY", "k", "AMP_API_URL", "not an address")))
        .withMessageContaining("AMP_API_URL");
  }

  @Test
  void builderFromEnvironment_unreadableUrlWithAPassword_showsItNowhere() {
    Map<String, String> environment =
        Map.of("AMP_API_KEY", "k", "AMP_API_URL", "https://user:hunter22@host name/");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> AmpersandClient.builderFromEnvironment("p", environment))
        .withMessageNotContaining("hunter22")
        .withNoCause();
  }

  @Test
  void registration_withACallbackElsewhere_isRefusedBeforeAnyCall() {
    DeclaredApp app = new DeclaredApp();
    app.callback = URI.create("https://example.com/callback");
    app.provider = "sales\u0000force";
    app.clientId = " ";
    app.externalRef = "\t";
    ProviderApps apps = client.providerApps();
    List<Runnable> calls =
        List.of(() -> apps.create(app), () -> apps.apply(app), () -> apps.plan(app));

    assertThat(calls)
        .allSatisfy(
            call -> {
              InvalidProviderAppException error =
                  catchThrowableOfType(InvalidProviderAppException.class, call::run);
              assertThat(error.violations())
                  .extracting(Violation::field)
                  .containsExactly("provider", "clientId", "externalRef", "callbackUri");
              assertThat(error)
                  .hasMessageContaining("https://api.withampersand.com/callbacks/v1/oauth");
            });
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void registration_withTheCallbackOfTheServerItself_isTaken() {
    DeclaredApp app = new DeclaredApp();
    app.callback = server.baseUrl().resolve("/callbacks/v1/oauth");
    server.json(200, ApiServer.APP);

    assertThat(client.providerApps().create(app).id()).isEqualTo("pa-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://acme.my.salesforce.com",
        "acme.my.salesforce.com",
        "acme.lightning.force.com",
        "acme.my.salesforce.mil",
        "acme.my.sfcrmproducts.cn",
        "acme.my.site.com",
        "acme/path",
        "localhost:8080"
      })
  void workspaceRef_address_isRefusedWithASentence(String address) {
    ConnectionKey ada = new ConnectionKey("salesforce", "acme", "ada");
    TokenSet tokens = TokenSet.builder(KEY, Instant.EPOCH).build();
    List<ThrowingCallable> calls =
        List.of(
            () -> ConnectRequest.builder(ada).workspaceRef(address),
            () -> ConnectionImport.builder(ada, tokens).workspaceRef(address),
            () -> ConnectionChange.builder().workspaceRef(address),
            () -> ConnectionChange.builder().workspaceRef(() -> Optional.of(address)));

    assertThat(calls)
        .allSatisfy(
            call ->
                assertThatIllegalArgumentException()
                    .isThrownBy(call)
                    .withMessageContaining("name of the My Domain"));
  }

  @Test
  void workspaceRef_changeToAWorkspaceWithoutAName_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConnectionChange.builder().workspaceRef(Optional::empty));
  }
}
