package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.ApiClient.at;
import static com.withampersand.sdk.testkit.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the fake Ampersand refuses, and what it says of it. */
class FakeAmpersandValidationTest {
  private static final String CONNECT = "/oauth-connect";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand =
      FakeAmpersand.builder(salesforce).projectName("acme").start();
  private final ApiClient client = new ApiClient(ampersand);
  private final String apps = client.project("/provider-apps");
  private final String generate = client.project("/connections:generate");
  private String app = "";

  @BeforeEach
  void addApp() {
    app = apps + "/" + ampersand.addProviderApp("salesforce", "key", "secret");
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private static void assertIssue(HttpResponse<String> response, int status, String in, String name)
      throws Exception {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(json(response).path("status").asInt()).isEqualTo(status);
    assertThat(at(response, "/issues/0/in")).isEqualTo(in);
    assertThat(at(response, "/issues/0/name")).isEqualTo(name);
    assertThat(at(response, "/issues/0/detail")).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"'',''", "text/plain,text/plain", "application/x-www-form-urlencoded,*"})
  void contentType_otherThanJson_isRefused(String type, String value) throws Exception {
    var request = client.request(CONNECT).POST(BodyPublishers.ofString("{}"));
    HttpResponse<String> response =
        client.send(type.isEmpty() ? request : request.header("Content-Type", type));

    assertIssue(response, 400, "header", "Content-Type");
    assertThat(at(response, "/issues/0/value")).isEqualTo(value.equals("*") ? type : value);
  }

  @Test
  void contentType_withCharset_isFine() throws Exception {
    HttpResponse<String> response =
        client.send(
            client
                .request(app)
                .header("Content-Type", "Application/JSON; charset=utf-8")
                .method(
                    "PATCH", BodyPublishers.ofString("{\"updateMask\":[],\"providerApp\":{}}")));

    assertThat(response.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "\"text\"", "{} {}", "{'a':1}", "null"})
  void body_otherThanOneJsonObject_isRefused(String body) throws Exception {
    assertIssue(client.post(apps, body), 400, "body", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400|provider|{'clientId':'i','clientSecret':'s3cret'}",
        "400|clientId|{'provider':'salesforce','clientSecret':'s3cret'}",
        "400|clientSecret|{'provider':'salesforce','clientId':'i'}",
        "400|clientSecret|{'provider':'salesforce','clientId':'i','clientSecret':null}",
        "400|clientId|{'provider':'salesforce','clientId':7,'clientSecret':'s3cret'}",
        "422|clientId|{'provider':'salesforce','clientId':' ','clientSecret':'s3cret'}",
        "422|clientId|{'provider':'salesforce','clientId':'a\\n','clientSecret':'s3cret'}",
        "422|clientSecret|{'provider':'salesforce','clientId':'i','clientSecret':''}",
        "422|provider|{'provider':'sales force','clientId':'i','clientSecret':'s3cret'}",
        "400|scopes|{'provider':'salesforce','clientId':'i','clientSecret':'s3cret','scopes':'api'}",
        "400|scopes|{'provider':'salesforce','clientId':'i','clientSecret':'s3cret','scopes':[1]}",
        "400|externalRef|{'provider':'salesforce','clientId':'i','clientSecret':'s3cret','externalRef':1}",
        "400|metadata|{'provider':'salesforce','clientId':'i','clientSecret':'s3cret','metadata':[]}",
        "400|metadata.authQueryParams|{'provider':'salesforce','clientId':'i','clientSecret':'s3cret','metadata':{'authQueryParams':{'a':'b'}}}",
        "400|metadata.providerParams|{'provider':'salesforce','clientId':'i','clientSecret':'s3cret','metadata':{'providerParams':{'a':['b']}}}"
      })
  void createProviderApp_badMember_isNamed(int status, String name, String body) throws Exception {
    HttpResponse<String> response = client.post(apps, body.replace('\'', '"'));

    assertIssue(response, status, "body", name);
    assertThat(response.body()).doesNotContain("s3cret");
    assertThat(ampersand.providerAppIds()).hasSize(1);
  }

  @Test
  void createProviderApp_severalBadMembers_areAllNamed() throws Exception {
    HttpResponse<String> response = client.post(apps, "{\"provider\":1,\"scopes\":{}}");

    assertThat(
            FakeJson.values(json(response).path("issues"))
                .map(issue -> issue.path("name").asText()))
        .containsExactly("clientId", "clientSecret", "provider", "scopes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "updateMask|{'providerApp':{}}",
        "updateMask|{'updateMask':'scopes','providerApp':{'scopes':[]}}",
        "updateMask|{'updateMask':['id'],'providerApp':{'id':'x'}}",
        "providerApp|{'updateMask':['scopes']}",
        "providerApp|{'updateMask':['scopes'],'providerApp':[]}",
        "providerApp.scopes|{'updateMask':['scopes'],'providerApp':{}}",
        "providerApp.clientSecret|{'updateMask':['clientSecret'],'providerApp':{'clientSecret':' '}}",
        "providerApp.provider|{'updateMask':['provider'],'providerApp':{'provider':'none'}}"
      })
  void updateProviderApp_badMember_isNamed(String name, String body) throws Exception {
    String before = client.get(apps).body();

    HttpResponse<String> response = client.patch(app, body.replace('\'', '"'));

    assertIssue(response, 400, "body", name);
    assertThat(json(response).path("issues")).hasSize(1);
    assertThat(client.get(apps).body()).isEqualTo(before);
  }

