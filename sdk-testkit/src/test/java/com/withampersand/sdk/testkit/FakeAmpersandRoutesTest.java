package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.ApiClient.at;
import static com.withampersand.sdk.testkit.ApiClient.each;
import static com.withampersand.sdk.testkit.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials, projects, the catalog, and paths that lead nowhere. */
class FakeAmpersandRoutesTest {
  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand =
      FakeAmpersand.builder(salesforce)
          .projectId("proj-1")
          .projectName("mail monkey+1")
          .apiKey("key-1")
          .bearerToken("jwt-1")
          .start();
  private final ApiClient client = new ApiClient(ampersand);

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private HttpResponse<String> bare(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(ampersand.apiUri() + path));
    return client.send(headers.length == 0 ? request : request.headers(headers));
  }

  @Test
  void apiUri_hasNoSlashAtItsEnd() {
    assertThat(ampersand.apiUri().toString()).matches("http://localhost:\\d+/v1");
    assertThat(ampersand.callbackUri().toString())
        .matches("http://localhost:\\d+/callbacks/v1/oauth");
  }

  @ParameterizedTest
  @CsvSource({
    "X-Api-Key, key-1, 200",
    "X-Api-Key, key-2, 401",
    "X-Api-Key, '', 401",
    "Authorization, Bearer jwt-1, 200",
    "Authorization, Bearer key-1, 401",
    "Authorization, Basic jwt-1, 401",
    "Accept, */*, 401"
  })
  void credential_decidesWhoMayCall(String header, String value, int status) throws Exception {
    for (String path : new String[] {"/projects", "/projects/proj-1/connections", "/nowhere"}) {
      assertThat(bare(path, header, value).statusCode())
          .isEqualTo(status == 200 && path.equals("/nowhere") ? 404 : status);
    }
  }

  @Test
  void credential_wrongKeyBesideGoodToken_isRefused() throws Exception {
    assertThat(
            bare("/projects", "X-Api-Key", "key-2", "Authorization", "Bearer jwt-1").statusCode())
        .isEqualTo(401);
  }

  @Test
  void credential_missing_isAProblemThatShowsNoKey() throws Exception {
    HttpResponse<String> response = bare("/projects");

    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = json(response);
    assertThat(problem.path("status").asInt()).isEqualTo(401);
    assertThat(problem.path("title").asText()).isEqualTo("Unauthorized");
    assertThat(problem.path("detail").asText()).isEqualTo("The request brings no credential");
    assertThat(problem.path("subsystem").asText()).isEqualTo("api");
    assertThat(problem.path("requestId").asText()).isNotEmpty();
    assertThat(problem.path("remedy").asText()).isNotEmpty();
    assertThat(problem.path("retryable").isBoolean()).isTrue();
    assertThat(problem.path("time").asText()).matches("[-0-9]+T[:0-9]+\\.\\d{6}Z");
    assertThat(response.body()).doesNotContain("key-1", "jwt-1");
  }

  @Test
  void regenerateApiKey_expiresTheOldOne() throws Exception {
    String fresh = ampersand.regenerateApiKey();

    HttpResponse<String> old = bare("/projects", "X-Api-Key", "key-1");

    assertThat(old.statusCode()).isEqualTo(401);
    assertThat(at(old, "/detail")).contains("expired");
    assertThat(bare("/projects", "X-Api-Key", fresh).statusCode()).isEqualTo(200);
    assertThat(ampersand.apiKey()).isEqualTo(fresh);
  }

  @Test
  void projects_listsTheOne() throws Exception {
    HttpResponse<String> list = client.get("/projects");

    assertThat(each(list, "/id")).containsExactly("proj-1");
    assertThat(json(list).get(0).fieldNames())
        .toIterable()
        .contains("id", "name", "appName", "orgId", "createTime");
  }

  @Test
  void project_byIdOrName_isTheSame() throws Exception {
    HttpResponse<String> byId = client.get("/projects/proj-1");

    assertThat(byId.statusCode()).isEqualTo(200);
    assertThat(client.get("/projects/mail%20monkey+1").body()).isEqualTo(byId.body());
  }

  @Test
  void project_includeEntitlements_addsThem() throws Exception {
    assertThat(json(client.get("/projects/proj-1")).has("entitlements")).isFalse();
    assertThat(
            at(
                client.get("/projects/proj-1?includeEntitlements=true"),
                "/entitlements/logRetentionDays/value"))
        .isEqualTo("30");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/connections", "/provider-apps/x", "/connections/x:oauth-update"})
  void otherProject_isNotFound(String path) throws Exception {
    HttpResponse<String> response = client.get("/projects/other" + path);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(at(response, "/detail")).isEqualTo("The project does not exist");
  }

  @Test
  void providers_withoutCredential_isAMapByName() throws Exception {
    HttpResponse<String> response = bare("/providers");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).properties())
        .hasSize(4)
        .allSatisfy(
            entry -> {
              assertThat(entry.getValue().path("name").asText()).isEqualTo(entry.getKey());
              assertThat(entry.getValue().fieldNames())
                  .toIterable()
                  .contains("baseURL", "authType", "support", "defaultModule");
            });
  }

  @Test
  void provider_withoutCredential_isOneOfTheMap() throws Exception {
    JsonNode provider = json(bare("/providers/salesforce"));

    assertThat(provider).isEqualTo(json(bare("/providers")).path("salesforce"));
    assertThat(provider.at("/oauth2Opts/authURLParams/prompt").asText()).isEqualTo("login");
  }

  @Test
  void provider_unknown_isNotFound() throws Exception {
    assertThat(bare("/providers/none").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/oauth-connect/",
        "/oauth-connect/x",
        "/providers/a/b",
        "/projects/proj-1/",
        "/projects/proj-1/nowhere",
        "/projects/proj-1/nowhere/x",
        "/projects/proj-1/connections/x/y",
        "/projects/proj-1/connections/../provider-apps",
        "/projects/proj-1/connections%3Agenerate",
        "/projects/proj%2F1"
      })
  void otherPath_isNotFound(String path) throws Exception {
    assertThat(client.get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void otherRoot_isNotFound() throws Exception {
    URI root = ampersand.apiUri().resolve("/v2/projects");

    assertThat(client.send(HttpRequest.newBuilder(root)).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/projects",
        "/projects/proj-1",
        "/projects/proj-1/provider-apps",
        "/projects/proj-1/provider-apps/x",
        "/projects/proj-1/connections",
        "/projects/proj-1/connections/x",
        "/projects/proj-1/connections:generate",
        "/projects/proj-1/connections/x:oauth-update",
        "/providers",
        "/providers/salesforce"
      })
  void otherMethod_isNotAllowed(String path) throws Exception {
    HttpResponse<String> response =
        client.send(client.request(path).method("PUT", BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(405);
  }

  @Test
  void requests_areRememberedByRawPath() throws Exception {
    client.get("/projects/mail%20monkey+1?includeEntitlements=false");

    ReceivedRequest request = ampersand.requests("/v1/projects/mail%20monkey+1").get(0);
    assertThat(request.query("includeEntitlements")).contains("false");
    assertThat(request.header("x-api-key")).contains("key-1");
    assertThat(ampersand.requests()).containsExactly(request);
    ampersand.clearRequests();
    assertThat(ampersand.requests()).isEmpty();
  }

  @Test
  void builder_unusableValues_areRefused() {
    FakeAmpersand.Builder builder = FakeAmpersand.builder(salesforce);

    assertThatIllegalArgumentException().isThrownBy(() -> builder.apiKey(" "));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.projectName(""));
  }
}
