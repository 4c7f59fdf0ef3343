package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.SalesforceClient.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FakeSalesforceSituationsTest {
  private static final String LIMITS = "/services/data/v65.0/limits";

  private final MovableClock clock = new MovableClock();
  private final FakeSalesforce salesforce = FakeSalesforce.builder().clock(clock).start();
  private final SalesforceClient client = new SalesforceClient(salesforce);

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private String connect(String member) throws Exception {
    return member(client.connect(), member).orElseThrow();
  }

  private static void assertRefused(
      HttpResponse<String> response, String error, String description) {
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(member(response, "error")).contains(error);
    assertThat(member(response, "error_description")).contains(description);
  }

  private String locationOfAuthorization() throws Exception {
    return client
        .get(client.authorizationUrl())
        .headers()
        .firstValue("Location")
        .orElse("no redirect");
  }

  @ParameterizedTest
  @CsvSource({
    "LOGIN_RATE_EXCEEDED, rate_limit_exceeded, login rate exceeded",
    "ADDRESS_BLOCKED, invalid_grant, ip restricted"
  })
  void set_loginRefused_answersTokenRequestsAndEndsNothing(
      Situation situation, String error, String description) throws Exception {
    String refreshToken = connect("refresh_token");
    String code = client.code();

    salesforce.set(situation, true);

    assertRefused(client.refresh(refreshToken), error, description);
    assertRefused(client.exchange(code), error, description);
    salesforce.set(situation, false);
    assertThat(client.refresh(refreshToken).statusCode()).isEqualTo(200);
    assertThat(client.exchange(code).statusCode()).isEqualTo(200);
  }

  @Test
  void set_userInactive_endsTheGrantsForGood() throws Exception {
    HttpResponse<String> tokens = client.connect();
    String refreshToken = member(tokens, "refresh_token").orElseThrow();

    salesforce.set(Situation.USER_INACTIVE, true);

    assertThat(client.get(LIMITS, member(tokens, "access_token").orElseThrow()).statusCode())
        .isEqualTo(401);
    assertRefused(client.refresh(refreshToken), "invalid_grant", "inactive user");
    salesforce.set(Situation.USER_INACTIVE, false);
    assertRefused(client.refresh(refreshToken), "invalid_grant", "expired access/refresh token");
    assertThat(client.connect().statusCode()).isEqualTo(200);
  }

  @Test
  void set_appBlocked_endsTheGrants() throws Exception {
    String refreshToken = connect("refresh_token");

    salesforce.set(Situation.APP_BLOCKED, true);

    assertRefused(client.refresh(refreshToken), "invalid_grant", "expired access/refresh token");
  }

  @ParameterizedTest
  @CsvSource({
    "USER_INACTIVE, error=inactive_user",
    "APP_BLOCKED, error=OAUTH_APP_BLOCKED&error_description=this+app+is+blocked+by+admin",
    "EXTERNAL_CLIENT_APP_NOT_INSTALLED, error=OAUTH_EC_APP_NOT_FOUND&error_description=External+client+app+is+not+installed+in+this+org"
  })
  void set_consentRefused_goesBackWithStateAndWithoutConsent(Situation situation, String query)
      throws Exception {
    salesforce.set(situation, true);

    assertThat(locationOfAuthorization())
        .isEqualTo(SalesforceClient.CALLBACK + "?" + query + "&state=state%2B1%262");
  }

  @Test
  void set_appNotInstalled_endsOnSalesforcesPageWithoutState() throws Exception {
    String refreshToken = connect("refresh_token");
    salesforce.set(Situation.APP_NOT_INSTALLED, true);

    String page = locationOfAuthorization();

    assertThat(page)
        .startsWith(salesforce.uri() + "/setup/secur/RemoteAccessErrorPage.apexp?")
        .contains("error=OAUTH_APPROVAL_ERROR_GENERIC&error_description=An+unexpected+error")
        .doesNotContain("state");
    assertThat(client.get(URI.create(page)).body())
        .contains("OAUTH_APPROVAL_ERROR_GENERIC : An unexpected error");
    assertThat(client.refresh(refreshToken).statusCode()).isEqualTo(200);
  }

  @Test
  void failNextAuthorization_endsOnSalesforcesPageOnce() throws Exception {
    salesforce.failNextAuthorization("invalid_client", "app must be installed into org");
    salesforce.failNextAuthorization("1800", "");

    assertThat(locationOfAuthorization())
        .endsWith(
            "RemoteAccessErrorPage.apexp?error=invalid_client&error_description=app+must+be+installed+into+org");
    assertThat(locationOfAuthorization()).endsWith("RemoteAccessErrorPage.apexp?error=1800");
    assertThat(client.code()).isNotEmpty();
  }

  @Test
  void set_fiveApprovals_theSixthEndsTheOldest() throws Exception {
    salesforce.set(Situation.FIVE_APPROVALS, true);
    List<String> refreshTokens = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      refreshTokens.add(connect("refresh_token"));
    }

    assertRefused(
        client.refresh(refreshTokens.get(0)), "invalid_grant", "expired access/refresh token");
    for (String other : refreshTokens.subList(1, 6)) {
      assertThat(client.refresh(other).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void set_fiveApprovals_grantsThatEndedDoNotCount() throws Exception {
    salesforce.set(Situation.FIVE_APPROVALS, true);
    String first = connect("refresh_token");
    for (int i = 0; i < 4; i++) {
      client.post("/services/oauth2/revoke", Map.of("token", connect("refresh_token")));
    }
    client.connect();

    assertThat(client.refresh(first).statusCode()).isEqualTo(200);
  }

  @Test
  void set_idleLimit_countsFromTheLastRefresh() throws Exception {
    salesforce.set(Situation.IDLE_LIMIT, true);
    String refreshToken = connect("refresh_token");
    clock.advance(Duration.ofDays(29));
    assertThat(client.refresh(refreshToken).statusCode()).isEqualTo(200);
    clock.advance(Duration.ofDays(29));
    assertThat(client.refresh(refreshToken).statusCode()).isEqualTo(200);

    clock.advance(Duration.ofDays(30));

    assertRefused(client.refresh(refreshToken), "invalid_grant", "token validity expired");
  }

  @Test
  void set_noIdleLimit_waitsForYears() throws Exception {
    String refreshToken = connect("refresh_token");

    clock.advance(Duration.ofDays(1000));

    assertThat(client.refresh(refreshToken).statusCode()).isEqualTo(200);
  }

  @Test
  void set_jwtAccessTokens_sayWhenTheyEndAndDoNotLastLongerByBeingUsed() throws Exception {
    salesforce.set(Situation.JWT_ACCESS_TOKENS, true);
    HttpResponse<String> tokens = client.connect();
    String accessToken = member(tokens, "access_token").orElseThrow();
    String claims =
        new String(
            Base64.getUrlDecoder().decode(accessToken.split("\\.", -1)[1]), StandardCharsets.UTF_8);

    assertThat(accessToken).startsWith("eyJ");
    assertThat(member(tokens, "token_format")).contains("jwt");
    assertThat(claims)
        .contains("\"exp\":" + clock.instant().plus(Duration.ofHours(2)).getEpochSecond());
    clock.advance(Duration.ofMinutes(119));
    assertThat(client.get(LIMITS, accessToken).statusCode()).isEqualTo(200);
    clock.advance(Duration.ofMinutes(1));
    assertThat(client.get(LIMITS, accessToken).statusCode()).isEqualTo(401);
  }

  @Test
  void moveInstance_newTokensNameTheNewHostAndTheOldOneKnowsNobody() throws Exception {
    String refreshToken = connect("refresh_token");

    URI moved = salesforce.moveInstance();

    HttpResponse<String> tokens = client.refresh(refreshToken);
    String accessToken = member(tokens, "access_token").orElseThrow();
    assertThat(moved).isNotEqualTo(salesforce.uri());
    assertThat(member(tokens, "instance_url")).contains(moved.toString());
    assertThat(member(tokens, "id").orElseThrow()).startsWith(salesforce.uri().toString());
    assertThat(client.get(LIMITS, accessToken).statusCode()).isEqualTo(401);
    assertThat(limitsAt(moved, accessToken).statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> limitsAt(URI instance, String accessToken) throws Exception {
    return client.send(
        HttpRequest.newBuilder(instance.resolve(LIMITS))
            .header("Authorization", "Bearer " + accessToken));
  }

  @Test
  void moveInstance_endsSessionsAndCanGoBack() throws Exception {
    String accessToken = connect("access_token");
    URI moved = salesforce.moveInstance();
    assertThat(limitsAt(moved, accessToken).statusCode()).isEqualTo(401);

    assertThat(salesforce.moveInstance()).isEqualTo(salesforce.uri());

    assertThat(client.get(LIMITS, connect("access_token")).statusCode()).isEqualTo(200);
  }

  @Test
  void stageConsumerSecret_bothAreGoodAndTheFirstSigns() throws Exception {
    String first = salesforce.consumerSecret();
    String refreshToken = connect("refresh_token");

    String staged = salesforce.stageConsumerSecret();

    HttpResponse<String> tokens = client.refresh(refreshToken, "client_secret", staged);
    assertThat(salesforce.consumerSecret()).isEqualTo(first).isNotEqualTo(staged);
    assertThat(client.refresh(refreshToken, "client_secret", first).statusCode()).isEqualTo(200);
    assertThat(member(tokens, "signature")).contains(signature(tokens, first));
  }

  @Test
  void rotateConsumerSecret_theFirstStops() throws Exception {
    String first = salesforce.consumerSecret();
    String refreshToken = connect("refresh_token");
    String staged = salesforce.stageConsumerSecret();

    salesforce.rotateConsumerSecret();

    HttpResponse<String> tokens = client.refresh(refreshToken);
    assertThat(salesforce.consumerSecret()).isEqualTo(staged);
    assertThat(member(tokens, "signature")).contains(signature(tokens, staged));
    assertRefused(
        client.refresh(refreshToken, "client_secret", first),
        "invalid_client",
        "invalid client credentials");
    assertThatIllegalStateException().isThrownBy(salesforce::rotateConsumerSecret);
  }

  private static String signature(HttpResponse<String> tokens, String secret) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String signed = member(tokens, "id").orElseThrow() + member(tokens, "issued_at").orElseThrow();
    return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/services/oauth2/authorize",
        "/services/oauth2/token",
        "/services/oauth2/userinfo",
        "/.well-known/openid-configuration",
        LIMITS
      })
  void set_maintenance_everyAddressAnswersWithAPage(String path) throws Exception {
    salesforce.set(Situation.MAINTENANCE, true);

    HttpResponse<String> response = client.post(path, new HashMap<>());

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
    salesforce.set(Situation.MAINTENANCE, false);
    assertThat(client.connect().statusCode()).isEqualTo(200);
  }

  @Test
  void limits_grantWithoutApiScope_isNotValidForRest() throws Exception {
    try (FakeSalesforce without = FakeSalesforce.builder().scopes("id", "refresh_token").start()) {
      SalesforceClient other = new SalesforceClient(without);
      HttpResponse<String> tokens = other.exchange(other.code("scope", ""));

      HttpResponse<String> call = other.get(LIMITS, member(tokens, "access_token").orElseThrow());

      assertThat(call.statusCode()).isEqualTo(401);
      assertThat(member(call, "errorCode")).contains("INVALID_SESSION_ID");
      assertThat(member(call, "message"))
          .contains("This session is not valid for use with the REST API");
    }
  }
}
