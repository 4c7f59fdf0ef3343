package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
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
    "400, server_error, PASSING, PROVIDER_TROUBLE, NOBODY, false, true",
    "400, temporarily_unavailable, PASSING, PROVIDER_TROUBLE, NOBODY, false, true",
    "429, invalid_grant, THROTTLED, TOO_MANY_REQUESTS, NOBODY, false, true",
    "429, brand_new, THROTTLED, TOO_MANY_REQUESTS, NOBODY, false, true",
    "400, slow_down, THROTTLED, TOO_MANY_REQUESTS, NOBODY, false, true",
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
    "server_error, UNKNOWN, PROVIDER_TROUBLE, NOBODY",
    "temporarily_unavailable, UNKNOWN, PROVIDER_TROUBLE, NOBODY",
    "slow_down, UNKNOWN, TOO_MANY_REQUESTS, NOBODY",
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
