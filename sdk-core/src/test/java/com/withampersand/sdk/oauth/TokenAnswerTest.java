package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses as HTTP carries them, and what becomes of each. */
class TokenAnswerTest {
  private static final String JSON = "application/json";

  private final TokenServer server = new TokenServer();
  private final TestApp app = new TestApp();
  private final AuthorizationCodeFlow flow = server.flow(app).clock(new MovableClock()).build();
  private final TokenSet old =
      TokenSet.builder(Secret.of("OLD-ACCESS-CANARY"), MovableClock.START)
          .refreshToken(Secret.of("OLD-REFRESH-CANARY"))
          .scopes(Scopes.of("read"))
          .issuer(server.uri(""))
          .clientId(app.clientId())
          .build();

  @AfterEach
  void stop() {
    server.close();
  }

  private TokenSet refreshAnsweredBy(String json) {
    server.answer(200, JSON, json);
    return flow.refresh(old);
  }

  /** Whatever stands beside the new tokens: they are kept, and can be stored. */
  @ParameterizedTest
  @CsvSource({
    "256, 10, true",
    "257, 10, false",
    "60000, 10, false",
    "4, 65468, true",
    "4, 65469, false",
    "4, 900000, false",
    "900000, 4, false"
  })
  void refresh_memberOfAnyLength_isKeptOrLeftOut(int name, int value, boolean isKept) {
    String member = "n".repeat(name);
    String content = "v ".repeat(value).substring(0, value);
    String json =
        "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"%s\":\"%s\"}".formatted(member, content);
    String form = "access_token=a&refresh_token=r&" + member + "=" + content.replace(' ', '+');

    for (TokenSet tokens : List.of(refreshAnsweredBy(json), refreshAnsweredBy(form))) {
      assertThat(tokens.refreshToken()).contains(Secret.of("r"));
      assertThat(tokens.attributes().containsKey(member)).isEqualTo(isKept);
      assertThat(TokenSet.fromJson(tokens.toJson())).isEqualTo(tokens);
    }
  }

  @Test
  void refresh_memberThatIsTooLong_leavesRoomForTheOthers() {
    String json =
        "{\"access_token\":\"a\",\"long\":\"%s\",\"instance_url\":\"https://i.example\",\"list\":[%s1]}"
            .formatted("v ".repeat(40_000), "1,".repeat(40_000));

    TokenSet tokens = refreshAnsweredBy(json);

    assertThat(tokens.attributes()).containsOnlyKeys("instance_url");
    assertThat(tokens.secretAttributes()).isEmpty();
  }

