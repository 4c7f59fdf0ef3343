package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserInfoTest {
  private final TokenServer server = new TokenServer();
  private final AuthorizationCodeFlow flow =
      server
          .flow(new TestApp())
          .refineErrors(error -> error.toBuilder().remedy("refined").build())
          .build();
  private final TokenSet tokens =
      TokenSet.builder(Secret.of("THE/ACCESS+TOKEN"), Instant.EPOCH).build();

  @AfterEach
  void stop() {
    server.close();
  }

  private Map<String, String> answered(int status, String contentType, String body) {
    server.answer(status, contentType, body);
    return flow.userInfo(server.uri("/userinfo?v=1"), tokens);
  }

  @Test
  void userInfo_onTheWire_isAGetWithTheAccessTokenInItsHeader() {
    Map<String, String> members =
        answered(
            200,
            "application/json",
            "{\"sub\":\"ada\",\"email_verified\":true,\"updated_at\":1.50,\"address\":{\"a\":1},\"x\":null}");

    RecordedRequest request = server.takeRequest();
    assertThat(request.getMethod() + " " + request.getTarget()).isEqualTo("GET /userinfo?v=1");
    assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer THE/ACCESS+TOKEN");
    assertThat(request.getBodySize()).isZero();
    assertThat(members)
        .isEqualTo(Map.of("sub", "ada", "email_verified", "true", "updated_at", "1.50"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/userinfo",
        "https://user@example.com/userinfo",
        "/userinfo",
        "ftp://example.com/x"
      })
  void r05_userInfo_unsafeAddress_isRefused(String address) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow.userInfo(URI.create(address), tokens));
  }

  @Test
  void userInfo_refusalOfOneWord_isItsCode() {
    OAuthException refused =
        catchThrowableOfType(
            OAuthException.class, () -> answered(403, "text/plain", "Bad_OAuth_Token\n"));

    assertThat(refused.error()).isEqualTo("Bad_OAuth_Token");
    assertThat(refused.remedy()).isEqualTo("refined");
  }

  @Test
  void userInfo_refusalOfOneWordInQuotationMarks_isItsCode() {
    OAuthException refused =
        catchThrowableOfType(
            OAuthException.class, () -> answered(403, "text/plain", "\"Bad_OAuth_Token\""));

    assertThat(refused.error()).isEqualTo("Bad_OAuth_Token");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Bearer error="invalid_token" | invalid_token
          Bearer realm="x", error="invalid_token", error_description="The access token expired" | invalid_token
          Bearer realm="x",error=invalid_token | invalid_token
          BEARER ERROR = "invalid_token" | invalid_token
          Bearer realm="x", error_description="some error", error="insufficient_scope" | insufficient_scope
          """)
  void rfc6750_section3_emptyBody_theChallengeHasTheCode(String challenge, String code) {
    server.answer(
        new MockResponse.Builder().code(401).addHeader("WWW-Authenticate", challenge).build());

    OAuthException refused =
        catchThrowableOfType(
            OAuthException.class, () -> flow.userInfo(server.uri("/userinfo"), tokens));

    assertThat(refused.error()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Negotiate | Bearer error="invalid_token" | invalid_token
          Bearer realm="x" | DPoP error="invalid_token" | invalid_token
          Bearer error="insufficient_scope" | DPoP error="invalid_token" | invalid_token
          Bearer error="insufficient_scope" | DPoP error="use_dpop_nonce" | insufficient_scope
          Bearer error="insufficient_scope", DPoP error="invalid_token" | Negotiate | invalid_token
          """)
  void rfc6750_section3_challengesOfSeveralSchemes_anyMayHaveTheCode(
      String first, String second, String code) {
    server.answer(
        new MockResponse.Builder()
            .code(401)
            .addHeader("WWW-Authenticate", first)
            .addHeader("WWW-Authenticate", second)
            .build());

    OAuthException refused =
        catchThrowableOfType(
            OAuthException.class, () -> flow.userInfo(server.uri("/userinfo"), tokens));

    assertThat(refused.error()).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer",
        "Bearer realm=\"x\"",
        "Basic realm=\"error=invalid_token\"",
        "Bearer error_description=\"error\"",
        "Bearer error=\"THE/ACCESS+TOKEN\""
      })
  void rfc6750_section3_challengeWithoutACode_isNoRefusal(String challenge) {
    server.answer(
        new MockResponse.Builder().code(401).addHeader("WWW-Authenticate", challenge).build());

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> flow.userInfo(server.uri("/userinfo"), tokens))
        .withMessageNotContaining("ACCESS+TOKEN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Forbidden", "Bad OAuth Token", "no_", "THE/ACCESS+TOKEN", "a1_b2"})
  void userInfo_refusalOfOtherText_isNoCode(String body) {
    ProtocolException error =
        catchThrowableOfType(ProtocolException.class, () -> answered(403, "text/plain", body));

    assertThat(error).hasMessageNotContaining(body);
  }

  @Test
  void userInfo_successOfOneWord_isNoRefusal() {
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> answered(200, "text/plain", "Bad_OAuth_Token"))
        .withMessageContaining("success");
  }

  @Test
  void r04_userInfo_serverQuotesTheToken_itIsNotShown() {
    OAuthException refused =
        catchThrowableOfType(
            OAuthException.class,
            () ->
                answered(
                    401,
                    "application/json",
                    "{\"error\":\"invalid_token\",\"error_description\":\"bad THE/ACCESS+TOKEN\"}"));

    assertThat(refused).hasMessageContaining("bad ***").hasMessageNotContaining("ACCESS+TOKEN");
  }
}
