package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.Scopes;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceAppSettingsTest {
  private static final URI CALLBACK = URI.create("https://acme.example/callback");
  private static final URI LOCAL = URI.create("http://localhost:8080/callback");

  private static SalesforceAppSettings.Builder settings() {
    return SalesforceAppSettings.builder().scopes("api refresh_token").callback(CALLBACK);
  }

  private static SalesforceApp.Builder app() {
    return SalesforceApp.builder("3MVG9_example.key", "0123456789ABCDEF0123456789ABCDEF");
  }

  @Test
  void build_onlyScopes_hasTheDefaultsOfAmpersandsCallback() {
    SalesforceAppSettings settings =
        SalesforceAppSettings.builder().scopes("refresh_token").build();

    assertThat(settings.callbacks()).containsExactly(SalesforceApp.AMPERSAND_CALLBACK);
    assertThat(settings.usesPkce()).isFalse();
    assertThat(settings.rotatesRefreshTokens()).isTrue();
  }

  @Test
  void build_severalCallbacks_requestsNameTheFirst() {
    SalesforceAppSettings settings = settings().alsoCallbacks(LOCAL, CALLBACK).build();

    assertThat(settings.callback()).isEqualTo(CALLBACK);
    assertThat(settings.callbacks()).containsExactly(CALLBACK, LOCAL);
    assertThat(app().settings(settings).build().callbackUri()).isEqualTo(CALLBACK);
  }

  @Test
  void build_everythingWrong_reportsAllOfIt() {
    SalesforceAppSettings.Builder wrong =
        SalesforceAppSettings.builder()
            .scopes("api")
            .callback(URI.create("http://acme.example/callback"))
            .alsoCallbacks(URI.create("https://acme.example/#fragment"));

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(wrong::build)
        .withMessageContaining("http://acme.example/callback is not")
        .withMessageContaining(" has a fragment")
        .satisfies(e -> assertThat(e.violations()).hasSize(3));
  }

  @Test
  void build_moreCallbacksThanSalesforceTakes_isRefused() {
    URI longest = URI.create(CALLBACK + "?" + "x".repeat(2000 - CALLBACK.toString().length() - 1));

    assertThat(settings().callback(longest).build().callback()).isEqualTo(longest);
    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> settings().callback(longest).alsoCallbacks(LOCAL).build())
        .withMessageContaining("2,000");
  }

  @Test
  void app_fromSettings_isTheSameAsByItsOwnBuilder() {
    SalesforceApp app =
        app().settings(settings().withPkce().doesNotRotateRefreshTokens().build()).build();

    assertThat(app.scopes()).isEqualTo(Scopes.of("api", "refresh_token"));
    assertThat(app.callbackUri()).isEqualTo(CALLBACK);
    assertThat(app.rotatesRefreshTokens()).isFalse();
    assertThat(app.settings().usesPkce()).isTrue();
    assertThat(app().scopes("api", "refresh_token").callback(CALLBACK).build().settings())
        .hasToString(settings().build().toString());
  }

  @Test
  void app_settingsAndKeyWrong_reportsBoth() {
    SalesforceApp.Builder wrong = SalesforceApp.builder(" key", "secret").scopes("api");

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(wrong::build)
        .satisfies(e -> assertThat(e.violations()).hasSize(2));
  }

  @Test
  void r01_flow_settingsSayPkce_sendsIt_otherwiseNot() {
    AuthorizationOptions options = AuthorizationOptions.builder().build();
    SalesforceAppSettings plain = settings().build();
    SalesforceAppSettings pkce = plain.toBuilder().withPkce().build();

    assertThat(SalesforceOAuthFlow.of(app().settings(plain).build()).authorize(options).url())
        .asString()
        .doesNotContain("code_challenge");
    assertThat(SalesforceOAuthFlow.of(app().settings(pkce).build()).authorize(options).url())
        .asString()
        .contains("code_challenge_method=S256");
  }

  @Test
  void fromEnvironment_callbacksOnLinesOfWindows_areReadEach() {
    SalesforceAppSettings settings =
        SalesforceAppSettings.fromEnvironment(
            Map.of(
                "SALESFORCE_CALLBACK",
                "\r\n" + CALLBACK + "\r\n" + LOCAL + "\r\n",
                "SALESFORCE_PKCE",
                " true "));

    assertThat(settings.callbacks()).containsExactly(CALLBACK, LOCAL);
    assertThat(settings.usesPkce()).isTrue();
    assertThat(settings.scopes()).isEqualTo(Scopes.of("api", "refresh_token"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "TRUE", "1"})
  void fromEnvironment_pkceNeitherTrueNorFalse_isRefused(String pkce) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SalesforceAppSettings.fromEnvironment(Map.of("SALESFORCE_PKCE", pkce)))
        .withMessageContaining("SALESFORCE_PKCE");
  }
}
