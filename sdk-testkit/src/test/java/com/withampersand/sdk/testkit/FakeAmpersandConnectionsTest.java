package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.ApiClient.at;
import static com.withampersand.sdk.testkit.ApiClient.each;
import static com.withampersand.sdk.testkit.ApiClient.json;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FakeAmpersandConnectionsTest {
  private static final String ACCESS_TOKEN = "/oauth2AuthorizationCode/accessToken/token";
  private static final String REFRESH_TOKEN = "/oauth2AuthorizationCode/refreshToken/token";
  private static final String TOKEN = "/services/oauth2/token";
  private static final String USERINFO = "/services/oauth2/userinfo";

  private final MovableClock clock = new MovableClock();
  private final FakeSalesforce salesforce = FakeSalesforce.builder().clock(clock).start();
  private final FakeAmpersand ampersand = FakeAmpersand.builder(salesforce).clock(clock).start();
  private final ApiClient client = new ApiClient(ampersand);
  private final String path = client.project("/connections");
  private String app = "";

  @BeforeEach
  void addApp() {
    app =
        ampersand.addProviderApp(
            "salesforce",
            salesforce.consumerKey(),
            salesforce.consumerSecret(),
            "api",
            "refresh_token");
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private String connected(String group, String consumer) throws Exception {
    URI url = URI.create(client.connect(group, consumer).body());
    String address = ampersand.complete(salesforce.approve(url)).toString();
    return address.substring(address.lastIndexOf('/') + 1);
  }

  private String connected() throws Exception {
    return connected("acme", "jane");
  }

  private HttpResponse<String> read(String id, String query) throws Exception {
    return client.get(client.connection(id) + query);
  }

  private HttpResponse<String> generate(String members) throws Exception {
    return client.post(
        path + ":generate",
        "{\"provider\":\"salesforce\",\"groupRef\":\"acme\",\"consumerRef\":\"jane\","
            + members
            + "}");
  }

  private HttpResponse<String> importTokens() throws Exception {
    HttpResponse<String> tokens = new SalesforceClient(salesforce).connect();
    return generate(
        """
        "oauth2AuthorizationCode":{"accessToken":{"token":"%s","expiresAt":"2026-11-24T13:00:00Z"},
        "refreshToken":{"token":"%s"},"scopes":["api"]}
        """
            .formatted(
                SalesforceClient.member(tokens, "access_token").orElseThrow(),
                SalesforceClient.member(tokens, "refresh_token").orElseThrow()));
  }

  @Test
  void get_noConnections_isAnEmptyArray() throws Exception {
    assertThat(client.get(path).body()).isEqualTo("[]");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0 1 2",
    "?groupRef=acme, 0 1",
    "?consumerRef=jane, 0 2",
    "?groupRef=acme&consumerRef=jane&provider=salesforce, 0",
    "?provider=hubspot, ''",
    "?groupRef=a, ''"
  })
  void get_filters_narrowTheList(String query, String expected) throws Exception {
    List<String> ids =
        List.of(connected("acme", "jane"), connected("acme", "joe"), connected("globex", "jane"));

    List<String> answered = each(client.get(path + query), "/id");

    assertThat(answered.stream().map(id -> "" + ids.indexOf(id)).collect(joining(" ")))
        .isEqualTo(expected);
  }

  @Test
  void get_unknownConnection_isNotFound() throws Exception {
    HttpResponse<String> response = read("a%2Fb", "?refresh=force");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(at(response, "/detail")).isEqualTo("The connection does not exist");
    assertThatIllegalArgumentException().isThrownBy(() -> ampersand.connectionStatus("none"));
    assertThatIllegalArgumentException().isThrownBy(() -> ampersand.checkHealth("none"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ampersand.setConnectionStatus("none", "working"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', false, false",
    "?includeCreds=false, false, false",
    "?includeCreds=true, true, false",
    "?includeRefreshToken=true, true, true",
    "?includeCreds=false&includeRefreshToken=true, true, true",
    "?includeCreds=true&includeRefreshToken=false, true, false"
  })
  void get_credentials_areShownIfAskedFor(String query, boolean access, boolean refresh)
      throws Exception {
    HttpResponse<String> response = read(connected(), query);

    assertThat(at(response, ACCESS_TOKEN).isEmpty()).isNotEqualTo(access);
    assertThat(at(response, REFRESH_TOKEN).isEmpty()).isNotEqualTo(refresh);
    assertThat(json(response).at("/oauth2AuthorizationCode/scopes").toString())
        .isEqualTo(access ? "[\"refresh_token\",\"api\"]" : "");
    assertThat(at(response, "/oauth2AuthorizationCode/accessToken/issuedAt"))
        .isEqualTo(access ? "2026-11-24T12:00:00.000000Z" : "");
  }

  @Test
  void get_accessToken_isGoodAtSalesforce() throws Exception {
    String token = at(read(connected(), "?includeCreds=true"), ACCESS_TOKEN);

    assertThat(new SalesforceClient(salesforce).get(USERINFO, token).statusCode()).isEqualTo(200);
  }

  @Test
  void get_withoutRefresh_leavesSalesforceAlone() throws Exception {
    String id = connected();
    salesforce.clearRequests();

    read(id, "?includeCreds=true");

    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void refresh_force_bringsAnotherAccessTokenAndKeepsTheRefreshToken() throws Exception {
    String id = connected();
    HttpResponse<String> before = read(id, "?includeRefreshToken=true");
    clock.advance(Duration.ofMinutes(1));

    HttpResponse<String> after = read(id, "?includeRefreshToken=true&refresh=force");

    assertThat(at(after, ACCESS_TOKEN)).isNotEqualTo(at(before, ACCESS_TOKEN));
    assertThat(at(after, REFRESH_TOKEN)).isEqualTo(at(before, REFRESH_TOKEN));
    assertThat(at(after, "/status")).isEqualTo("working");
    assertThat(at(after, "/updateTime")).isEqualTo("2026-11-24T12:01:00.000000Z");
    assertThat(read(id, "?includeRefreshToken=true").body()).isEqualTo(after.body());
    assertThat(salesforce.requests(TOKEN).get(1).form().keySet())
        .containsExactlyInAnyOrder("grant_type", "client_id", "client_secret", "refresh_token");
  }

  @Test
  void refresh_rotation_keepsTheNewRefreshToken() throws Exception {
    salesforce.rotateRefreshTokens(true);
    String id = connected();
    String before = at(read(id, "?includeRefreshToken=true"), REFRESH_TOKEN);

    String first = at(read(id, "?includeRefreshToken=true&refresh=force"), REFRESH_TOKEN);
    HttpResponse<String> second = read(id, "?includeRefreshToken=true&refresh=force");

    assertThat(List.of(before, first, at(second, REFRESH_TOKEN))).doesNotHaveDuplicates();
    assertThat(at(second, "/status")).isEqualTo("working");
  }

  @Test
  void refresh_rotationAndManyAtOnce_sendsOneAfterTheOther() throws Exception {
    salesforce.rotateRefreshTokens(true);
    String id = connected();
    Callable<String> work = () -> at(read(id, "?refresh=force"), "/status");
    ExecutorService pool = Executors.newFixedThreadPool(6);
    List<String> statuses = new ArrayList<>();
    try {
      for (Future<String> status : pool.invokeAll(Collections.nCopies(6, work))) {
        statuses.add(status.get());
      }
    } finally {
      pool.shutdown();
    }

    assertThat(statuses).hasSize(6).containsOnly("working");
    assertThat(salesforce.requests(TOKEN)).hasSize(7);
  }

  @Test
  void refresh_ifExpiredAndGood_changesNothing() throws Exception {
    String id = connected();

    HttpResponse<String> response = read(id, "?includeCreds=true&refresh=ifExpired");

    assertThat(response.body()).isEqualTo(read(id, "?includeCreds=true").body());
    assertThat(salesforce.requests(TOKEN)).hasSize(1);
  }

  @Test
  void refresh_ifExpiredAndSessionEnded_refreshes() throws Exception {
    String id = connected();
    salesforce.expireSessions();

    HttpResponse<String> response = read(id, "?includeCreds=true&refresh=ifExpired");

    assertThat(at(response, "/status")).isEqualTo("working");
    assertThat(ampersand.checkHealth(id)).isEqualTo("working");
    assertThat(salesforce.requests(TOKEN)).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"force", "ifExpired"})
  void refresh_revoked_answers200WithBadCredentials(String refresh) throws Exception {
    String id = connected();
    salesforce.revokeAll();

    HttpResponse<String> response = read(id, "?refresh=" + refresh);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(at(response, "/status")).isEqualTo("bad_credentials");
    assertThat(ampersand.connectionStatus(id)).isEqualTo("bad_credentials");
  }

  @Test
  void refresh_secretReplaced_worksOnceTheProviderAppHasIt() throws Exception {
    String id = connected();
    String secret = salesforce.regenerateConsumerSecret();
    String refused = at(read(id, "?refresh=force"), "/status");

    client.patch(
        client.project("/provider-apps/" + app),
        "{\"updateMask\":[\"clientSecret\"],\"providerApp\":{\"clientSecret\":\"%s\"}}"
            .formatted(secret));

    assertThat(refused).isEqualTo("bad_credentials");
    assertThat(at(read(id, "?refresh=force"), "/status")).isEqualTo("working");
  }

  @Test
  void refresh_salesforceFails_is502AndChangesNothing() throws Exception {
    String id = connected();
    salesforce.nextTokenRequest(Fault.respond(500, "text/html", "<h1>Error</h1>"));

    HttpResponse<String> response = read(id, "?refresh=force");

    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(at(response, "/retryable")).isEqualTo("true");
    assertThat(ampersand.connectionStatus(id)).isEqualTo("working");
  }

  @ParameterizedTest
  @CsvSource({"force", "ifExpired"})
  void refresh_salesforceGone_is502(String refresh) throws Exception {
    String id = connected();
    salesforce.close();

    assertThat(read(id, "?refresh=" + refresh).statusCode()).isEqualTo(502);
  }

  @Test
  void refresh_appDeleted_isRefused() throws Exception {
    String id = connected();
    client.delete(client.project("/provider-apps/" + app));

    assertThat(read(id, "?refresh=force").statusCode()).isEqualTo(400);
    assertThat(json(read(id, "")).has("providerApp")).isFalse();
  }

  @Test
  void generate_tokens_importsThem() throws Exception {
    HttpResponse<String> response = importTokens();

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.body()).doesNotContain("5Aep", "oauth2AuthorizationCode");
    assertThat(at(response, "/status")).isEqualTo("created");
    assertThat(at(response, "/authScheme")).isEqualTo("oauth2/authorizationCode");
    assertThat(at(response, "/providerApp/id")).isEqualTo(app);
    assertThat(json(read(at(response, "/id"), "?includeRefreshToken=true")).toString())
        .contains("\"expiresAt\":\"2026-11-24T13:00:00Z\"", "5Aep", "\"scopes\":[\"api\"]");
  }

  @Test
  void generate_tokens_areRefreshedWhenTheyExpire() throws Exception {
    String id = at(importTokens(), "/id");

    read(id, "?refresh=ifExpired");
    int before = salesforce.requests(TOKEN).size();
    clock.advance(Duration.ofHours(1));
    HttpResponse<String> after = read(id, "?refresh=ifExpired");

    assertThat(before).isEqualTo(1);
    assertThat(salesforce.requests(TOKEN)).hasSize(2);
    assertThat(at(after, "/status")).isEqualTo("working");
    assertThat(at(after, "/providerConsumerRef")).contains(salesforce.userId());
  }

  @Test
  void generate_tokenThatIsNoneOfSalesforces_endsInBadCredentials() throws Exception {
    String id =
        at(generate("\"oauth2AuthorizationCode\":{\"accessToken\":{\"token\":\"x\"}}"), "/id");

    assertThat(ampersand.connectionStatus(id)).isEqualTo("created");
    assertThat(ampersand.checkHealth(id)).isEqualTo("bad_credentials");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "apiKey|\"apiKey\":\"key\"",
        "basic|\"basicAuth\":{\"username\":\"key\",\"password\":\"p\"}",
        "custom|\"customAuth\":{\"privateKey\":\"key\"}",
        "oauth2/clientCredentials|\"oauth2ClientCredentials\":{\"clientId\":\"key\",\"clientSecret\":\"s\"}",
        "oauth2/password|\"oauth2PasswordCredentials\":{\"username\":\"u\",\"password\":\"key\",\"clientId\":\"c\",\"clientSecret\":\"s\"}"
      })
  void generate_otherSchemes_keepTheirSecrets(String scheme, String member) throws Exception {
    HttpResponse<String> response = generate(member);

    String id = at(response, "/id");
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(at(response, "/authScheme")).isEqualTo(scheme);
    assertThat(response.body()).doesNotContain("\"key\"");
    assertThat(at(read(id, "?includeCreds=true&refresh=force"), "/apiKey"))
        .isEqualTo(scheme.equals("apiKey") ? "key" : "");
    assertThat(ampersand.checkHealth(id)).isEqualTo("created");
  }

  @Test
  void patch_mask_changesThatAlone() throws Exception {
    String id = connected();
    clock.advance(Duration.ofMinutes(1));

    HttpResponse<String> response =
        client.patch(
            client.connection(id),
            """
            {"updateMask":["providerWorkspaceRef"],"connection":{"providerWorkspaceRef":"acme",
             "providerMetadata":{"a":{"value":"b","source":"input"}}}}
            """);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(at(response, "/providerWorkspaceRef")).isEqualTo("acme");
    assertThat(at(response, "/updateTime")).isEqualTo("2026-11-24T12:01:00.000000Z");
    assertThat(json(response).has("providerMetadata")).isFalse();
    assertThat(read(id, "").body()).isEqualTo(response.body());
  }

  @Test
  void patch_credentials_replacesThem() throws Exception {
    String id = at(generate("\"apiKey\":\"old\""), "/id");

    HttpResponse<String> response =
        client.patch(
            client.connection(id),
            "{\"updateMask\":[\"apiKey\"],\"connection\":{\"apiKey\":\"new\"}}");

    assertThat(json(response).has("apiKey")).isFalse();
    assertThat(at(read(id, "?includeCreds=true"), "/apiKey")).isEqualTo("new");
  }

  @Test
  void patch_credentialsOfAnotherScheme_isRefused() throws Exception {
    HttpResponse<String> response =
        client.patch(
            client.connection(connected()),
            "{\"updateMask\":[\"apiKey\"],\"connection\":{\"apiKey\":\"new\"}}");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(at(response, "/issues/0/name")).isEqualTo("connection.apiKey");
  }

  @Test
  void delete_knownConnection_answers204WithoutBody() throws Exception {
    String id = connected();

    HttpResponse<String> response = client.delete(client.connection(id));

    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
    assertThat(ampersand.connectionIds()).isEmpty();
    assertThat(client.delete(client.connection(id)).statusCode()).isEqualTo(404);
    assertThat(client.patch(client.connection(id), "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void setConnectionStatus_anyText_isAnswered() throws Exception {
    String id = connected();

    ampersand.setConnectionStatus(id, "paused");

    assertThat(each(client.get(path), "/status")).containsExactly("paused");
  }
}
