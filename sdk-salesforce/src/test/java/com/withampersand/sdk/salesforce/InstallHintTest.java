package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstallHintTest {
  private static final String VERSION = "04t5G000004J2nZQAS";
  private static final String CLASSIC = "packaging/installPackage.apexp?p0=" + VERSION;
  private static final String LIGHTNING = "packagingSetupUI/ipLanding.app?apvId=" + VERSION;

  private static SalesforceApp.Builder app() {
    return SalesforceApp.builder("3MVG9key", "1234567890123456").scopes("api", "refresh_token");
  }

  private static OAuthException refused(SalesforceApp app, String callback) {
    SalesforceOAuthFlow flow = SalesforceOAuthFlow.of(app, LoginHost.production());
    return catchThrowableOfType(
        OAuthException.class,
        () -> flow.exchange(flow.authorize(), AuthorizationCallback.fromQuery(callback)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "error=OAUTH_EC_APP_NOT_FOUND&error_description=External+client+app+is+not+installed+in+this+org",
        "error=invalid_client&error_description=app+must+be+installed+into+org",
        "error=app_not_found",
        "error=installation_error",
        "error=ecapp_policy_not_found"
      })
  void refusal_appNotInstalled_namesBothInstallAddresses(String callback) {
    for (String path : new String[] {CLASSIC, LIGHTNING}) {
      for (String host : new String[] {"login", "test"}) {
        SalesforceApp app =
            app()
                .packageInstallUrl(URI.create("https://" + host + ".salesforce.com/" + path))
                .build();

        OAuthException refused = refused(app, callback);

        assertThat(refused.remedy())
            .contains("production at https://login.salesforce.com/" + path)
            .contains("sandbox at https://test.salesforce.com/" + path);
        assertThat(refused.actor()).isEqualTo(Actor.PROVIDER_ADMIN);
        assertThat(refused.getMessage()).contains(refused.remedy());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://acme.my.salesforce.com/",
    "https://acme.lightning.force.com/",
    "https://acme--uat.sandbox.my.salesforce.com/"
  })
  void refusal_installAddressOfOneOrg_isNamedAsItIs(String host) {
    SalesforceApp app = app().packageInstallUrl(URI.create(host + LIGHTNING)).build();

    assertThat(refused(app, "error=OAUTH_EC_APP_NOT_FOUND").remedy())
        .contains(host + LIGHTNING)
        .doesNotContain("test.salesforce.com");
  }

  @Test
  void refusal_ofAnotherKindOrWithoutAnInstallAddress_isLeftAsItIs() {
    SalesforceApp installable =
        app().packageInstallUrl(URI.create("https://login.salesforce.com/" + CLASSIC)).build();

    assertThat(refused(installable, "error=OAUTH_APP_BLOCKED").remedy()).doesNotContain("04t");
    assertThat(refused(app().build(), "error=OAUTH_EC_APP_NOT_FOUND").remedy())
        .contains("Install the app's package")
        .doesNotContain("http");
  }
}