  private <E extends AmpersandException> E refused(
      Class<E> leaf, int status, String contentType, String body) {
    server.answer(status, contentType, body);
    E error = catchThrowableOfType(leaf, () -> flow.refresh(old));
    assertThat(error).as("an error of the right kind").isNotNull();
    assertThat(error.toString())
        .doesNotContain("CANARY")
        .doesNotContain(TestApp.SECRET)
        .contains("localhost");
    assertThat(error.getCause()).as("a cause, which could quote the answer").isNull();
    return error;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"expires_in\":3600 | known 2026-11-24T13:00:00Z",
        "\"expires_in\":\"3600\" | known 2026-11-24T13:00:00Z",
        "\"expires_in\":3600.0 | known 2026-11-24T13:00:00Z",
        "\"expires_in\":0 | known 2026-11-24T12:00:00Z",
        "\"expires_in\":-1 | unknown",
        "\"expires_in\":\"soon\" | unknown",
        "\"expires_in\":\"\" | unknown",
        "\"expires_in\":null | unknown",
        "\"expires_in\":1e300 | unknown",
        "\"expires_in\":99999999999999999999 | unknown",
        "\"expires_in\":9e15 | unknown",
        "\"expires_in\":9000000000 | unknown",
        "\"expires_in\":\"0x1p9\" | unknown",
        "\"expires_in\":\"60d\" | unknown",
        "\"expires_in\":\"+60\" | unknown",
        "\"expires_in\":\"NaN\" | unknown",
        "\"other\":1 | unknown"
      })
  void expiresIn_howeverItIsWritten_isKnownOrUnknown(String member, String expiry) {
    assertThat(refreshAnsweredBy("{\"access_token\":\"a\"," + member + "}").expiry())
        .hasToString(expiry);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"1278448101416\"", "1278448101416"})
  void issuedAt_numberOrString_isKeptExactly(String issuedAt) {
    assertThat(
            refreshAnsweredBy("{\"access_token\":\"a\",\"issued_at\":" + issuedAt + "}")
                .attribute("issued_at"))
        .contains("1278448101416");
  }

  @Test
  void accessToken_asANumber_isTakenAsText() {
    assertThat(refreshAnsweredBy("{\"access_token\":12345}").accessToken())
        .isEqualTo(Secret.of("12345"));
  }

  @Test
  void unknownMembers_areKept_secretOnesAsSecrets() {
    TokenSet tokens =
        refreshAnsweredBy(
            "{\"access_token\":\"a\",\"instance_url\":\"https://x.example\",\"active\":true,\"token_format\":\"opaque\","
                + "\"id_token\":\"i\",\"csrf_token\":\"c\",\"lightning_sid\":\"l\",\"sessionSecret\":\"s\","
                + "\"odd\":\"eyJhbGciOiJub25lIn0.e30.\",\"nested\":{\"token\":\"n\"},\"list\":[1,2],\"nothing\":null,\"empty_token\":\"\"}");

    assertThat(tokens.attributes()).containsOnlyKeys("instance_url", "active", "token_format");
    assertThat(tokens.secretAttributes())
        .containsOnlyKeys(
            "id_token", "csrf_token", "lightning_sid", "sessionSecret", "odd", "nested", "list");
    assertThat(tokens.secretAttribute("nested")).contains(Secret.of("{\"token\":\"n\"}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"scope\":\"write read\" | write read",
        "\"scope\":[\"write\",\"read\"] | write read",
        "\"scope\":\"\" | read",
        "\"other\":1 | read"
      })
  void scope_howeverItIsWritten_isTheGrantedOrTheOldOne(String member, String scopes) {
    assertThat(refreshAnsweredBy("{\"access_token\":\"a\"," + member + "}").scopes())
        .isEqualTo(Scopes.parse(scopes));
  }

  @Test
  void toString_ofTokensFromAHostileServer_isOneLineWithoutSecrets() {
    TokenSet tokens =
        refreshAnsweredBy(
            "{\"access_token\":\"a\",\"scope\":\"OLD-REFRESH-CANARY \\u001b[31m\",\"x\\nERROR forged\":1}");

    assertThat(tokens.toString()).doesNotContain("CANARY").doesNotContainPattern("\\p{Cntrl}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"access_token\":\"CANARY\\n\"}",
        "{\"access_token\":\"CANARY\\r\\nX: 1\"}",
        "{\"access_token\":\"CANARY\u00e9\"}",
        "{\"access_token\":\"CANARY\\u0000\"}",
        "{\"access_token\":\"a\",\"refresh_token\":\"CANARY\\t\"}",
        "{\"access_token\":\"CANARY\",\"token_type\":\"DPoP\"}",
        "{\"access_token\":\"CANARY\",\"token_type\":\"mac\"}",
        "{\"access_token\":\"CANARY\",\"token_type\":\"N_A\"}"
      })
  void token_thatCannotBeSentAsABearer_isNotTaken(String json) {
    ProtocolException refused = refused(ProtocolException.class, 200, JSON, json);

    assertThat(refused.isOutcomeUnknown()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "bearer", "BEARER"})
  void tokenType_bearerInAnyCase_isTaken(String type) {
    assertThat(
            refreshAnsweredBy("{\"access_token\":\"a\",\"token_type\":\"" + type + "\"}")
                .accessToken())
        .isEqualTo(Secret.of("a"));
  }

  @Test
  void tokenType_missing_isBearer() {
    assertThat(refreshAnsweredBy("{\"access_token\":\"a\"}").tokenType()).isEqualTo("Bearer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        JSON,
        "application/json;charset=UTF-8",
        "text/plain",
        "text/html",
        "APPLICATION/JSON",
        ""
      })
  void json_underAnyContentType_isRead(String contentType) {
    server.answer(200, contentType, "  {\"access_token\":\"a\"}\n");

    assertThat(flow.refresh(old).accessToken()).isEqualTo(Secret.of("a"));
  }

  @Test
  void json_behindAByteOrderMark_isRead() {
    server.answer(200, JSON, "\uFEFF{\"access_token\":\"a\"}");

    assertThat(flow.refresh(old).accessToken()).isEqualTo(Secret.of("a"));
  }

  @Test
  void tokensAsAForm_areRead() {
    server.answer(
        200,
        "application/x-www-form-urlencoded",
        "access_token=a%2Bb&scope=read+write&token_type=bearer");

    TokenSet tokens = flow.refresh(old);

    assertThat(tokens.accessToken()).isEqualTo(Secret.of("a+b"));
    assertThat(tokens.scopes()).isEqualTo(Scopes.of("read", "write"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | application/json | {\"error\":\"invalid_grant\",\"error_description\":\"it is over\"}",
        "401 | application/json | {\"error\":\"invalid_grant\",\"error_description\":\"it is over\"}",
        "200 | application/json | {\"error\":\"invalid_grant\",\"error_description\":\"it is over\"}",
        "400 | text/html | {\"error\":\"invalid_grant\",\"error_description\":\"it is over\"}",
        "400 | application/x-www-form-urlencoded | error=invalid_grant&error_description=it+is%20over",
        "400 | '' | error=invalid_grant&error_description=it%20is+over",
        "400 | application/json | [{\"errorCode\":\"invalid_grant\",\"message\":\"it is over\"}]",
        "400 | application/json | {\"errorCode\":\"invalid_grant\",\"message\":\"it is over\"}"
      })
  void error_inEachFormat_isARefusal(int status, String contentType, String body) {
    OAuthException error = refused(OAuthException.class, status, contentType, body);

    assertThat(error.error()).isEqualTo("invalid_grant");
    assertThat(error.description()).contains("it is over");
    assertThat(error.httpStatus()).isEqualTo(OptionalInt.of(status));
    assertThat(error.needsReauthorization()).isTrue();
    assertThat(error.isOutcomeUnknown()).isFalse();
    assertThat(error).hasMessageContaining("status " + status);
  }

  @Test
  void error_oneOfSeveral_isTheFirst() {
    OAuthException error =
        refused(
            OAuthException.class,
            400,
            JSON,
            "[{\"errorCode\":\"first\",\"fields\":[]},{\"errorCode\":\"second\"}]");

    assertThat(error.error()).isEqualTo("first");
  }

  @Test
  void error_longerThanAMebibyte_isOutsideTheSpecification() {
    ProtocolException error =
        refused(
            ProtocolException.class, 400, JSON, "{\"error\":\"" + "CANARY".repeat(200_000) + "\"}");

    assertThat(error).hasMessageContaining("longer than");
    assertThat(error.isOutcomeUnknown()).isFalse();
  }

  @Test
  void success_ofExactlyAMebibyte_isRead() {
    String start = "{\"access_token\":\"new\",\"more\":\"";
    String end = "\"}";
    String filling = "x".repeat((1 << 20) - start.length() - end.length());

    assertThat(refreshAnsweredBy(start + filling + end).accessToken()).isEqualTo(Secret.of("new"));
  }

  @Test
  void success_formThatGivesOneMemberTwice_givesNoToken() {
    refused(
        ProtocolException.class,
        200,
        "application/x-www-form-urlencoded",
        "access_token=CANARY-1&access_token=CANARY-2&token_type=Bearer");
  }

  @Test
  void success_memberThatIsBlank_isNotThere() {
    TokenSet tokens = refreshAnsweredBy("{\"access_token\":\"new\",\"refresh_token\":\"  \"}");

    assertThat(tokens.refreshToken()).isEqualTo(old.refreshToken());
  }

  @Test
  void error_withoutDescription_isARefusalAllTheSame() {
    OAuthException error = refused(OAuthException.class, 400, JSON, "{\"error\":\"brand_new\"}");

    assertThat(error.error()).isEqualTo("brand_new");
    assertThat(error.description()).isEmpty();
    assertThat(error.remedy()).isNotBlank();
  }

  @Test
  void error_codeOfManyWords_isKeptAsSent() {
    String code = "external_client_app_policy_not_available_in_org";

    assertThat(refused(OAuthException.class, 400, JSON, "{\"error\":\"" + code + "\"}").error())
        .isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({
    "invalid_client",
    "unauthorized_client",
    "invalid_scope",
    "server_error",
    "brand_new"
  })
  void error_thatIsNotTheGrants_doesNotAskForConsent(String code) {
    assertThat(
            refused(OAuthException.class, 400, JSON, "{\"error\":\"" + code + "\"}")
                .needsReauthorization())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "null",
        "CANARY",
        "\"CANARY\"",
        "<html>CANARY</html>",
        "{}",
        "[]",
        "[\"CANARY\"]",
        "{\"access_token\":\"CANARY\"",
        "{\"access_token\":\"CANA",
        "{\"access_token\":CANARY}",
        "{\"access_token\":\"CANARY\"} CANARY",
        "{\"access_token\":\"CANARY\",\"access_token\":\"CANARY2\"}",
        "{\"access_token\":null,\"refresh_token\":\"CANARY\"}",
        "{\"access_token\":\"\",\"refresh_token\":\"CANARY\"}",
        "{\"access_token\":{\"value\":\"CANARY\"}}",
        "{\"refresh_token\":\"CANARY\"}",
        "{\"error\":{\"code\":\"CANARY\"}}",
        "access_token=%zzCANARY",
        "access_token=CANARY&access_token=CANARY",
        "foo=CANARY"
      })
  void success_withoutUsableTokens_isOutsideTheSpecificationAndTheOutcomeUnknown(String body) {
    ProtocolException error = refused(ProtocolException.class, 200, JSON, body);

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isFalse();
    assertThat(error).hasMessageContaining("refresh");
  }

  @Test
  void success_nestedTooDeep_isOutsideTheSpecification() {
    refused(ProtocolException.class, 200, JSON, "{\"a\":" + "[".repeat(200_000));
  }

  @Test
  void success_notUtf8_isOutsideTheSpecification() {
    server.answer(200, JSON, "{\"access_token\":\"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1));

    ProtocolException error =
        catchThrowableOfType(ProtocolException.class, () -> flow.refresh(old));

    assertThat(error.isOutcomeUnknown()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | text/html | <html>CANARY</html>",
        "404 | text/html | <!doctype html>CANARY",
        "401 | '' | ''",
        "403 | text/plain | Bad_OAuth_Token",
        "400 | application/json | {\"message\":\"CANARY\"}",
        "400 | application/json | {\"error\":",
        "418 | text/plain | I am a teapot CANARY"
      })
  void clientError_withoutAnErrorCode_isOutsideTheSpecification(
      int status, String contentType, String body) {
    ProtocolException error = refused(ProtocolException.class, status, contentType, body);

    assertThat(error.isOutcomeUnknown()).isFalse();
    assertThat(error).hasMessageContaining("status " + status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500 | '' | ''",
        "503 | '' | ''",
        "503 | text/html | <html>maintenance CANARY</html>",
        "502 | text/plain | Bad Gateway CANARY",
        "500 | application/json | {\"error\":\"Internal Server Error\",\"path\":\"CANARY\"}",
        "500 | application/json | {\"error\":\"server_error\"}",
        "408 | '' | ''"
      })
  void serverInTrouble_whateverItSends_leavesTheOutcomeUnknown(
      int status, String contentType, String body) {
    TransportException error = refused(TransportException.class, status, contentType, body);

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).as("a refresh must not be repeated").isFalse();
    assertThat(error).hasMessageContaining("status " + status);
  }

  @Test
  void tooManyRequests_withoutAnErrorCode_isRetryable() {
    TransportException error =
        refused(TransportException.class, 429, "text/html", "<html>CANARY</html>");

    assertThat(error.isRetryable()).isTrue();
    assertThat(error.isOutcomeUnknown()).isFalse();
  }

  @Test
  void tooManyRequests_withAnErrorCode_isRetryable() {
    assertThat(refused(OAuthException.class, 429, JSON, "{\"error\":\"slow_down\"}").isRetryable())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "120 | '' | PT2M",
        "0 | '' | PT0S",
        "Wed, 25 Nov 2026 12:01:00 GMT | Wed, 25 Nov 2026 12:00:00 GMT | PT1M",
        "Wed, 25 Nov 2026 11:59:00 GMT | Wed, 25 Nov 2026 12:00:00 GMT | PT0S"
      })
  void rfc9110_section10_2_3_retryAfter_isToldOfEitherKindOfRefusal(
      String retryAfter, String date, Duration wait) {
    server.answer(tooManyRequests(retryAfter, date, ""));
    server.answer(tooManyRequests(retryAfter, date, "{\"error\":\"slow_down\"}"));

    TransportException withoutCode =
        catchThrowableOfType(TransportException.class, () -> flow.refresh(old));
    OAuthException withCode = catchThrowableOfType(OAuthException.class, () -> flow.refresh(old));

    assertThat(withoutCode.retryAfter()).contains(wait);
    assertThat(withCode.retryAfter()).contains(wait);
    assertThat(withCode.toBuilder().build().retryAfter()).contains(wait);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "soon | ''",
        "-1 | ''",
        "99999999999 | ''",
        "1e3 | ''",
        "Wed, 25 Nov 2026 12:01:00 GMT | ''",
        "Wed, 25 Nov 2026 12:01:00 GMT | today"
      })
  void retryAfter_thatCannotBeRead_isNotKnown(String retryAfter, String date) {
    server.answer(tooManyRequests(retryAfter, date, ""));

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> flow.refresh(old));

    assertThat(error.retryAfter()).isEmpty();
  }

  @Test
  void retryAfter_ofARefusalThatWaitingDoesNotCure_isLeftOut() {
    server.answer(
        new MockResponse.Builder()
            .code(400)
            .setHeader("Retry-After", "120")
            .body("{\"error\":\"invalid_grant\"}")
            .build());

    OAuthException error = catchThrowableOfType(OAuthException.class, () -> flow.refresh(old));

    assertThat(error.retryAfter()).isEmpty();
  }

  private static MockResponse tooManyRequests(String retryAfter, String date, String body) {
    MockResponse.Builder answer =
        new MockResponse.Builder().code(429).setHeader("Retry-After", retryAfter).body(body);
    return date.isEmpty() ? answer.build() : answer.setHeader("Date", date).build();
  }

  @Test
  void redirect_namesTheHostItLeadsTo() {
    server.answer(
        new MockResponse.Builder()
            .code(302)
            .setHeader("Location", "https://elsewhere.example/x?CANARY")
            .build());

    ProtocolException error =
        catchThrowableOfType(ProtocolException.class, () -> flow.refresh(old));

    assertThat(error).hasMessageContaining("elsewhere.example").hasMessageNotContaining("CANARY");
    assertThat(error.isOutcomeUnknown()).isFalse();
  }

  @Test
  void revocation_answeredWithAWebPage_isNoSuccess() {
    server.answer(200, "text/html", "<html>log in to the proxy</html>");

    ProtocolException error = catchThrowableOfType(ProtocolException.class, () -> flow.revoke(old));

    assertThat(error.isOutcomeUnknown()).isTrue();
  }

  @Test
  void revocation_serverInTrouble_mayBeRepeated() {
    server.answer(503, "", "");

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> flow.revoke(old));

    assertThat(error.isRetryable()).isTrue();
  }
}
