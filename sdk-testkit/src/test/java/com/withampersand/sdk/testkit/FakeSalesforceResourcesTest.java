package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.SalesforceClient.member;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FakeSalesforceResourcesTest {
  private static final String LIMITS = "/services/data/v65.0/limits";

  private final MovableClock clock = new MovableClock();
  private final FakeSalesforce salesforce =
      FakeSalesforce.builder().clock(clock).sessionTimeout(Duration.ofMinutes(30)).start();
  private final SalesforceClient client = new SalesforceClient(salesforce);
  private String accessToken = "";
  private String refreshToken = "";

  @BeforeEach
  void connect() throws Exception {
    HttpResponse<String> tokens = client.connect();
    accessToken = member(tokens, "access_token").orElseThrow();
    refreshToken = member(tokens, "refresh_token").orElseThrow();
  }

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private HttpResponse<String> introspect(String token) throws Exception {
    return client.post(
        "/services/oauth2/introspect",
        Map.of(
            "token", token,
            "client_id", salesforce.consumerKey(),
            "client_secret", salesforce.consumerSecret()));
  }

  private HttpResponse<String> revoke(String token) throws Exception {
    return client.post("/services/oauth2/revoke", Map.of("token", token));
  }

  @Test
  void limits_eachCall_letsTheSessionLastAnew() throws Exception {
    clock.advance(Duration.ofMinutes(29));
    assertThat(client.get(LIMITS, accessToken).statusCode()).isEqualTo(200);
    clock.advance(Duration.ofMinutes(29));
    assertThat(client.get(LIMITS, accessToken).statusCode()).isEqualTo(200);

    clock.advance(Duration.ofMinutes(30));

    assertThat(client.get(LIMITS, accessToken).statusCode()).isEqualTo(401);
  }

  @Test
  void everyAnswer_tellsTheTimeOfTheFakesClock() throws Exception {
    clock.advance(Duration.ofMinutes(5));

    assertThat(client.get(LIMITS, accessToken).headers().firstValue("Date"))
        .contains("Tue, 24 Nov 2026 12:05:00 GMT");
    assertThat(client.refresh(refreshToken).headers().firstValue("Date"))
        .contains("Tue, 24 Nov 2026 12:05:00 GMT");
  }

  @Test
  void limits_countDown() throws Exception {
    assertThat(member(client.get(LIMITS, accessToken), "Remaining")).contains("14999");
    assertThat(member(client.get(LIMITS, accessToken), "Remaining")).contains("14998");
  }

  @Test
  void revoke_accessToken_endsItAlone() throws Exception {
    assertThat(revoke(accessToken).statusCode()).isEqualTo(200);

    assertThat(client.get(LIMITS, accessToken).statusCode()).isEqualTo(401);
    assertThat(client.refresh(refreshToken).statusCode()).isEqualTo(200);
  }

  @Test
  void revoke_refreshToken_endsItsAccessTokensToo() throws Exception {
    assertThat(revoke(refreshToken).body()).isEmpty();

    assertThat(client.get(LIMITS, accessToken).statusCode()).isEqualTo(401);
    assertThat(client.refresh(refreshToken).statusCode()).isEqualTo(400);
  }

  @Test
  void revoke_unknownToken_isRefusedInAForm() throws Exception {
    HttpResponse<String> response = revoke("unknown");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).startsWith("error=invalid_token&error_description=");
  }

  @Test
  void introspect_liveTokens_tellsInSeconds() throws Exception {
    HttpResponse<String> response = introspect(accessToken);

    assertThat(member(response, "active")).contains("true");
    assertThat(member(response, "token_type")).contains("access_token");
    assertThat(member(response, "exp"))
        .contains(Long.toString(clock.instant().plus(Duration.ofMinutes(30)).getEpochSecond()));
    assertThat(member(introspect(refreshToken), "token_type")).contains("refresh_token");
  }

  @Test
  void introspect_deadToken_tellsThatAlone() throws Exception {
    revoke(refreshToken);

    assertThat(introspect(accessToken).body()).isEqualTo("{\"active\":false}");
    assertThat(introspect(refreshToken).body()).isEqualTo("{\"active\":false}");
  }

  @Test
  void introspect_withoutClient_isRefused() throws Exception {
    assertThat(
            client.post("/services/oauth2/introspect", Map.of("token", accessToken)).statusCode())
        .isEqualTo(400);
  }

  @Test
  void userinfo_namesTheUser() throws Exception {
    HttpResponse<String> response = client.get("/services/oauth2/userinfo", accessToken);

    assertThat(member(response, "user_id")).contains(salesforce.userId());
    assertThat(member(response, "preferred_username")).contains(salesforce.username());
  }

  @Test
  void userinfo_badOrNoToken_isPlainTextAnd403() throws Exception {
    HttpResponse<String> bad = client.get("/services/oauth2/userinfo", "bad");
    HttpResponse<String> missing = client.get("/services/oauth2/userinfo", "");

    assertThat(bad.statusCode()).isEqualTo(403);
    assertThat(bad.body()).isEqualTo("Bad_OAuth_Token");
    assertThat(missing.body()).isEqualTo("Missing_OAuth_Token");
  }

  @Test
  void identity_ownUrl_namesTheUser() throws Exception {
    String path = "/id/" + salesforce.organizationId() + "/" + salesforce.userId();

    assertThat(member(client.get(path, accessToken), "organization_id"))
        .contains(salesforce.organizationId());
    assertThat(client.get("/id/00D/005", accessToken).body()).isEqualTo("Bad_Id");
  }

  @Test
  void openResources_needNoToken() throws Exception {
    assertThat(member(client.get("/.well-known/openid-configuration", ""), "token_endpoint"))
        .contains(salesforce.uri() + "/services/oauth2/token");
    assertThat(member(client.get("/services/data/", ""), "version")).contains("65.0");
  }

  @Test
  void unknownPath_isAnsweredLikeTheRestApi() throws Exception {
    HttpResponse<String> response = client.get("/services/data/v65.0/nothing", accessToken);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(member(response, "errorCode")).contains("NOT_FOUND");
  }
}
