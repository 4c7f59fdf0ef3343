package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.ApiClient.at;
import static com.withampersand.sdk.testkit.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FakeAmpersandConsentTest {
  private static final String TOKEN = "/services/oauth2/token";

  private final MovableClock clock = new MovableClock();
  private final FakeSalesforce salesforce = FakeSalesforce.builder().clock(clock).start();
  private final FakeAmpersand ampersand = FakeAmpersand.builder(salesforce).clock(clock).start();
  private final ApiClient client = new ApiClient(ampersand);
  private String app = "";

  @BeforeEach
  void addApp() {
    app = addApp(salesforce.consumerSecret());
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private String addApp(String secret) {
    return ampersand.addProviderApp(
        "salesforce", salesforce.consumerKey(), secret, "api", "refresh_token");
  }

  private URI url() throws Exception {
    return URI.create(client.connect("acme", "jane").body());
  }

  private String connected() throws Exception {
    String address = ampersand.complete(salesforce.approve(url())).toString();
    return address.substring(address.lastIndexOf('/') + 1);
  }

  private HttpResponse<String> renew(String id) throws Exception {
    return client.send(
        client
            .request(client.connection(id) + ":oauth-update")
            .method("PATCH", BodyPublishers.noBody()));
  }

  @Test
  void connect_answersSalesforcesAuthorizationUrlInPlainText() throws Exception {
    HttpResponse<String> response = client.connect("acme", "jane");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(response.body())
        .startsWith(salesforce.uri() + "/services/oauth2/authorize?response_type=code&");
    assertThat(SalesforceClient.query(URI.create(response.body())))
        .containsEntry("client_id", salesforce.consumerKey())
        .containsEntry("redirect_uri", ampersand.callbackUri().toString())
        .containsEntry("scope", "api refresh_token")
        .containsEntry("prompt", "login")
        .hasEntrySatisfying("state", state -> assertThat(state).hasSize(43))
        .doesNotContainKey("code_challenge");
  }

  @Test
  void connect_appWithQueryParametersAndNoScopes_sendsThoseAlone() throws Exception {
    client.patch(
        client.project("/provider-apps/" + app),
        """
        {"updateMask":["scopes","metadata"],"providerApp":{"scopes":[],
         "metadata":{"authQueryParams":{"display":["a","b"],"client_id":["forged"]}}}}
        """);

    assertThat(SalesforceClient.query(url()))
        .containsEntry("display", "a b")
        .containsEntry("client_id", salesforce.consumerKey())
        .doesNotContainKey("scope");
  }

  @Test
  void complete_afterConsent_makesAConnectionThatWorks() throws Exception {
    HttpResponse<String> url =
        client.post(
            "/oauth-connect",
            """
            {"projectIdOrName":"%s","provider":"salesforce","groupRef":"acme","groupName":"Acme",
             "consumerRef":"jane","providerWorkspaceRef":"acme-corp","providerAppId":"%s",
             "providerMetadata":{"region":{"value":"eu","source":"input"}},
             "enableCSRFProtection":false}
            """
                .formatted(ampersand.projectId(), app));

    URI address = ampersand.complete(salesforce.approve(URI.create(url.body())));

    String id = ampersand.connectionIds().get(0);
    HttpResponse<String> connection = client.get(client.connection(id));
    assertThat(address).hasToString(ampersand.apiUri() + client.connection(id));
    assertThat(json(connection).toString())
        .contains("\"status\":\"working\"", "\"authScheme\":\"oauth2/authorizationCode\"")
        .contains("\"groupRef\":\"acme\",\"groupName\":\"Acme\"")
        .contains("\"consumerRef\":\"jane\",\"consumerName\":\"jane\"")
        .contains("\"providerWorkspaceRef\":\"acme-corp\"")
        .contains("\"region\":{\"value\":\"eu\",\"source\":\"input\"}")
        .doesNotContain("oauth2AuthorizationCode");
    assertThat(at(connection, "/providerApp/id")).isEqualTo(app);
    assertThat(at(connection, "/providerConsumerRef"))
        .isEqualTo(
            salesforce.uri() + "/id/" + salesforce.organizationId() + "/" + salesforce.userId());
  }

  @Test
  void complete_withoutWorkspace_takesItFromTheInstance() throws Exception {
    assertThat(at(client.get(client.connection(connected())), "/providerWorkspaceRef"))
        .isEqualTo("localhost");
  }

  @Test
  void complete_exchangesWithoutScopeAndVerifier() throws Exception {
    connected();

    ReceivedRequest exchange = salesforce.requests(TOKEN).get(0);
    assertThat(exchange.form().keySet())
        .containsExactlyInAnyOrder(
            "grant_type", "client_id", "client_secret", "code", "redirect_uri");
    assertThat(exchange.form("redirect_uri")).contains(ampersand.callbackUri().toString());
  }

  @Test
  void complete_healthChecksOff_leavesItCreated() throws Exception {
    try (FakeAmpersand other = FakeAmpersand.builder(salesforce).healthChecks(false).start()) {
      other.addProviderApp(
          "salesforce", salesforce.consumerKey(), salesforce.consumerSecret(), "api");
      URI url = URI.create(new ApiClient(other).connect("acme", "jane").body());
      other.complete(salesforce.approve(url));
      String id = other.connectionIds().get(0);

      assertThat(other.connectionStatus(id)).isEqualTo("created");
      assertThat(other.checkHealth(id)).isEqualTo("working");
      salesforce.expireSessions();
      assertThat(other.checkHealth(id)).isEqualTo("bad_credentials");
    }
  }

  @Test
  void complete_severalUsers_makesAConnectionEach() throws Exception {
    connected();
    connected();

    assertThat(ampersand.connectionIds()).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void complete_sameCallbackTwice_worksOnce() throws Exception {
    URI callback = salesforce.approve(url());
    ampersand.complete(callback);

    assertThatIllegalStateException()
        .isThrownBy(() -> ampersand.complete(callback))
        .withMessageContaining("status 400")
        .withMessageContaining("invalid_state");
    assertThat(ampersand.connectionIds()).hasSize(1);
    assertThat(salesforce.requests(TOKEN)).hasSize(1);
  }

  @Test
  void complete_denied_showsSalesforcesError() throws Exception {
    URI callback = salesforce.deny(url());

    assertThatIllegalStateException()
        .isThrownBy(() -> ampersand.complete(callback))
        .withMessageContaining("status 400")
        .withMessageContaining("access_denied: end-user denied authorization");
    assertThat(ampersand.connectionIds()).isEmpty();
  }

  @Test
  void complete_wrongSecret_showsSalesforcesError() throws Exception {
    client.delete(client.project("/provider-apps/" + app));
    addApp("wrong");
    URI callback = salesforce.approve(url());

    assertThatIllegalStateException()
        .isThrownBy(() -> ampersand.complete(callback))
        .withMessageContaining("invalid_client: invalid client credentials");
    assertThat(ampersand.connectionIds()).isEmpty();
  }

  @Test
  void complete_salesforceFails_showsThat() throws Exception {
    URI callback = salesforce.approve(url());
    salesforce.nextTokenRequest(Fault.respond(503, "text/html", "<h1>Maintenance</h1>"));

    assertThatIllegalStateException()
        .isThrownBy(() -> ampersand.complete(callback))
        .withMessageContaining("status 502");
  }

  @Test
  void complete_appDeletedMeanwhile_showsThat() throws Exception {
    URI callback = salesforce.approve(url());
    client.delete(client.project("/provider-apps/" + app));

    assertThatIllegalStateException()
        .isThrownBy(() -> ampersand.complete(callback))
        .withMessageContaining("The provider app does not exist");
  }

  @Test
  void complete_errorWithMarkup_isEscaped() {
    URI callback = URI.create(ampersand.callbackUri() + "?error=%3Cscript%3E");

    assertThatIllegalStateException()
        .isThrownBy(() -> ampersand.complete(callback))
        .withMessageContaining("&lt;script&gt;");
  }

  @Test
  void complete_otherUrl_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ampersand.complete(URI.create("http://localhost:8080/callback?code=1")));
  }

  @Test
  void callback_posted_isRefused() throws Exception {
    HttpResponse<String> page =
        client.send(HttpRequest.newBuilder(ampersand.callbackUri()).POST(BodyPublishers.noBody()));

    assertThat(page.statusCode()).isEqualTo(405);
    assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
  }

  @Test
  void renew_afterRevocation_makesTheSameConnectionWorkAgain() throws Exception {
    String id = connected();
    salesforce.revokeAll();
    assertThat(at(client.get(client.connection(id) + "?refresh=force"), "/status"))
        .isEqualTo("bad_credentials");

    HttpResponse<String> url = renew(id);
    ampersand.complete(salesforce.approve(URI.create(url.body())));

    assertThat(url.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(SalesforceClient.query(URI.create(url.body()))).containsEntry("prompt", "login");
    assertThat(ampersand.connectionIds()).containsExactly(id);
    assertThat(ampersand.connectionStatus(id)).isEqualTo("working");
  }

  @Test
  void renew_connectionDeletedMeanwhile_makesNone() throws Exception {
    String id = connected();
    URI callback = salesforce.approve(URI.create(renew(id).body()));
    client.delete(client.connection(id));

    assertThatIllegalStateException()
        .isThrownBy(() -> ampersand.complete(callback))
        .withMessageContaining("The connection does not exist");
    assertThat(ampersand.connectionIds()).isEmpty();
  }

  @Test
  void renew_appDeleted_isRefused() throws Exception {
    String id = connected();
    client.delete(client.project("/provider-apps/" + app));

    HttpResponse<String> response = renew(id);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(at(response, "/detail")).contains("provider app");
  }

  @Test
  void renew_unknownConnection_isNotFound() throws Exception {
    assertThat(renew("none").statusCode()).isEqualTo(404);
  }

  @Test
  void renew_encodedColon_isNotFound() throws Exception {
    String path = client.connection(connected()) + "%3Aoauth-update";

    HttpResponse<String> response =
        client.send(client.request(path).method("PATCH", BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/html", "text/plain;q=0", "text/plain; q=0.0"})
  void connect_acceptWithoutPlainText_is406(String accept) throws Exception {
    HttpResponse<String> response = accepting(accept);

    assertThat(response.statusCode()).isEqualTo(406);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "TEXT/*", "*/*", "application/json, text/plain;q=0.1"})
  void connect_acceptWithPlainText_is200(String accept) throws Exception {
    assertThat(accepting(accept).statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> accepting(String accept) throws Exception {
    String id = connected();
    return client.send(
        client
            .request(client.connection(id) + ":oauth-update")
            .header("Accept", accept)
            .method("PATCH", BodyPublishers.noBody()));
  }

  @Test
  void connect_severalApps_hasNoDefault() throws Exception {
    addApp("another");

    HttpResponse<String> response = client.connect("acme", "jane");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(at(response, "/detail")).isEqualTo("The project has 2 provider apps for salesforce");
  }

  @Test
  void connect_otherProvidersApp_isRefused() throws Exception {
    String hubspot = ampersand.addProviderApp("hubspot", "key", "secret");

    for (String id : List.of(hubspot, "none")) {
      HttpResponse<String> response =
          client.post(
              "/oauth-connect",
              """
              {"projectIdOrName":"%s","provider":"salesforce","groupRef":"g","consumerRef":"c",
               "providerAppId":"%s"}
              """
                  .formatted(ampersand.projectId(), id));

      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(at(response, "/issues/0/name")).isEqualTo("providerAppId");
      assertThat(at(response, "/issues/0/value")).isEqualTo(id);
    }
  }

  @Test
  void connect_otherProvider_isRefused() throws Exception {
    HttpResponse<String> response =
        client.post(
            "/oauth-connect",
            """
            {"projectIdOrName":"%s","provider":"hubspot","groupRef":"g","consumerRef":"c"}
            """
                .formatted(ampersand.projectId()));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(at(response, "/detail")).contains("hubspot");
  }

  @Test
  void connect_otherProject_isNotFound() throws Exception {
    HttpResponse<String> response =
        client.post(
            "/oauth-connect",
            """
            {"projectIdOrName":"other","provider":"salesforce","groupRef":"g","consumerRef":"c"}
            """);

    assertThat(response.statusCode()).isEqualTo(404);
  }

  @Test
  void connect_otherMethod_isRefused() throws Exception {
    assertThat(client.get("/oauth-connect").statusCode()).isEqualTo(405);
  }
}
