package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import com.withampersand.sdk.oauth.AuthorizationOptions.Prompt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationOptionsTest {
  @Test
  void none_asksForNothing() {
    AuthorizationOptions options = AuthorizationOptions.none();

    assertThat(options.parameters()).isEmpty();
    assertThat(options.scopes()).isEmpty();
    assertThat(options.payload()).isEmpty();
    assertThat(options.binding()).isEmpty();
    assertThat(options.expectedOrg()).isEmpty();
  }

  @Test
  void prompt_several_areOneParameterInOrder() {
    AuthorizationOptions options =
        AuthorizationOptions.builder()
            .prompt(Prompt.LOGIN, Prompt.CONSENT, Prompt.SELECT_ACCOUNT)
            .build();

    assertThat(options.parameters())
        .containsExactly(entry("prompt", "login consent select_account"));
  }

  @Test
  void prompt_none_isRefused() {
    AuthorizationOptions.Builder options = AuthorizationOptions.builder();

    assertThatIllegalArgumentException().isThrownBy(options::prompt);
  }

  @Test
  void parameters_several_keepTheirOrder() {
    AuthorizationOptions options =
        AuthorizationOptions.builder()
            .parameter("login_type", "sso")
            .loginHint("ada@example.com")
            .parameter("display", "")
            .build();

    assertThat(options.parameters())
        .containsExactly(
            entry("login_type", "sso"),
            entry("login_hint", "ada@example.com"),
            entry("display", ""));
  }

  @Test
  void parameter_givenTwice_keepsTheLaterValue() {
    AuthorizationOptions options =
        AuthorizationOptions.builder()
            .parameter("display", "page")
            .parameter("display", "touch")
            .build();

    assertThat(options.parameters()).containsExactly(entry("display", "touch"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "response_type",
        "client_id",
        "client_secret",
        "redirect_uri",
        "scope",
        "state",
        "code",
        "code_challenge",
        "code_challenge_method",
        "code_verifier"
      })
  void parameter_thatTheFlowSets_isRefused(String name) {
    AuthorizationOptions.Builder options = AuthorizationOptions.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.parameter(name, "x"))
        .withMessageContaining("the flow sets \"" + name + "\" itself");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void parameter_blankName_isRefused(String name) {
    AuthorizationOptions.Builder options = AuthorizationOptions.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.parameter(name, "x"))
        .withMessage("a parameter needs a name");
  }

  @Test
  void scopes_named_areKept() {
    AuthorizationOptions options = AuthorizationOptions.builder().scopes(Scopes.of("api")).build();

    assertThat(options.scopes()).contains(Scopes.of("api"));
  }

  @Test
  void payload_longerThanAUrlTakes_isRefused() {
    AuthorizationOptions.Builder options = AuthorizationOptions.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.payload("\u00e9".repeat(512) + "x"))
        .withMessageContaining("1025 bytes");
  }

  @Test
  void binding_browserWithoutCookie_isRefused() {
    AuthorizationOptions.Builder options = AuthorizationOptions.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.binding(BrowserBinding.fromCookie(null)))
        .withMessageContaining("BrowserBinding.random()");
  }

  @Test
  void binding_cookieThatCanBeGuessed_isRefused() {
    AuthorizationOptions.Builder options = AuthorizationOptions.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.binding(BrowserBinding.fromCookie("1")))
        .withMessageContaining("too short");
  }

  @Test
  void expectOrg_blank_isRefused() {
    AuthorizationOptions.Builder options = AuthorizationOptions.builder();

    assertThatIllegalArgumentException().isThrownBy(() -> options.expectOrg(" "));
  }

  @Test
  void builder_usedAfterBuild_doesNotChangeWhatWasBuilt() {
    AuthorizationOptions.Builder builder = AuthorizationOptions.builder().loginHint("ada");
    AuthorizationOptions options = builder.build();

    builder.parameter("display", "touch");

    assertThat(options.parameters()).containsOnlyKeys("login_hint");
  }

  @Test
  void parameters_put_isRefused() {
    AuthorizationOptions options = AuthorizationOptions.none();

    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> options.parameters().put("scope", "full"));
  }
}
