package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.oauth.AuthorizationCallback.Approved;
import com.withampersand.sdk.oauth.AuthorizationCallback.Denied;
import com.withampersand.sdk.oauth.AuthorizationCallback.Refused;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationCallbackTest {

  private static String code(String query) {
    return ((Approved) AuthorizationCallback.parse(query)).code().reveal();
  }

  private static Reason reason(String query) {
    return catchThrowableOfType(CallbackException.class, () -> AuthorizationCallback.parse(query))
        .reason();
  }

  @Test
  void parse_uriQueryAndParameters_agree() {
    URI uri = URI.create("https://example.com/callback?tenant=1&code=aPrx%3D%3D&state=a%2Bb");
    Map<String, String[]> parameters =
        Map.of("code", new String[] {"aPrx=="}, "state", new String[] {"a+b"});

    for (AuthorizationCallback callback :
        new AuthorizationCallback[] {
          AuthorizationCallback.parse(uri),
          AuthorizationCallback.parse(uri.getRawQuery()),
          AuthorizationCallback.parse("?" + uri.getRawQuery()),
          AuthorizationCallback.parse(parameters)
        }) {
      assertThat(callback.state()).contains("a+b");
      assertThat(((Approved) callback).code().reveal()).isEqualTo("aPrx==");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "code=aPrx%3D%3D&state=s, aPrx==",
    "code=aPrx==&state=s, aPrx==",
    "code=aPrx%253D&state=s, aPrx%3D",
    "code=a+b&state=s, 'a b'",
    "code=a%2Bb&state=s, a+b",
    "code=%E2%82%AC&state=s, €",
    "state=s&code=abc&extra, abc"
  })
  void parse_code_isDecodedOnce(String query, String code) {
    assertThat(code(query)).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"access_denied", "access-denied"})
  void parse_eitherSpellingOfDenial_isDenied(String error) {
    AuthorizationCallback callback =
        AuthorizationCallback.parse(
            "error=" + error + "&error_description=end-user+denied+authorization&state=s");

    assertThat(callback)
        .isInstanceOfSatisfying(
            Denied.class,
            denied -> {
              assertThat(denied.error()).isEqualTo(error);
              assertThat(denied.description()).contains("end-user denied authorization");
              assertThat(denied.state()).contains("s");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"invalid_scope", "OAUTH_APP_BLOCKED", "1800", "brand new"})
  void parse_anyOtherError_isRefusedEvenWithoutState(String error) {
    AuthorizationCallback callback =
        AuthorizationCallback.parse(Map.of("error", new String[] {error}));

    assertThat(callback)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.error()).isEqualTo(error);
              assertThat(refused.state()).isEmpty();
            });
  }

  @Test
  void parse_codeAndError_takesNoCode() {
    assertThat(AuthorizationCallback.parse("code=abc&error=server_error&state=s"))
        .isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?", "state=s", "code=&state=s", "error=&state=s", "foo=bar", "&&"})
  void parse_neitherCodeNorError_isIncomplete(String query) {
    assertThat(reason(query)).isEqualTo(Reason.INCOMPLETE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "code=a&code=b&state=s",
        "code=a&code=a&state=s",
        "code=a&state=s&state=t",
        "error=a&error=b",
        "code=a&c%6Fde=b&state=s",
        "code=%&state=s",
        "code=%4&state=s",
        "code=%zz&state=s",
        "code=%FF%FE&state=s",
        "code=%C0%AF&state=s"
      })
  void parse_duplicateOrUndecodable_isMalformed(String query) {
    assertThat(reason(query)).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void parse_duplicateThatTheFlowDoesNotRead_isNoMatter() {
    assertThat(code("code=abc&state=s&tenant=1&tenant=2")).isEqualTo("abc");
  }

  @Test
  void parse_duplicateInParameterMap_isMalformed() {
    Map<String, String[]> parameters =
        Map.of("code", new String[] {"a", "b"}, "state", new String[] {"s"});

    CallbackException error =
        catchThrowableOfType(
            CallbackException.class, () -> AuthorizationCallback.parse(parameters));

    assertThat(error.reason()).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void parse_uriWithoutQuery_isIncomplete() {
    CallbackException error =
        catchThrowableOfType(
            CallbackException.class,
            () -> AuthorizationCallback.parse(URI.create("https://example.com/callback")));

    assertThat(error.reason()).isEqualTo(Reason.INCOMPLETE);
  }

  @Test
  void description_ofAHostileRedirect_isOneShortLine() {
    AuthorizationCallback callback =
        AuthorizationCallback.parse(
            "error=x%0A%1B%5B31m&error_description=a%0D%0Ab%00c" + "+d".repeat(1000));

    assertThat(((Refused) callback).error()).isEqualTo("x [31m");
    assertThat(((Refused) callback).description())
        .hasValueSatisfying(text -> assertThat(text).startsWith("a b c").hasSizeLessThan(310));
  }

  @Test
  void toString_approved_showsNeitherCodeNorState() {
    AuthorizationCallback callback =
        AuthorizationCallback.parse("code=CANARYCODE&state=CANARYSTATE");

    assertThat(callback.toString()).startsWith("Approved").doesNotContain("CANARY");
  }
}
