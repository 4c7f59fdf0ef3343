package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginHostTest {

  @ParameterizedTest
  @CsvSource({
    "acme, https://acme.my.salesforce.com",
    "ACME, https://acme.my.salesforce.com",
    "' acme ', https://acme.my.salesforce.com",
    "acme--uat.sandbox, https://acme--uat.sandbox.my.salesforce.com",
    "acme.develop, https://acme.develop.my.salesforce.com",
    "acme.my.salesforce.com, https://acme.my.salesforce.com",
    "acme.my.salesforce.com/, https://acme.my.salesforce.com",
    "https://acme.my.salesforce.com/lightning/page/home?x=1, https://acme.my.salesforce.com",
    "http://acme.my.salesforce.com, https://acme.my.salesforce.com",
    "https://Acme--UAT.sandbox.my.salesforce.com, https://acme--uat.sandbox.my.salesforce.com",
    "https://acme.lightning.force.com/one/one.app, https://acme.my.salesforce.com",
    "acme--uat.sandbox.lightning.force.com, https://acme--uat.sandbox.my.salesforce.com",
    "acme.my.salesforce.mil, https://acme.my.salesforce.mil",
    "acme.lightning.crmforce.mil, https://acme.my.salesforce.mil",
    "acme.my.sfcrmproducts.cn, https://acme.my.sfcrmproducts.cn"
  })
  void myDomain_whatPeoplePaste_isUnderstood(String given, String expected) {
    assertThat(LoginHost.myDomain(given).uri()).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "acme corp",
        "acme_corp",
        "-acme",
        "a.b.c",
        "xn--acme",
        "login.salesforce.com",
        "my.salesforce.com.evil.com",
        "acme.my.salesforce.com.evil.com",
        "https://acme.my.salesforce.com@evil.com",
        "https://user:password@acme.my.salesforce.com",
        "acme.my.salesforce.com:8443",
        "evilcrmforce.mil",
        "evil.com/acme.my.salesforce.com",
        "https://evil.com?acme.my.salesforce.com",
        "https://evil.com#.my.salesforce.com",
        "acme.my.site.com",
        "javascript:alert(1)",
        "acme%2emy.salesforce.com"
      })
  void r05_myDomain_anythingElse_isRefused(String given) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoginHost.myDomain(given))
        .withMessageNotContaining("password");
  }

  @ParameterizedTest
  @CsvSource({
    "login.salesforce.com, https://login.salesforce.com",
    "https://test.salesforce.com/, https://test.salesforce.com",
    "acme, https://acme.my.salesforce.com"
  })
  void parse_aSetting_isAnyHostOfSalesforce(String given, String expected) {
    assertThat(LoginHost.parse(given).uri()).hasToString(expected);
  }

  @Test
  void sharedHosts_areSalesforces() {
    assertThat(LoginHost.production().uri()).hasToString("https://login.salesforce.com");
    assertThat(LoginHost.sandbox().uri()).hasToString("https://test.salesforce.com");
  }

  @ParameterizedTest
  @CsvSource({
    "https://acme.my.site.com/partners/, https://acme.my.site.com/partners",
    "http://localhost:8080, http://localhost:8080",
    "http://127.0.0.1:8080, http://127.0.0.1:8080",
    "https://login.acme.example, https://login.acme.example"
  })
  void other_namedOnPurpose_isTakenAsItIs(String given, String expected) {
    assertThat(LoginHost.other(URI.create(given)).uri()).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://login.acme.example",
        "http://localhost.evil.com",
        "https://user@login.acme.example",
        "https://login.acme.example?x=1",
        "https://login.acme.example#x",
        "login.acme.example",
        "ftp://login.acme.example"
      })
  void r05_other_unsafeAddress_isRefused(String given) {
    assertThatIllegalArgumentException().isThrownBy(() -> LoginHost.other(URI.create(given)));
  }

  @Test
  void other_siteWithPath_putsThePathBeforeTheEndpoints() {
    LoginHost site = LoginHost.other(URI.create("https://acme.my.site.com/partners"));

    assertThat(site.tokenEndpoint())
        .hasToString("https://acme.my.site.com/partners/services/oauth2/token");
  }
}
