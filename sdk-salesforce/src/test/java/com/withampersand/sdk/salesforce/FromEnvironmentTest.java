package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FromEnvironmentTest {
  private final Map<String, String> environment =
      new HashMap<>(
          Map.of("SALESFORCE_CLIENT_ID", "3MVG9KEY", "SALESFORCE_CLIENT_SECRET", " CANARY42 "));

  @Test
  void fromEnvironment_keyAndSecretAlone_hasTheDefaults() {
    SalesforceApp app = SalesforceApp.fromEnvironment(environment);

    assertThat(app.clientId()).isEqualTo("3MVG9KEY");
    assertThat(app.clientSecret().reveal()).isEqualTo("CANARY42");
    assertThat(app.scopes()).isEqualTo(Scopes.of("api", "refresh_token"));
    assertThat(app.callbackUri()).isEqualTo(SalesforceApp.AMPERSAND_CALLBACK);
    assertThat(app.packageInstallUrl()).isEmpty();
  }

  @Test
  void fromEnvironment_everything_isTaken() {
    environment.put("SALESFORCE_SCOPES", "api offline_access");
    environment.put("SALESFORCE_CALLBACK", "https://example.com/cb");

    SalesforceApp app = SalesforceApp.fromEnvironment(environment);

    assertThat(app.scopes()).isEqualTo(Scopes.of("api", "offline_access"));
    assertThat(app.callbackUri()).isEqualTo(URI.create("https://example.com/cb"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"})
  void fromEnvironment_missingOrBlank_isNamed(String name) {
    environment.put(name, " ");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> SalesforceApp.fromEnvironment(environment))
        .withMessageStartingWith(name + " is not set");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SALESFORCE_CALLBACK", "SALESFORCE_PACKAGE_INSTALL_URL"})
  void fromEnvironment_whatIsNoUrl_isNamedWithoutQuotingIt(String name) {
    environment.put(name, "CANARY^42");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> SalesforceApp.fromEnvironment(environment))
        .withMessage(name + " is not a URL")
        .withNoCause();
  }

  @Test
  void fromEnvironment_scopesWithoutRefreshToken_isRefused() {
    environment.put("SALESFORCE_SCOPES", "api");

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> SalesforceApp.fromEnvironment(environment));
  }

  @Test
  void fromEnvironment_ofTheFake_isTheWholeWiring() {
    try (FakeSalesforce salesforce = FakeSalesforce.start()) {
      Map<String, String> variables = salesforce.environment();
      SalesforceOAuthFlow flow =
          SalesforceOAuthFlow.of(
              SalesforceApp.fromEnvironment(variables),
              LoginHost.fromStored(String.valueOf(variables.get("SALESFORCE_LOGIN_HOST"))));
      AuthorizationRequest request = flow.authorize();

      assertThat(
              flow.exchange(
                      request, AuthorizationCallback.fromUri(salesforce.approve(request.url())))
                  .refreshToken())
          .isPresent();
    }
  }
}
