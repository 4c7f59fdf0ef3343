package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SalesforceErrorsTest {

  private static OAuthException explained(String error, String description) {
    return SalesforceErrors.explain(
        OAuthException.builder(error)
            .description(description)
            .httpStatus(400)
            .context("refresh")
            .build());
  }

  @ParameterizedTest
  @CsvSource({
    "invalid_grant, expired authorization code, END_USER, true, started twice|loaded twice",
    "invalid_grant, expired access/refresh token, END_USER, true, five times",
    "invalid_grant, inactive user, PROVIDER_ADMIN, true, reactivate",
    "invalid_grant, ip restricted, PROVIDER_ADMIN, false, addresses",
    "invalid_client, invalid client credentials, DEVELOPER, false, Consumer Secret",
    "invalid_client, app must be installed into org, PROVIDER_ADMIN, false, install",
    "invalid_client_id, client identifier invalid, DEVELOPER, false, Consumer Key",
    "invalid_request, missing required code challenge, DEVELOPER, false, PKCE",
    "redirect_uri_mismatch, redirect_uri must match configuration, DEVELOPER, false, registered",
    "OAUTH_APP_BLOCKED, this app is blocked by admin, PROVIDER_ADMIN, false, Connected Apps OAuth Usage",
    "OAUTH_EC_APP_NOT_FOUND, External client app is not installed in this org, PROVIDER_ADMIN, false, package",
    "inactive_user, '', PROVIDER_ADMIN, true, reactivate"
  })
  void explain_knownRefusal_saysWhoDoesWhat(
      String error, String description, Actor actor, boolean reconnect, String remedyHas) {
    OAuthException explained = explained(error, description);

    assertThat(explained.error()).isEqualTo(error);
    assertThat(explained.actor()).isEqualTo(actor);
    assertThat(explained.needsReauthorization()).isEqualTo(reconnect);
    assertThat(explained.remedy()).containsPattern(remedyHas);
  }

  @ParameterizedTest
  @CsvSource({
    "rate_limit_exceeded, login rate exceeded",
    "unknown_error, retry your request",
    "system_down, ''"
  })
  void explain_passingTrouble_isRetryableAndNobodys(String error, String description) {
    OAuthException explained = explained(error, description);

    assertThat(explained.isRetryable()).isTrue();
    assertThat(explained.needsReauthorization()).isFalse();
    assertThat(explained.actor()).isEqualTo(Actor.NOBODY);
  }

  @Test
  void explain_unknownRefusal_staysAsItIs() {
    OAuthException original =
        OAuthException.builder("brand_new_error").description("something").httpStatus(400).build();

    assertThat(SalesforceErrors.explain(original)).isSameAs(original);
  }
}
