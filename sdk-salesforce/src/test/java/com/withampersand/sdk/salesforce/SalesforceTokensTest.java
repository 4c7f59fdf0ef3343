package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceTokensTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private static SalesforceTokens with(String attribute, String value) {
    return SalesforceTokens.of(
        TokenSet.builder(Secret.of("access"), NOW).attribute(attribute, value).build());
  }

  @Test
  void of_fullAnswer_readsEverything() {
    SalesforceTokens tokens =
        SalesforceTokens.of(
            TokenSet.builder(Secret.of("access"), NOW)
                .attribute("instance_url", "https://acme.my.salesforce.com/")
                .attribute(
                    "id", "https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU")
                .attribute("issued_at", "1278448101416")
                .attribute("signature", "CMJ4l+CCaPQiKjoOEwEig9H4wqhpuLSk4J2urAe+fVg=")
                .attribute("sfdc_community_url", "https://acme.my.site.com/partners")
                .attribute("sfdc_community_id", "0DBx0000000001")
                .attribute("token_format", "jwt")
                .build());

    assertThat(tokens.instanceUrl()).contains(URI.create("https://acme.my.salesforce.com"));
    assertThat(tokens.organizationId()).contains("00Dx0000000BV7zEAG");
    assertThat(tokens.userId()).contains("005x00000012Q9PAAU");
    assertThat(tokens.issuedAt()).contains(Instant.parse("2010-07-06T20:28:21.416Z"));
    assertThat(tokens.signature()).contains("CMJ4l+CCaPQiKjoOEwEig9H4wqhpuLSk4J2urAe+fVg=");
    assertThat(tokens.communityUrl()).contains("https://acme.my.site.com/partners");
    assertThat(tokens.communityId()).contains("0DBx0000000001");
    assertThat(tokens.tokenFormat()).contains("jwt");
  }

  @Test
  void of_accessTokenAlone_isEmptyEverywhere() {
    SalesforceTokens tokens =
        SalesforceTokens.of(TokenSet.builder(Secret.of("access"), NOW).build());

    assertThat(tokens.instanceUrl()).isEmpty();
    assertThat(tokens.identityUrl()).isEmpty();
    assertThat(tokens.organizationId()).isEmpty();
    assertThat(tokens.issuedAt()).isEmpty();
  }

  private static SalesforceTokens atAmpersand(String provider, String workspace) {
    return SalesforceTokens.of(
        TokenSet.builder(Secret.of("access"), NOW)
            .attribute("ampersand_provider", provider)
            .attribute("ampersand_workspace", workspace)
            .build());
  }

  @ParameterizedTest
  @CsvSource({
    "salesforce, acme, https://acme.my.salesforce.com",
    "salesforce, acme--uat.sandbox, https://acme--uat.sandbox.my.salesforce.com",
    "salesforceJWT, acme, https://acme.my.salesforce.com"
  })
  void instanceUrl_keptByAmpersand_isMadeOfTheWorkspace(
      String provider, String workspace, String url) {
    assertThat(atAmpersand(provider, workspace).instanceUrl()).contains(URI.create(url));
  }

  @ParameterizedTest
  @CsvSource({
    "hubspot, acme",
    "salesforce, evil.com/x",
    "salesforce, evil.com#",
    "salesforce, evil.com?x=",
    "salesforce, user@evil.com",
    "salesforce, https://evil.com",
    "salesforce, a.b.c"
  })
  void r05_instanceUrl_workspaceIsNoMyDomainOfSalesforce_isEmpty(
      String provider, String workspace) {
    assertThat(atAmpersand(provider, workspace).instanceUrl()).isEmpty();
  }

  @Test
  void instanceUrl_namedBySalesforce_winsOverTheWorkspace() {
    TokenSet tokens =
        atAmpersand("salesforce", "acme").tokens().toBuilder()
            .attribute("instance_url", "https://globex.my.salesforce.com")
            .build();

    assertThat(SalesforceTokens.of(tokens).instanceUrl())
        .contains(URI.create("https://globex.my.salesforce.com"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://acme.my.salesforce.com",
        "https://usa77.salesforce.com",
        "https://acme--uat.sandbox.my.salesforce.com",
        "https://acme.my.salesforce.mil",
        "https://acme.my.sfcrmproducts.cn",
        "https://acme.my.salesforce.com:443"
      })
  void r05_instanceUrl_ofSalesforce_isHandedOut(String url) {
    assertThat(with("instance_url", url).instanceUrl()).contains(URI.create(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.com",
        "http://acme.my.salesforce.com",
        "https://evilsalesforce.com",
        "https://acme.my.salesforce.com.evil.com",
        "https://acme.my.salesforce.com@evil.com",
        "https://user@acme.my.salesforce.com",
        "http://localhost.evil.com",
        "acme.my.salesforce.com",
        "http://localhost:8080",
        "http://127.0.0.1:8500",
        "http://[::1]:8500",
        "https://127.0.0.1",
        "not an address",
        ""
      })
  void r05_instanceUrl_ofAnybodyElse_isNotHandedOut(String url) {
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> with("instance_url", url).instanceUrl());
  }

  @Test
  void r05_instanceUrl_ofANamedHost_isHandedOut() {
    TokenSet tokens = with("instance_url", "http://localhost:8080").tokens();
    LoginHost named = LoginHost.custom(URI.create("http://localhost:8080"));

    assertThat(SalesforceTokens.of(tokens, LoginHost.production(), named).instanceUrl())
        .contains(URI.create("http://localhost:8080"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://access.evil.example/access",
        "https://1234567890123456789.evil.example",
        "https://consumerSecret0123456789.a-harmless-name-of-2026.evil.example",
        "https://0123456789ABCDEF0123456789ABCDEF.0123456789abcdef0123456789abcdef.evil.example"
      })
  void instanceUrl_foreignHostThatEchoesASecret_isShownWithoutIt(String url) {
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> with("instance_url", url).instanceUrl())
        .satisfies(
            failure ->
                assertThat(failure.getMessage())
                    .contains("***.")
                    .contains("evil.example")
                    .doesNotContain("access.", "1234567890", "0123456789"));
  }

  @ParameterizedTest
  @CsvSource({"garbage", "12:30", "999999999999999999999999"})
  void issuedAt_unreadable_isEmpty(String issuedAt) {
    assertThat(with("issued_at", issuedAt).issuedAt()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://login.salesforce.com/id/", "https://login.salesforce.com/id/x/y", "x"})
  void identity_unreadable_isEmpty(String id) {
    assertThat(with("id", id).organizationId()).isEmpty();
    assertThat(with("id", id).identityUrl()).isEmpty();
  }
}