  @Test
  void updateProviderApp_unknownMask_isShownWithTheAllowedOnes() throws Exception {
    HttpResponse<String> response =
        client.patch(app, "{\"updateMask\":[\"name\"],\"providerApp\":{\"name\":\"x\"}}");

    assertThat(at(response, "/issues/0/value")).isEqualTo("name");
    assertThat(at(response, "/issues/0/detail")).contains("externalRef, clientId, clientSecret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "projectIdOrName|{'provider':'salesforce','groupRef':'g','consumerRef':'c'}",
        "provider|{'projectIdOrName':'acme','groupRef':'g','consumerRef':'c'}",
        "groupRef|{'projectIdOrName':'acme','provider':'salesforce','consumerRef':'c'}",
        "consumerRef|{'projectIdOrName':'acme','provider':'salesforce','groupRef':'g'}",
        "groupRef|{'projectIdOrName':'acme','provider':'salesforce','groupRef':'','consumerRef':'c'}",
        "consumerRef|{'projectIdOrName':'acme','provider':'salesforce','groupRef':'g','consumerRef':true}",
        "provider|{'projectIdOrName':'acme','provider':'none','groupRef':'g','consumerRef':'c'}",
        "groupName|{'projectIdOrName':'acme','provider':'salesforce','groupRef':'g','consumerRef':'c','groupName':1}",
        "providerAppId|{'projectIdOrName':'acme','provider':'salesforce','groupRef':'g','consumerRef':'c','providerAppId':1}",
        "providerWorkspaceRef|{'projectIdOrName':'acme','provider':'salesforce','groupRef':'g','consumerRef':'c','providerWorkspaceRef':{}}",
        "providerMetadata|{'projectIdOrName':'acme','provider':'salesforce','groupRef':'g','consumerRef':'c','providerMetadata':{'a':'b'}}",
        "enableCSRFProtection|{'projectIdOrName':'acme','provider':'salesforce','groupRef':'g','consumerRef':'c','enableCSRFProtection':'no'}"
      })
  void connect_badMember_isNamed(String name, String body) throws Exception {
    assertIssue(client.post(CONNECT, body.replace('\'', '"')), 400, "body", name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400|groupRef|{'provider':'salesforce','consumerRef':'c','apiKey':'k'}",
        "422|groupRef|{'provider':'salesforce','consumerRef':'c','groupRef':' ','apiKey':'k'}",
        "400||{'provider':'salesforce','consumerRef':'c','groupRef':'g'}",
        "400||{'provider':'salesforce','consumerRef':'c','groupRef':'g','apiKey':'k','basicAuth':{'username':'u','password':'p'}}",
        "400|basicAuth.password|{'provider':'salesforce','consumerRef':'c','groupRef':'g','basicAuth':{'username':'u'}}",
        "400|oauth2ClientCredentials|{'provider':'salesforce','consumerRef':'c','groupRef':'g','oauth2ClientCredentials':1}",
        "400|oauth2AuthorizationCode.accessToken|{'provider':'salesforce','consumerRef':'c','groupRef':'g','oauth2AuthorizationCode':{}}",
        "400|oauth2AuthorizationCode.accessToken|{'provider':'salesforce','consumerRef':'c','groupRef':'g','oauth2AuthorizationCode':{'accessToken':'t'}}",
        "400|oauth2AuthorizationCode.refreshToken.token|{'provider':'salesforce','consumerRef':'c','groupRef':'g','oauth2AuthorizationCode':{'accessToken':{'token':'t'},'refreshToken':{}}}",
        "400|oauth2AuthorizationCode.accessToken.expiresAt|{'provider':'salesforce','consumerRef':'c','groupRef':'g','oauth2AuthorizationCode':{'accessToken':{'token':'t','expiresAt':'soon'}}}",
        "422|oauth2AuthorizationCode.accessToken.token|{'provider':'salesforce','consumerRef':'c','groupRef':'g','oauth2AuthorizationCode':{'accessToken':{'token':''}}}"
      })
  void generateConnection_badMember_isNamed(int status, String name, String body) throws Exception {
    HttpResponse<String> response = client.post(generate, body.replace('\'', '"'));

    assertIssue(response, status, "body", name == null ? "" : name);
    assertThat(ampersand.connectionIds()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "connection|{'updateMask':['apiKey']}",
        "updateMask|{'connection':{}}",
        "updateMask|{'updateMask':['groupRef'],'connection':{'groupRef':'x'}}",
        "connection.apiKey|{'updateMask':['apiKey'],'connection':{}}",
        "connection.apiKey|{'updateMask':['apiKey'],'connection':{'apiKey':''}}",
        "connection.providerWorkspaceRef|{'updateMask':[],'connection':{'providerWorkspaceRef':1}}"
      })
  void updateConnection_badMember_isNamed(String name, String body) throws Exception {
    String created =
        client
            .post(
                generate,
                """
                {"provider":"stripe","groupRef":"g","consumerRef":"c","apiKey":"old"}
                """)
            .body();
    String path = client.connection(ampersand.connectionIds().get(0));

    assertIssue(client.patch(path, body.replace('\'', '"')), 400, "body", name);
    assertThat(client.get(path).body()).isEqualTo(created);
  }

  @ParameterizedTest
  @CsvSource({
    "refresh, maybe",
    "refresh, FORCE",
    "refresh, ''",
    "includeCreds, yes",
    "includeRefreshToken, 1"
  })
  void getConnection_unknownQueryValue_isRefused(String name, String value) throws Exception {
    HttpResponse<String> response = client.get(client.connection("x") + "?" + name + "=" + value);

    assertIssue(response, 400, "query", name);
    assertThat(at(response, "/issues/0/value")).isEqualTo(value);
  }

  @Test
  void getProject_unknownQueryValue_isRefused() throws Exception {
    assertIssue(
        client.get(client.project("?includeEntitlements=all")),
        400,
        "query",
        "includeEntitlements");
  }
}
