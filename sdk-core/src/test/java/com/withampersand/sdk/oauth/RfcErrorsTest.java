package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import java.time.Duration;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each word is worth, at a refresh and at a redirect. */
class RfcErrorsTest {
  private final TokenServer server = new TokenServer();
  private final TestApp app = new TestApp();
  private final AuthorizationCodeFlow flow = server.flow(app).build();
  private final TokenSet tokens =
      TokenSet.builder(Secret.of("A-TOKEN"), MovableClock.START)
          .refreshToken(Secret.of("R-TOKEN"))
          .issuer(server.uri(""))
          .clientId(app.clientId())
          .build();

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid_grant, FINAL, REVOKED_OR_EXPIRED, END_USER, true, false",
    "401, invalid_grant, FINAL, REVOKED_OR_EXPIRED, END_USER, true, false",
    "401, invalid_client, BLOCKED, WRONG_CREDENTIALS, DEVELOPER, false, false",
    "400, unauthorized_client, BLOCKED, MISCONFIGURED, DEVELOPER, false, false",
    "400, unsupported_grant_type, BLOCKED, MISCONFIGURED, DEVELOPER, false, false",
    "400, invalid_scope, BLOCKED, MISCONFIGURED, DEVELOPER, false, false",
    "400, invalid_request, BLOCKED, MISCONFIGURED, DEVELOPER, false, false",
    "400, server_error, PASSING, PROVIDER_TROUBLE, NONE, false, true",
    "400, temporarily_unavailable, PASSING, PROVIDER_TROUBLE, NONE, false, true",
    "429, invalid_grant, THROTTLED, TOO_MANY_REQUESTS, NONE, false, true",
    "429, brand_new, THROTTLED, TOO_MANY_REQUESTS, NONE, false, true",
    "400, slow_down, THROTTLED, TOO_MANY_REQUESTS, NONE, false, true",
    "503, temporarily_unavailable, PASSING, PROVIDER_TROUBLE, NONE, false, true",
    "503, invalid_grant, PASSING, PROVIDER_TROUBLE, NONE, false, true",
    "503, brand_new, PASSING, PROVIDER_TROUBLE, NONE, false, true",
    "401, unauthorized_client, BLOCKED, WRONG_CREDENTIALS, DEVELOPER, false, false",
    "400, access_denied, UNKNOWN, DECLINED, END_USER, false, false",
    "400, interaction_required, UNKNOWN, DECLINED, END_USER, false, false",
    "400, invalid_token, UNKNOWN, OTHER, DEVELOPER, false, false",
    "400, brand_new, UNKNOWN, OTHER, DEVELOPER, false, false"
  })
  void refresh_refusedWithACode_hasItsVerdict(
      int status,
      String code,
      Verdict verdict,
      Reason reason,
      Actor actor,
      boolean reconnect,
      boolean retry) {
    server.answer(status, "application/json", "{\"error\":\"" + code + "\"}");

    OAuthException refused = catchThrowableOfType(OAuthException.class, () -> flow.refresh(tokens));

    assertThat(refused)
        .returns(verdict, OAuthException::verdict)
        .returns(reason, OAuthException::reason)
        .returns(actor, OAuthException::actor)
        .returns(reconnect, OAuthException::needsReauthorization)
        .returns(retry, OAuthException::isRetryable);
  }

  /** How Keycloak answers, by its versions. */
  @ParameterizedTest
  @CsvSource({
    "401, Invalid client or Invalid client credentials, WRONG_CREDENTIALS",
    "400, Invalid client secret, WRONG_CREDENTIALS",
    "403, Invalid client secret, WRONG_CREDENTIALS",
    "401, Client secret not provided in request, WRONG_CREDENTIALS",
    "400, UNKNOWN_CLIENT: Client was not identified by any client authenticator, WRONG_CREDENTIALS",
    "401, Client not enabled to retrieve service account, MISCONFIGURED",
    "400, Client not allowed for direct access grants, MISCONFIGURED"
  })
  void refresh_unauthorizedClient_isAboutTheSecretIfItSaysSo(
      int status, String description, Reason reason) {
    server.answer(
        status,
        "application/json",
        "{\"error\":\"unauthorized_client\",\"error_description\":\"" + description + "\"}");

    OAuthException refused = catchThrowableOfType(OAuthException.class, () -> flow.refresh(tokens));

    assertThat(refused)
        .returns(reason, OAuthException::reason)
        .returns(Verdict.BLOCKED, OAuthException::verdict)
        .returns(Actor.DEVELOPER, OAuthException::actor);
    assertThat(refused.remedy()).contains("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "503, temporarily_unavailable",
    "503, server_error",
    "503, invalid_grant",
    "429, rate_limit_exceeded",
    "429, invalid_client"
  })
  void refresh_serverThatAsksToWait_keepsCodeAndRetryAfter(int status, String code) {
    server.answer(
        new MockResponse.Builder()
            .code(status)
            .addHeader("Content-Type", "application/json")
            .addHeader("Retry-After", "120")
            .body("{\"error\":\"" + code + "\"}")
            .build());

    OAuthException refused = catchThrowableOfType(OAuthException.class, () -> flow.refresh(tokens));

    assertThat(refused.error()).isEqualTo(code);
    assertThat(refused.retryAfter()).contains(Duration.ofMinutes(2));
    assertThat(refused.isRetryable()).isTrue();
    assertThat(refused.needsReauthorization()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "access_denied, FINAL, DECLINED, END_USER",
    "access-denied, FINAL, DECLINED, END_USER",
    "login_required, FINAL, DECLINED, END_USER",
    "consent_required, FINAL, DECLINED, END_USER",
    "interaction_required, FINAL, DECLINED, END_USER",
    "account_selection_required, FINAL, DECLINED, END_USER",
    "invalid_scope, BLOCKED, MISCONFIGURED, DEVELOPER",
    "unauthorized_client, BLOCKED, MISCONFIGURED, DEVELOPER",
    "server_error, UNKNOWN, PROVIDER_TROUBLE, NONE",
    "temporarily_unavailable, UNKNOWN, PROVIDER_TROUBLE, NONE",
    "slow_down, UNKNOWN, TOO_MANY_REQUESTS, NONE",
    "brand_new, UNKNOWN, OTHER, DEVELOPER"
  })
  void approved_refusedWithACode_isNeverCuredByTheSameCallback(
      String code, Verdict verdict, Reason reason, Actor actor) {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback = AuthorizationCallback.fromQuery("error=" + code);

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, callback));

    assertThat(refused)
        .returns(verdict, OAuthException::verdict)
        .returns(reason, OAuthException::reason)
        .returns(actor, OAuthException::actor)
        .returns(false, OAuthException::isRetryable);
  }

  @ParameterizedTest
  @CsvSource({"access_denied", "login_required", "invalid_grant"})
  void remedy_forTheUser_isToConnectAgain(String code) {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback = AuthorizationCallback.fromQuery("error=" + code);

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, callback));

    assertThat(refused.remedy()).startsWith("Connect again").doesNotContain("token", "provider");
  }
}
