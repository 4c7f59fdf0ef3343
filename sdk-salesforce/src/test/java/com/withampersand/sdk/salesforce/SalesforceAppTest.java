package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.Scopes;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceAppTest {
  private static final String KEY = "3MVG9_example.key";
  private static final String SECRET = "0123456789ABCDEF0123456789ABCDEF";

  private static SalesforceApp.Builder app() {
    return SalesforceApp.builder(KEY, SECRET).scopes("api", "refresh_token");
  }

  private static List<Violation> violations(SalesforceApp.Builder builder) {
    InvalidProviderAppException error =
        catchThrowableOfType(InvalidProviderAppException.class, builder::build);
    assertThat(error).as("build() accepted it").isNotNull();
    assertThat(error.violations())
        .allSatisfy(violation -> assertThat(violation.remedy()).isNotBlank());
    assertThat(error).hasMessageNotContaining(SECRET);
    return error.violations();
  }

  @Test
  void build_everythingRight_describesTheAppInAmpersandsWords() {
    SalesforceApp app =
        app()
            .packageInstallUrl(
                URI.create(
                    "https://login.salesforce.com/packaging/installPackage.apexp?p0=04tKX0000000001"))
            .externalRef("0H4xx0000000001")
            .build();

    assertThat(app.provider()).isEqualTo("salesforce");
    assertThat(app.clientId()).isEqualTo(KEY);
    assertThat(app.clientSecret()).isEqualTo(Secret.of(SECRET));
    assertThat(app.callbackUri()).hasToString("https://api.withampersand.com/callbacks/v1/oauth");
    assertThat(app.scopes()).isEqualTo(Scopes.of("refresh_token", "api"));
    assertThat(app.externalRef()).contains("0H4xx0000000001");
    assertThat(app.metadata().providerParams())
        .isEqualTo(
            Map.of(
                "packageInstallURL",
                "https://login.salesforce.com/packaging/installPackage.apexp?p0=04tKX0000000001"));
    assertThat(app.toString()).doesNotContain(SECRET);
  }

  @Test
  void r02_build_neitherRefreshTokenNorOfflineAccess_isRefused() {
    assertThat(violations(app().scopes("api", "web")))
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.field()).isEqualTo("scopes");
              assertThat(violation.problem()).contains("refresh_token").contains("offline_access");
            });
  }

  @Test
  void r02_build_noScopesAtAll_isRefused() {
    assertThat(violations(SalesforceApp.builder(KEY, SECRET))).hasSize(1);
  }

  @Test
  void r02_build_full_doesNotStandForRefreshToken() {
    assertThat(violations(app().scopes("full")))
        .singleElement()
        .satisfies(
            violation -> assertThat(violation.problem()).contains("full does not include it"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"refresh_token", "offline_access"})
  void r02_build_eitherName_isEnough(String name) {
    assertThat(app().scopes("api", name).build().scopes().contains(name)).isTrue();
  }

  @Test
  void r02_build_everythingWrong_reportsAllOfItAtOnce() {
    SalesforceApp.Builder builder =
        SalesforceApp.builder("  ", "copied with a break\n")
            .scopes("api,refresh_token")
            .callback(URI.create("http://user@example.com/callback#top"))
            .packageInstallUrl(URI.create("https://example.com/install"));

    assertThat(violations(builder))
        .extracting(Violation::field)
        .containsExactly(
            "consumerKey",
            "consumerSecret",
            "scopes",
            "scopes",
            "callback",
            "callback",
            "callback",
            "packageInstallUrl");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        " key",
        "key ",
        "key\n",
        "ke y",
        "key\t",
        "key\u00a0",
        "\u200bkey",
        "k\u0435y"
      })
  void build_keyNotPastedClean_isRefused(String key) {
    assertThat(violations(SalesforceApp.builder(key, SECRET).scopes("refresh_token")))
        .extracting(Violation::field)
        .containsExactly("consumerKey");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", " SECRETVALUE", "SECRETVALUE\r\n", "SECRET VALUE", "SECRETVALUE\u200b"})
  void build_secretNotPastedClean_isRefusedWithoutShowingIt(String secret) {
    InvalidProviderAppException error =
        catchThrowableOfType(
            InvalidProviderAppException.class,
            () -> SalesforceApp.builder(KEY, secret).scopes("refresh_token").build());

    assertThat(error.violations()).extracting(Violation::field).containsExactly("consumerSecret");
    assertThat(error).hasMessageNotContaining("VALUE");
  }

  @Test
  void clientSecret_supplierAnswersAnew_isAskedOnEachCall() {
    AtomicReference<Secret> secret = new AtomicReference<>(Secret.of("first"));
    SalesforceApp app = SalesforceApp.builder(KEY, secret::get).scopes("refresh_token").build();

    secret.set(Secret.of("second"));

    assertThat(app.clientSecret()).isEqualTo(Secret.of("second"));
  }

  @Test
  void clientSecret_supplierAnswersUnclean_isRefusedThen() {
    SalesforceApp app =
        SalesforceApp.builder(KEY, () -> Secret.of("with a break\n"))
            .scopes("refresh_token")
            .build();

    InvalidProviderAppException error =
        catchThrowableOfType(InvalidProviderAppException.class, app::clientSecret);

    assertThat(error.violations()).extracting(Violation::field).containsExactly("consumerSecret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api  refresh_token api",
        "api\u00a0refresh_token",
        "\u200bapi\u2003refresh_token\ufeff"
      })
  void scopes_inOneTextSeparatedByBlanks_areTakenApart(String pasted) {
    assertThat(app().scopes(pasted).build().scopes()).isEqualTo(Scopes.of("api", "refresh_token"));
  }

  @Test
  void scopes_ofAnOrganisationsOwn_areAllowed() {
    assertThat(
            app().scopes("refresh_token", "acme_orders").build().scopes().contains("acme_orders"))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"api,web", "api;web", "\"api\"", "Zugriff\u2011auf", "scope\\"})
  void scopes_thatAreNoNames_areRefused(String scope) {
    assertThat(violations(app().scopes("refresh_token", scope)))
        .extracting(Violation::field)
        .containsExactly("scopes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8080/callback",
        "http://127.0.0.1/callback",
        "http://[::1]:8080/callback",
        "https://example.com/callback?tenant=1"
      })
  void callback_httpsOrThisMachine_isAccepted(String callback) {
    assertThat(app().callback(URI.create(callback)).build().callbackUri()).hasToString(callback);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/callback",
        "http://localhost.evil.com/callback",
        "/callback",
        "callback",
        "myapp://callback",
        "https:///callback",
        "javascript:alert(1)",
        "https://example.com/callback#fragment",
        "https://user:password@example.com/callback"
      })
  void callback_anythingElse_isRefused(String callback) {
    assertThat(violations(app().callback(URI.create(callback))))
        .extracting(Violation::field)
        .containsOnly("callback");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1234567890123456789",
        "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"
      })
  void build_keyAndSecretAreSwapped_isRefusedWithoutQuotingThem(String secret) {
    SalesforceApp.Builder swapped =
        SalesforceApp.builder(secret, "3MVG9lKcPoNINVBIPJjdw1J9LLJbP")
            .scopes("api", "refresh_token");

    assertThat(catchThrowableOfType(InvalidProviderAppException.class, swapped::build))
        .hasMessageContaining("swapped")
        .hasMessageNotContaining(secret);
  }

  @Test
  void toString_keyThatLooksLikeASecret_isNotShown() {
    SalesforceApp app =
        SalesforceApp.builder("1234567890123456789", "secret").scopes("refresh_token").build();

    assertThat(app.toString()).doesNotContain("1234567890123456789");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://test.salesforce.com/packaging/installPackage.apexp?p0=04t000000000001",
        "https://acme.my.salesforce.com/packaging/installPackage.apexp?mgd=true&p0=04t000000000001AAA",
        "https://login.salesforce.com/packaging/installPackage.apexp?p0=04t000000000001&password=x",
        "https://acme.lightning.crmforce.mil/packagingSetupUI/ipLanding.app?apvId=04t5G000004J2nZQAS",
        "https://acme.lightning.sfcrmapps.cn/packagingSetupUI/ipLanding.app?apvId=04t5G000004J2nZQAS",
        "https://acme.my.salesforce-setup.com/packagingSetupUI/ipLanding.app?apvId=04t5G000004J2nZQAS",
        "https://acme.my.salesforce.mil/packaging/installPackage.apexp?p0=04t5G000004J2nZQAS",
        "https://login.salesforce.com/packagingSetupUI/ipLanding.app?apvId=04t000000000001AAA",
        "https://test.salesforce.com/packagingSetupUI/ipLanding.app?apvid=04t000000000001",
        "https://acme.my.salesforce.com/packagingSetupUI/ipLanding.app?apvId=04t000000000001AAA",
        "https://acme.lightning.force.com/packagingSetupUI/ipLanding.app?apvId=04t000000000001AAA"
      })
  void packageInstallUrl_ofSalesforce_isAccepted(String url) {
    assertThat(app().packageInstallUrl(URI.create(url)).build().packageInstallUrl())
        .contains(URI.create(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://login.salesforce.com/packaging/installPackage.apexp?p0=04t000000000001",
        "https://login.salesforce.com.evil.com/packaging/installPackage.apexp?p0=04t000000000001",
        "https://evil-lightning.force.com.example/packagingSetupUI/ipLanding.app?apvId=04t5G000004J2nZQAS",
        "https://evilsalesforce.com/packaging/installPackage.apexp?p0=04t000000000001",
        "https://me@login.salesforce.com/packaging/installPackage.apexp?p0=04t000000000001",
        "https://login.salesforce.com/packaging/installPackage.apexp",
        "https://login.salesforce.com/packaging/installPackage.apexp?p0=033000000000001",
        "https://login.salesforce.com/?p0=04t000000000001",
        "https://login.salesforce.com/packagingSetupUI/ipLanding.app?p0=04t000000000001AAA",
        "https://login.salesforce.com/packagingSetupUI/ipLanding.app?apvId=04t",
        "https://evil-lightning.force.com.example/packagingSetupUI/ipLanding.app?apvId=04t000000000001AAA"
      })
  void packageInstallUrl_anythingElse_isRefused(String url) {
    assertThat(violations(app().packageInstallUrl(URI.create(url))))
        .extracting(Violation::field)
        .containsExactly("packageInstallUrl");
  }
}
