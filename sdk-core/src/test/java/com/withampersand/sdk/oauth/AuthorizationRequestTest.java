package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.Secret;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationRequestTest {
  private final AuthorizationRequest request =
      AuthorizationRequest.of(
          "https://example.com/authorize?state=CANARY",
          "CANARY",
          new Attempt(
              Scopes.of("read", "write"),
              Instant.parse("2026-11-24T12:30:00Z"),
              "acme",
              URI.create("https://example.com"),
              "org-1",
              Secret.of("CANARY-VERIFIER")));

  @Test
  void toJson_everything_comesBack() {
    AuthorizationRequest back = AuthorizationRequest.fromJson(request.toJson());

    assertThat(back.url()).isEqualTo(URI.create("https://example.com/authorize?state=CANARY"));
    assertThat(back.state()).isEqualTo("CANARY");
    assertThat(back.scopes()).isEqualTo(request.scopes());
    assertThat(back.expiresAt()).isEqualTo(request.expiresAt());
    assertThat(back.codeVerifier()).isEqualTo(Secret.of("CANARY-VERIFIER"));
    assertThat(back.payload()).isEqualTo("acme");
    assertThat(back.issuer()).contains(URI.create("https://example.com"));
    assertThat(back.expectedOrg()).contains("org-1");
    assertThat(back.id()).isEqualTo(request.id()).matches("[\\w-]{22}");
  }

  @Test
  void fromJson_writtenByAnEarlierVersion_isRead() {
    AuthorizationRequest old =
        AuthorizationRequest.fromJson(
            Secret.of(
                "{\"version\":1,\"url\":\"https://example.com/authorize?state=s1\",\"state\":\"s1\","
                    + "\"scope\":\"read\",\"expires_at\":\"2026-11-24T12:30:00Z\"}"));

    assertThat(old.state()).isEqualTo("s1");
    assertThat(old.payload()).isEmpty();
    assertThat(old.issuer()).isEmpty();
    assertThat(old.expectedOrg()).isEmpty();
    assertThat(old.codeVerifier()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/",
        "javascript:alert(1)//",
        "file:///etc/passwd",
        "ftp://example.com/",
        "//example.com/",
        "https://CANARY@example.com/"
      })
  void fromJson_urlThatNoSecretMayGoTo_isRefused(String beginning) {
    Secret json = Secret.of(request.toJson().reveal().replace("https://example.com/", beginning));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> AuthorizationRequest.fromJson(json))
        .withMessageNotContaining("CANARY");
  }

  @Test
  void fromJson_membersOfALaterVersion_areIgnored() {
    String json = request.toJson().reveal().replaceFirst("\\{", "{\"later\":{\"x\":[1]},");

    assertThat(AuthorizationRequest.fromJson(Secret.of(json)).state()).isEqualTo("CANARY");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "\"version\":1, \"version\":2",
        "\"org\":\"org-1\", \"org\":15",
        "\"org\":\"org-1\", \"org\":null",
        "\"payload\":\"acme\", \"payload\":[]"
      })
  void fromJson_whatThisVersionWouldReadAsLess_isRefused(String written, String altered) {
    String json = request.toJson().reveal();
    Secret changed = Secret.of(json.replace(written, altered));

    assertThat(json).contains(written);
    assertThatIllegalArgumentException().isThrownBy(() -> AuthorizationRequest.fromJson(changed));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "CANARY", "{\"url\":\"CANARY\"}", "{\"url\":1,\"state\":\"s\"}"})
  void fromJson_cutOrAltered_isRefusedWithoutQuotingIt(String json) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AuthorizationRequest.fromJson(Secret.of(json)))
        .withMessageNotContaining("CANARY");
  }

  @Test
  void fromJson_urlThatIsNone_isRefusedWithoutQuotingIt() {
    Secret json = Secret.of(request.toJson().reveal().replace("https://", "not a URL "));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> AuthorizationRequest.fromJson(json))
        .withMessageNotContaining("CANARY");
  }

  @Test
  void toString_showsNeitherUrlNorState() {
    assertThat(request.toString()).doesNotContain("CANARY").contains("read write");
  }
}
