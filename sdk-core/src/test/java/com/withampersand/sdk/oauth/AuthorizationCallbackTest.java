package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.oauth.AuthorizationCallback.Approved;
import com.withampersand.sdk.oauth.AuthorizationCallback.Declined;
import com.withampersand.sdk.oauth.AuthorizationCallback.Failed;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationCallbackTest {

  private static String code(String query) {
    return ((Approved) AuthorizationCallback.fromQuery(query)).code().reveal();
  }

  private static Reason reason(String query) {
    return catchThrowableOfType(
            CallbackException.class, () -> AuthorizationCallback.fromQuery(query))
        .reason();
  }

  @Test
  void parse_uriQueryAndParameters_agree() {
    URI uri = URI.create("https://example.com/callback?tenant=1&code=aPrx%3D%3D&state=a%2Bb");
    Map<String, String[]> parameters =
        Map.of("code", new String[] {"aPrx=="}, "state", new String[] {"a+b"});

    for (AuthorizationCallback callback :
        new AuthorizationCallback[] {
          AuthorizationCallback.fromUri(uri),
          AuthorizationCallback.fromQuery(uri.getRawQuery()),
          AuthorizationCallback.fromQuery("?" + uri.getRawQuery()),
          AuthorizationCallback.fromParameters(parameters)
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
  void parse_eitherSpellingOfDenial_isDeclined(String error) {
    AuthorizationCallback callback =
        AuthorizationCallback.fromQuery(
            "error=" + error + "&error_description=end-user+denied+authorization&state=s");

    assertThat(callback)
        .isInstanceOfSatisfying(
            Declined.class,
            denied -> {
              assertThat(denied.error()).isEqualTo(error);
              assertThat(denied.description()).contains("end-user denied authorization");
              assertThat(denied.state()).contains("s");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"invalid_scope", "OAUTH_APP_BLOCKED", "1800", "brand new"})
  void parse_anyOtherError_isFailedEvenWithoutState(String error) {
    AuthorizationCallback callback =
        AuthorizationCallback.fromParameters(Map.of("error", new String[] {error}));

    assertThat(callback)
        .isInstanceOfSatisfying(
            Failed.class,
            refused -> {
              assertThat(refused.error()).isEqualTo(error);
              assertThat(refused.state()).isEmpty();
            });
  }

  @Test
  void parse_codeAndError_takesNoCode() {
    assertThat(AuthorizationCallback.fromQuery("code=abc&error=server_error&state=s"))
        .isInstanceOf(Failed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?",
        "state=s",
        "code=&state=s",
        "error=&state=s",
        "foo=bar",
        "&&",
        "cod=1&state=s",
        "codex=1",
        "xcode=1",
        "=1"
      })
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
            CallbackException.class, () -> AuthorizationCallback.fromParameters(parameters));

    assertThat(error.reason()).isEqualTo(Reason.MALFORMED);
  }

  @Test
  void fromQuery_none_isIncomplete() {
    assertThat(
            catchThrowableOfType(
                    CallbackException.class, () -> AuthorizationCallback.fromQuery(null))
                .reason())
        .isEqualTo(Reason.INCOMPLETE);
  }

  @Test
  void fromParameters_nullNamesAndValues_areLeftOut() {
    Map<@Nullable String, String @Nullable []> parameters = new HashMap<>();
    parameters.put(null, new String[] {"x"});
    parameters.put("state", null);
    parameters.put("error", new @Nullable String[] {null});
    parameters.put("code", new @Nullable String[] {null, "abc"});

    AuthorizationCallback callback = AuthorizationCallback.fromParameters(unchecked(parameters));

    assertThat(((Approved) callback).code().reveal()).isEqualTo("abc");
    assertThat(callback.state()).isEmpty();
  }

  /** What a framework without nullness annotations may hand over. */
  @SuppressWarnings("unchecked")
  private static Map<String, String[]> unchecked(Map<?, ?> parameters) {
    return (Map<String, String[]>) parameters;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://app.example/cb?code=abc&state=s", "HTTP://localhost/cb?code=abc"})
  void fromQuery_wholeUrl_saysWhatToCall(String url) {
    CallbackException error =
        catchThrowableOfType(CallbackException.class, () -> AuthorizationCallback.fromQuery(url));

    assertThat(error.reason()).isEqualTo(Reason.MALFORMED);
    assertThat(error).hasMessageContaining("AuthorizationCallback.fromUri");
    assertThat(error.getMessage()).doesNotContain("abc");
  }

  @ParameterizedTest
  @CsvSource({
    "javascript:alert(1), ''",
    "JavaScript:alert(1), ''",
    "data:text/html;x, ''",
    "' https://a.example', ''",
    "//a.example, ''",
    "https://a.example/e, https://a.example/e",
    "HTTP://a.example/e, HTTP://a.example/e"
  })
  void errorUri_thatNoLinkMayHave_isLeftOut(String sent, String shown) {
    AuthorizationCallback callback =
        AuthorizationCallback.fromParameters(
            Map.of("error", new String[] {"x"}, "error_uri", new String[] {sent}));

    assertThat(((Failed) callback).errorUri().orElse("")).isEqualTo(shown);
  }

  @Test
  void issuer_inCallback_isDecoded() {
    AuthorizationCallback callback =
        AuthorizationCallback.fromQuery("error=x&iss=https%3A%2F%2Facme.my.salesforce.com");

    assertThat(callback.issuer()).contains("https://acme.my.salesforce.com");
    assertThat(callback.requestId()).isEmpty();
  }

  @Test
  void parse_uriWithoutQuery_isIncomplete() {
    CallbackException error =
        catchThrowableOfType(
            CallbackException.class,
            () -> AuthorizationCallback.fromUri(URI.create("https://example.com/callback")));

    assertThat(error.reason()).isEqualTo(Reason.INCOMPLETE);
  }

  @Test
  void description_ofAHostileRedirect_isOneShortLine() {
    AuthorizationCallback callback =
        AuthorizationCallback.fromQuery(
            "error=x%0A%1B%5B31m&error_description=a%0D%0Ab%00c" + "+d".repeat(1000));

    assertThat(((Failed) callback).error()).isEqualTo("x [31m");
    assertThat(((Failed) callback).description())
        .hasValueSatisfying(text -> assertThat(text).startsWith("a b c").hasSizeLessThan(310));
  }

  @Test
  void toString_approved_showsNeitherCodeNorState() {
    AuthorizationCallback callback =
        AuthorizationCallback.fromQuery("code=CANARYCODE&state=CANARYSTATE");

    assertThat(callback.toString()).startsWith("Approved").doesNotContain("CANARY");
  }

  @Test
  void parse_questionMarkAtTheStart_isNoPartOfTheName() {
    AuthorizationCallback callback = AuthorizationCallback.fromQuery("?code=1&state=s");

    assertThat(callback).isInstanceOf(AuthorizationCallback.Approved.class);
    assertThat(callback.state()).contains("s");
  }

  @Test
  void toString_refusal_showsErrorAndDescription() {
    assertThat(AuthorizationCallback.fromQuery("error=invalid_scope&error_description=why"))
        .hasToString("Failed[invalid_scope: why]");
    assertThat(AuthorizationCallback.fromQuery("error=access_denied"))
        .hasToString("Declined[access_denied]");
  }
}
