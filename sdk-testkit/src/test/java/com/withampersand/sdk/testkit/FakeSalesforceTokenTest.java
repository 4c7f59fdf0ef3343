package com.withampersand.sdk.testkit;

import static com.withampersand.sdk.testkit.SalesforceClient.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FakeSalesforceTokenTest {
  private static final String TOKEN = "/services/oauth2/token";
  private static final String LIMITS = "/services/data/v65.0/limits";

  private final MovableClock clock = new MovableClock();
  private final FakeSalesforce salesforce = FakeSalesforce.builder().clock(clock).start();
  private final SalesforceClient client = new SalesforceClient(salesforce);

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private static void assertRefused(
      HttpResponse<String> response, String error, String description) {
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(member(response, "error")).contains(error);
    assertThat(member(response, "error_description")).contains(description);
  }

  @Test
  void exchange_answersInSalesforcesShape() throws Exception {
    HttpResponse<String> response = client.connect();

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(member(response, "access_token").orElseThrow())
        .startsWith(salesforce.organizationId().substring(0, 15) + "!AQ")
        .hasSize(112);
    assertThat(member(response, "refresh_token").orElseThrow()).startsWith("5Aep");
    assertThat(response.body()).contains("\"issued_at\":\"" + clock.millis() + "\"");
    assertThat(member(response, "instance_url")).contains(salesforce.uri().toString());
    assertThat(member(response, "id").orElseThrow())
        .endsWith("/id/" + salesforce.organizationId() + "/" + salesforce.userId());
    assertThat(member(response, "expires_in")).isEmpty();
  }

  @Test
  void exchange_signature_isTheHmacOfIdAndIssuedAt() throws Exception {
    HttpResponse<String> response = client.connect();

    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            salesforce.consumerSecret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String signed =
        member(response, "id").orElseThrow() + member(response, "issued_at").orElseThrow();
    assertThat(member(response, "signature"))
        .contains(
            Base64.getEncoder()
                .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void exchange_withoutOfflineScope_bringsNoRefreshToken() throws Exception {
    assertThat(member(client.exchange(client.code("scope", "api")), "refresh_token")).isEmpty();
  }

  @Test
  void exchange_offlineAccess_isTheSameAsRefreshToken() throws Exception {
    assertThat(member(client.exchange(client.code("scope", "api offline_access")), "refresh_token"))
        .isPresent();
  }

  @Test
  void exchange_openid_bringsAnIdToken() throws Exception {
    assertThat(member(client.exchange(client.code("scope", "openid")), "id_token").orElseThrow())
        .startsWith("eyJ");
  }

  @Test
  void exchange_codeTwice_isExpired() throws Exception {
    String code = client.code();
    client.exchange(code);

    assertRefused(client.exchange(code), "invalid_grant", "expired authorization code");
  }

  @Test
  void exchange_codeOlderThanFifteenMinutes_isExpired() throws Exception {
    String code = client.code();
    clock.advance(Duration.ofMinutes(15));

    assertRefused(client.exchange(code), "invalid_grant", "expired authorization code");
  }

  @ParameterizedTest
  @CsvSource({
    "code, made-up, invalid_grant, invalid authorization code",
    "redirect_uri, http://localhost:8080/other, redirect_uri_mismatch, redirect_uri must match configuration",
    "client_id, unknown, invalid_client_id, client identifier invalid",
    "client_secret, wrong, invalid_client, invalid client credentials",
    "client_secret, '', invalid_client, invalid client credentials",
    "grant_type, password, unsupported_grant_type, grant type not supported",
    "scope, api, invalid_request, scope parameter not supported"
  })
  void exchange_wrongParameter_isRefused(
      String name, String value, String error, String description) throws Exception {
    assertRefused(client.exchange(client.code(), name, value), error, description);
  }

  @Test
  void exchange_challengeSent_wantsItsVerifier() throws Exception {
    String verifier = "a-verifier-of-at-least-forty-three-characters-0";
    String challenge =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                MessageDigest.getInstance("SHA-256")
                    .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    String code = client.code("code_challenge", challenge, "code_challenge_method", "S256");

    assertRefused(client.exchange(code), "invalid_grant", "invalid code verifier");
    assertRefused(
        client.exchange(code, "code_verifier", "another"),
        "invalid_grant",
        "invalid code verifier");
    assertThat(client.exchange(code, "code_verifier", verifier).statusCode()).isEqualTo(200);
  }

  @Test
  void token_notAForm_isNoGrantType() throws Exception {
    assertRefused(
        client.post(TOKEN, "application/json", "{\"grant_type\":\"refresh_token\"}"),
        "unsupported_grant_type",
        "grant type not supported");
  }

  @Test
  void token_parameterTwice_isRefused() throws Exception {
    assertRefused(
        client.post(
            TOKEN,
            "application/x-www-form-urlencoded",
            "grant_type=refresh_token&grant_type=refresh_token"),
        "invalid_request",
        "duplicate parameter");
  }

  @Test
  void token_basicAuthentication_isAccepted() throws Exception {
    String pair = salesforce.consumerKey() + ":" + salesforce.consumerSecret();

    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(salesforce.uri().resolve(TOKEN))
                .header(
                    "Authorization",
                    "Basic "
                        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    BodyPublishers.ofString(
                        SalesforceClient.encode(
                            Map.of(
                                "grant_type",
                                "authorization_code",
                                "code",
                                client.code(),
                                "redirect_uri",
                                SalesforceClient.CALLBACK)))));

    assertThat(response.statusCode()).isEqualTo(200);
  }

  @Test
  void refresh_withoutRotation_answersWithoutRefreshTokenAndTheOldOneStaysGood() throws Exception {
    String refreshToken = member(client.connect(), "refresh_token").orElseThrow();

    HttpResponse<String> first = client.refresh(refreshToken);
    HttpResponse<String> second = client.refresh(refreshToken);

    assertThat(member(first, "refresh_token")).isEmpty();
    assertThat(member(second, "access_token"))
        .isPresent()
        .isNotEqualTo(member(first, "access_token"));
  }

  @Test
  void refresh_withRotation_endsTheOldOneAndItsReuseEndsTheGrant() throws Exception {
    salesforce.rotateRefreshTokens(true);
    String old = member(client.connect(), "refresh_token").orElseThrow();
    HttpResponse<String> answer = client.refresh(old);
    String current = member(answer, "refresh_token").orElseThrow();
    String accessToken = member(answer, "access_token").orElseThrow();

    assertRefused(client.refresh(old), "invalid_grant", "expired access/refresh token");

    assertRefused(client.refresh(current), "invalid_grant", "expired access/refresh token");
    assertThat(client.get(LIMITS, accessToken).statusCode()).isEqualTo(401);
  }

  @Test
  void refresh_manyAtOnceWithRotation_letsOneThrough() throws Exception {
    salesforce.rotateRefreshTokens(true);
    String refreshToken = member(client.connect(), "refresh_token").orElseThrow();
    ExecutorService threads = Executors.newFixedThreadPool(20);
    List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      calls.add(() -> client.refresh(refreshToken));
    }

    int good = 0;
    for (Future<HttpResponse<String>> answer : threads.invokeAll(calls)) {
      good += answer.get().statusCode() == 200 ? 1 : 0;
    }
    threads.shutdown();

    assertThat(good).isEqualTo(1);
  }

  @Test
  void regenerateConsumerSecret_theOldOneStopsAtOnce() throws Exception {
    String old = salesforce.consumerSecret();
    String refreshToken = member(client.connect(), "refresh_token").orElseThrow();

    String renewed = salesforce.regenerateConsumerSecret();

    assertRefused(
        client.refresh(refreshToken, "client_secret", old),
        "invalid_client",
        "invalid client credentials");
    assertThat(client.refresh(refreshToken, "client_secret", renewed).statusCode()).isEqualTo(200);
  }

  @Test
  void expireSessions_endsAccessTokensAndKeepsRefreshTokens() throws Exception {
    HttpResponse<String> tokens = client.connect();

    salesforce.expireSessions();

    HttpResponse<String> call = client.get(LIMITS, member(tokens, "access_token").orElseThrow());
    assertThat(call.statusCode()).isEqualTo(401);
    assertThat(call.body()).startsWith("[{").contains("\"errorCode\":\"INVALID_SESSION_ID\"");
    assertThat(client.refresh(member(tokens, "refresh_token").orElseThrow()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void revokeAll_endsEverything() throws Exception {
    HttpResponse<String> tokens = client.connect();

    salesforce.revokeAll();

    assertThat(client.get(LIMITS, member(tokens, "access_token").orElseThrow()).statusCode())
        .isEqualTo(401);
    assertRefused(
        client.refresh(member(tokens, "refresh_token").orElseThrow()),
        "invalid_grant",
        "expired access/refresh token");
  }

  @Test
  void nextTokenRequest_loseAnswer_carriesTheRequestOutAndCutsTheConnection() throws Exception {
    salesforce.rotateRefreshTokens(true);
    String refreshToken = member(client.connect(), "refresh_token").orElseThrow();
    salesforce.nextTokenRequest(Fault.loseAnswer());

    assertThatIOException().isThrownBy(() -> client.refresh(refreshToken));

    assertRefused(client.refresh(refreshToken), "invalid_grant", "expired access/refresh token");
  }

  @Test
  void nextTokenRequest_respond_answersOnceAndChangesNothing() throws Exception {
    String code = client.code();
    salesforce.nextTokenRequest(Fault.respond(503, "text/html", "<h1>Maintenance</h1>"));

    HttpResponse<String> failed = client.exchange(code);

    assertThat(failed.statusCode()).isEqualTo(503);
    assertThat(failed.body()).isEqualTo("<h1>Maintenance</h1>");
    assertThat(client.exchange(code).statusCode()).isEqualTo(200);
  }

  @Test
  void requests_areRememberedWithoutShowingTheirSecrets() throws Exception {
    client.connect();

    ReceivedRequest request = salesforce.requests(TOKEN).get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.form("client_secret")).contains(salesforce.consumerSecret());
    assertThat(request.header("content-TYPE")).contains("application/x-www-form-urlencoded");
    assertThat(request).hasToString("POST " + TOKEN);

    salesforce.clearRequests();
    assertThat(salesforce.requests()).isEmpty();
  }

  @Test
  void builder_unusableValues_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FakeSalesforce.builder().consumerKey(" "));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FakeSalesforce.builder().sessionTimeout(Duration.ZERO));
  }
}
