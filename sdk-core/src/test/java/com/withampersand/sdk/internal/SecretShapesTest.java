package com.withampersand.sdk.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretShapesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "id_token",
        "access_token",
        "refreshToken",
        "token",
        "client_secret",
        "sid",
        "lightning_sid",
        "visualforce_sid",
        "content_sid",
        "csrf_token",
        "cookie-clientSrc",
        "cookie-sid_Client",
        "password",
        "client_assertion",
        "code_verifier",
        "apiKey",
        "X-Api-Key",
        "session",
        "PRIVATE_KEY",
        "apikey",
        "accesstoken",
        "keyA",
        "keyZ",
        "key@a",
        "key[0",
        "key`a",
        "key{a",
        "key/0",
        "key:0",
        "\u017Fecret",
        "key\u00B7id",
        "key\u00C9tat"
      })
  void isSecretName_nameOfASecret_isTrue(String name) {
    assertThat(SecretShapes.isSecretName(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token_type",
        "token_format",
        "issued_token_type",
        "refresh_token_expires_in",
        "token_endpoint",
        "sessionUrl",
        "scope",
        "instance_url",
        "id",
        "issued_at",
        "signature",
        "sfdc_community_url",
        "tokenizer",
        "monkey",
        "inside",
        "display_name",
        "keya",
        "keyz",
        "key0",
        "key9",
        "Akey",
        "Zkey",
        "key\u00E9tat",
        ""
      })
  void isSecretName_otherName_isFalse(String name) {
    assertThat(SecretShapes.isSecretName(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "00Dxx0000001gPL!AR8AQJXg5oj8jXSgxJfA0lBog"
      })
  void isSecretValue_token_isTrue(String value) {
    assertThat(SecretShapes.isSecretValue(value)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00Dxx0000001gPLEAY",
        "https://login.salesforce.com/id/00Dxx0000001gPLEAY/005xx000001SwiUAAS",
        "1558553873237",
        "Bearer",
        ""
      })
  void isSecretValue_otherValue_isFalse(String value) {
    assertThat(SecretShapes.isSecretValue(value)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln is bad|token *** is bad",
        "token 00Dxx0000001gPL!AR8AQJXg5oj8_jXSg.xJfA0lBog is bad|token *** is bad",
        "token 5Aep861TSESvWeug_xvFHRBTTbf is bad|token *** is bad",
        "token5Aep861TSESvWeug_xvFHRBTTbf is bad|token*** is bad",
        "token00Dxx0000001gPL!AR8AQJXg5oj8_jXSg.xJfA0lBog is bad|token*** is bad",
        "callback?t=00Dxx0000001gPL%21AR8AQJXg5oj8_jXSg.xJfA0lBog|callback?t=***",
        "code 0123456789abcdefABCDEF0123456789abcdefABCDEF. Bad|code ***. Bad",
        "Basic 0123456789abcdefABCDEF0123456789abcdefABCDEF==|Basic ***",
        "abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz|***",
        "external_client_app_policy_not_available_in_org7|***",
        "AbCdEfGhIjKlMnOpQrStUvWxYzAbCdEfGhIjKlMnOpQrSt|***",
        "QRSt-uvWXyzabcdefghijklmnopqrstuvwx_yzabcdefg|***"
      })
  void hide_token_becomesAsterisks(String text, String hidden) {
    assertThat(SecretShapes.hide(text)).isEqualTo(hidden);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "external_client_app_policy_not_available_in_org",
        "EXTERNAL_CLIENT_APP_POLICY_NOT_AVAILABLE_IN_ORG",
        "Acme_Salesforce_Connector_Prod_oauthPlcy.ecaOauthPlcy",
        "https://acme-sync-git-feature-oauth-callback-team.vercel.app/cb"
      })
  void hide_nameOfManyWords_leavesIt(String code) {
    assertThat(SecretShapes.hide(code)).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no project proj_9f7c3e2a-61b8-4f5c-8d1a-eb24f3b05d79.",
        "request req-89eb1ffb-2a54-4105-aaae-7bf990f1aa69#1"
      })
  void hide_uuidWithItsKind_leavesIt(String text) {
    assertThat(SecretShapes.hide(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "proj_9f7c3e2a-61b8-4f5c-8d1a-eb24f3b05d79a",
        "9f7c3e2a-61b8-4f5c-8d1a-eb24f3b05d79=abcdef",
        "x9_proj_9f7c3e2a-61b8-4f5c-8d1a-eb24f3b05d79",
        "9f7c3e2a-61b8-4f5c-8d1a-eb24f3b05d79-9f7c3e2a"
      })
  void hide_uuidWithinALongerWord_becomesAsterisks(String text) {
    assertThat(SecretShapes.hide(text)).isEqualTo("***");
  }

  @Test
  void hide_ordinaryWords_leavesThem() {
    String text = "invalid_grant: expired access/refresh token for 00Dxx0000001gPLEAY";

    assertThat(SecretShapes.hide(text)).isEqualTo(text);
  }
}
