package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.internal.OAuthEndpoints;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginHostTest {

  /** Turns {@code <U+200B>} into that character, which no editor would show. */
  private static String withUnseen(String text) {
    return Pattern.compile("<U\\+([0-9A-F]{4})>")
        .matcher(text)
        .replaceAll(
            number ->
                Matcher.quoteReplacement(
                    Character.toString(Integer.parseInt(number.group(1), 16))));
  }

  @ParameterizedTest(name = "{2}: {0}")
  @CsvFileSource(resources = "login-hosts.csv", delimiter = ';', useHeadersInDisplayName = true)
  void r05_parse_whatPeopleGive_isUnderstoodOrRefused(String given, String verdict, String why) {
    String text = withUnseen(given);

    if (verdict.equals("refused")) {
      assertThatIllegalArgumentException()
          .as(why)
          .isThrownBy(() -> LoginHost.parse(text))
          .withMessageContaining("LoginHost.custom")
          .withMessageNotContaining("hunter2");
    } else {
      assertThat(LoginHost.parse(text).uri()).as(why).hasToString(verdict);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "www",
        "my",
        "salesforce",
        "dev",
        "Staging",
        "default",
        "localhost",
        "null",
        "true"
      })
  void parse_wordThatNamesNoOrg_isRefusedWithAHint(String given) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoginHost.parse(given))
        .withMessageContaining("login.salesforce.com or test.salesforce.com");
  }

  @ParameterizedTest
  @ValueSource(strings = {"login", "test", "sandbox", "production", "prod"})
  void myDomain_wordForASharedHost_isRefused(String given) {
    assertThatIllegalArgumentException().isThrownBy(() -> LoginHost.myDomain(given));
  }

  @ParameterizedTest
  @CsvSource({
    "acme, acme",
    "https://acme.lightning.force.com/x, acme",
    "acme--uat, acme--uat.sandbox",
    "acme.develop.my.salesforce.com, acme.develop",
    "login, ",
    "acme.my.salesforce.mil, ",
    "acme.my.sfcrmproducts.cn, "
  })
  void myDomainName_ofAHost_isTheNameOfTheOrg(String given, @Nullable String name) {
    assertThat(LoginHost.parse(given).myDomainName()).isEqualTo(Optional.ofNullable(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://acme.my.site.com/partners",
        "http://localhost:8080",
        "https://acme.my.salesforce.com:8443"
      })
  void myDomainName_ofACustomHost_isEmpty(String address) {
    assertThat(LoginHost.custom(URI.create(address)).myDomainName()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"login.salesforce.com", "https://test.salesforce.com/"})
  void myDomain_aSharedHost_isRefused(String given) {
    assertThatIllegalArgumentException().isThrownBy(() -> LoginHost.myDomain(given));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://acme.example/secur/frontdoor.jsp?sid=hunter2",
        "acme.example#access_token=hunter2",
        "https://ada:hunter2/@acme.example/x",
        "ada@acme.example:hunter2@evil.com"
      })
  void r04_parse_secretInWhatIsRefused_isNotShown(String given) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoginHost.parse(given))
        .withMessageNotContaining("hunter2");
  }

  @ParameterizedTest(name = "{3}: {0} {1}")
  @CsvFileSource(resources = "instance-urls.csv", delimiter = ';', useHeadersInDisplayName = true)
  void r05_instanceUrl_byTheLoginHostOfTheGrant_mayReceiveTheTokenOrNot(
      String host, String instanceUrl, String verdict, String why) {
    TokenSet tokens =
        TokenSet.builder(Secret.of("access"), Instant.EPOCH)
            .attribute("instance_url", instanceUrl)
            .build();
    SalesforceTokens view = SalesforceTokens.of(tokens, LoginHost.custom(URI.create(host)));

    if (verdict.equals("refused")) {
      assertThatExceptionOfType(ProtocolException.class).as(why).isThrownBy(view::instanceUrl);
    } else {
      assertThat(view.instanceUrl()).as(why).isPresent();
    }
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
    assertThat(LoginHost.custom(URI.create(given)).uri()).hasToString(expected);
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
    assertThatIllegalArgumentException().isThrownBy(() -> LoginHost.custom(URI.create(given)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://login.salesforce.com",
        "https://acme.my.salesforce.com",
        "https://acme.my.site.com/partners",
        "http://localhost:8080",
        "http://[::1]:8080"
      })
  void fromStored_whatALoginHostWrote_isThatHost(String written) {
    LoginHost host = LoginHost.custom(URI.create(written));

    assertThat(LoginHost.fromStored(host.toString())).isEqualTo(host);
    assertThat(LoginHost.fromStored(host.uri().toString())).isEqualTo(host);
  }

  @Test
  void fromStored_hostsThatHaveAName_areThose() {
    assertThat(LoginHost.fromStored(LoginHost.production().toString()))
        .isEqualTo(LoginHost.production());
    assertThat(LoginHost.fromStored(LoginHost.myDomain("acme").toString()))
        .isEqualTo(LoginHost.myDomain("acme"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "acme",
        "login.salesforce.com",
        "http://acme.example",
        "not an address?sid=hunter2"
      })
  void r05_fromStored_whatNoLoginHostWrote_isRefused(String stored) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoginHost.fromStored(stored))
        .withMessageNotContaining("hunter2");
  }

  @Test
  void other_siteWithPath_putsThePathBeforeTheEndpoints() {
    LoginHost site = LoginHost.custom(URI.create("https://acme.my.site.com/partners"));

    assertThat(OAuthEndpoints.token(site.uri()))
        .hasToString("https://acme.my.site.com/partners/services/oauth2/token");
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "/", "a"})
  void parse_endless_isRefusedWithoutALook(String piece) {
    String endless = "acme" + piece.repeat(1_000_000) + "x";

    assertThatIllegalArgumentException().isThrownBy(() -> LoginHost.parse(endless));
  }

  @ParameterizedTest
  @CsvSource({
    "acme, acme",
    "acme--uat.sandbox, acme--uat.sandbox",
    "https://acme.lightning.force.com/lightning/page/home, acme",
    "acme.my.salesforce.com, acme",
    "acme-dev-ed.develop.my.salesforce.com, acme-dev-ed.develop",
    "login, ''",
    "login.salesforce.com, ''"
  })
  void workspaceRef_hostThatAmpersandReaches_isItsName(String host, String name) {
    assertThat(LoginHost.parse(host).workspaceRef().orElse("")).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://test.salesforce.com",
        "https://acme.my.salesforce.mil",
        "https://acme.my.sfcrmproducts.cn",
        "https://acme.cloudforce.com",
        "https://acme.my.site.com/partners",
        "https://crm.acme.example"
      })
  void workspaceRef_hostThatAmpersandCannotName_isRefusedWithASentence(String host) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoginHost.fromStored(host).workspaceRef())
        .withMessageStartingWith("Ampersand ");
  }
}
