package com.withampersand.sdk.salesforce.metadata;

import static com.withampersand.sdk.salesforce.metadata.Samples.app;
import static com.withampersand.sdk.salesforce.metadata.Samples.certificate;
import static com.withampersand.sdk.salesforce.metadata.Samples.settings;
import static com.withampersand.sdk.salesforce.metadata.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.salesforce.SalesforceAppSettings;
import com.withampersand.sdk.salesforce.SalesforceScopes;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SalesforceAppMetadataTest {
  private static final String GLOBAL = "ExtlClntAppGlobalOauthSettings/";
  private static final String POLICIES = "ExtlClntAppOauthConfigurablePolicies/";
  private static final String CONFIG = "ConnectedApp/oauthConfig/";

  private static String withBytesBehind(String pem) {
    byte[] bytes = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, bytes.length + 50));
  }

  private static List<Violation> violations(SalesforceAppMetadata.Builder app) {
    try {
      app.build();
    } catch (InvalidProviderAppException e) {
      return e.violations();
    }
    throw new AssertionError("build() accepted it");
  }

  @Test
  void files_externalClientApp_areFourAndTheirManifest() {
    assertThat(app().build().files())
        .containsOnlyKeys(
            "externalClientApps/Acme_Sync.eca-meta.xml",
            "extlClntAppGlobalOauthSets/Acme_Sync_glbloauth.ecaGlblOauth-meta.xml",
            "extlClntAppOauthPolicies/Acme_Sync_oauthPlcy.ecaOauthPlcy-meta.xml",
            "extlClntAppOauthSettings/Acme_Sync_oauth.ecaOauth-meta.xml",
            "package.xml")
        .containsEntry(
            "externalClientApps/Acme_Sync.eca-meta.xml",
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <ExternalClientApplication xmlns="http://soap.sforce.com/2006/04/metadata">
                <contactEmail>ops@acme.example</contactEmail>
                <description></description>
                <distributionState>Local</distributionState>
                <isProtected>false</isProtected>
                <label>Acme Sync</label>
            </ExternalClientApplication>
            """);
  }

  @Test
  void files_connectedApp_isOneAndItsManifest() {
    SalesforceAppMetadata app = app().asConnectedApp().preauthorized("Sync", "Admins").build();

    assertThat(app.files())
        .containsOnlyKeys("connectedApps/Acme_Sync.connectedApp-meta.xml", "package.xml");
    assertThat(app.isConnectedApp()).isTrue();
    assertThat(text(app, CONFIG + "isPkceRequired")).isEqualTo("false");
    assertThat(text(app, CONFIG + "isAdminApproved")).isEqualTo("true");
    assertThat(text(app, "ConnectedApp/oauthPolicy/refreshTokenPolicy")).isEqualTo("infinite");
    assertThat(app.elements())
        .containsEntry(CONFIG + "scopes", List.of("Api", "RefreshToken"))
        .containsEntry("ConnectedApp/permissionSetName", List.of("Sync", "Admins"));
  }

  @Test
  void build_defaults_areThoseUnderWhichConnectionsLive() {
    SalesforceAppMetadata app = app().build();

    assertThat(text(app, GLOBAL + "isPkceRequired")).isEqualTo("false");
    assertThat(text(app, GLOBAL + "isRefreshTokenRotationEnabled")).isEqualTo("true");
    assertThat(text(app, GLOBAL + "isConsumerSecretOptional")).isEqualTo("false");
    assertThat(text(app, GLOBAL + "isSecretRequiredForRefreshToken")).isEqualTo("true");
    assertThat(text(app, POLICIES + "refreshTokenPolicyType")).isEqualTo("Infinite");
    assertThat(text(app, POLICIES + "ipRelaxationPolicyType")).isEqualTo("Enforce_RelaxRefresh");
    assertThat(text(app, POLICIES + "permittedUsersPolicyType")).isEqualTo("AllSelfAuthorized");
    assertThat(app.elements()).doesNotContainKeys(GLOBAL + "consumerKey", GLOBAL + "certificate");
  }

  @Test
  void build_pkceAndRotation_areAsTheSettingsSay() {
    SalesforceAppSettings settings = settings().withPkce().doesNotRotateRefreshTokens().build();

    for (SalesforceAppMetadata app :
        List.of(app(settings).build(), app(settings).asConnectedApp().build())) {
      String oauth = app.isConnectedApp() ? CONFIG : GLOBAL;
      assertThat(text(app, oauth + "isPkceRequired")).isEqualTo("true");
      assertThat(text(app, oauth + "isRefreshTokenRotationEnabled")).isEqualTo("false");
    }
  }

  @Test
  void build_severalCallbacks_haveALineEach() {
    SalesforceAppSettings settings =
        settings().alsoCallbacks(URI.create("http://localhost:8080/callback")).build();

    assertThat(text(app(settings).build(), GLOBAL + "callbackUrl"))
        .isEqualTo(Samples.CALLBACK + "\nhttp://localhost:8080/callback");
  }

  @Test
  void build_everyKnownScope_hasAName() {
    String[] scopes =
        Stream.of(SalesforceScopes.class.getFields())
            .map(SalesforceAppMetadataTest::constant)
            .toArray(String[]::new);

    SalesforceAppMetadata app = app(settings().scopes(scopes).build()).build();

    assertThat(text(app, "ExtlClntAppOauthSettings/commaSeparatedOauthScopes").split(", "))
        .hasSizeGreaterThan(18)
        .doesNotHaveDuplicates()
        .contains("OpenID", "Wave", "CDPQuery", "SFApiPlatform", "MCP", "OfflineAccess");
  }

  private static String constant(java.lang.reflect.Field field) {
    try {
      return String.valueOf(field.get(null));
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void build_scopeWithoutAKnownName_isNamedWithWhatToDo() {
    SalesforceAppSettings settings = settings().scopes("refresh_token", "cdp_api", "acme").build();

    assertThat(violations(app(settings)))
        .hasSize(2)
        .allSatisfy(violation -> assertThat(violation.remedy()).contains("scopeName("));
    assertThat(
            text(
                app(settings).scopeName("cdp_api", "CDP").scopeName("acme", "Acme").build(),
                "ExtlClntAppOauthSettings/commaSeparatedOauthScopes"))
        .isEqualTo("RefreshToken, CDP, Acme");
  }

  @Test
  void build_packaged_saysSo() {
    assertThat(text(app().packaged().build(), "ExternalClientApplication/distributionState"))
        .isEqualTo("Packaged");
  }

  @Test
  void build_refreshTokensExpireUnused_isWrittenInDays() {
    SalesforceAppMetadata app = app().refreshTokensExpireUnused(Duration.ofDays(30)).build();

    assertThat(text(app, POLICIES + "refreshTokenPolicyType")).isEqualTo("SpecificInactivity");
    assertThat(text(app, POLICIES + "refreshTokenValidityPeriod")).isEqualTo("30");
    assertThat(text(app, POLICIES + "refreshTokenValidityUnit")).isEqualTo("Days");
    assertThat(
            text(
                app().asConnectedApp().refreshTokensExpireUnused(Duration.ofDays(90)).build(),
                "ConnectedApp/oauthPolicy/refreshTokenPolicy"))
        .isEqualTo("specific_inactivity:90:DAYS");
  }

  @Test
  void build_clientCredentials_areOnInSettingsAndPolicies() {
    SalesforceAppMetadata app = app().clientCredentials("sync@acme.example").build();

    assertThat(text(app, GLOBAL + "isClientCredentialsFlowEnabled")).isEqualTo("true");
    assertThat(text(app, POLICIES + "isClientCredentialsFlowEnabled")).isEqualTo("true");
    assertThat(text(app, POLICIES + "clientCredentialsFlowUser")).isEqualTo("sync@acme.example");
  }

  @ParameterizedTest
  @MethodSource
  void certificate_howeverItIsPasted_isOneLineOfBase64(UnaryOperator<String> pasted) {
    String pem = certificate("rsa-2048");

    String written = text(app().certificate(pasted.apply(pem)).build(), GLOBAL + "certificate");

    assertThat(written).matches("MII[A-Za-z0-9+/]+=*");
    assertThat(pem.replaceAll("\\s", "")).contains(written);
  }

  static Stream<UnaryOperator<String>> certificate_howeverItIsPasted_isOneLineOfBase64() {
    return Stream.of(
        pem -> pem,
        pem -> pem.replace("\n", "\r\n"),
        pem -> pem.replace("\n", "\\n"),
        pem -> pem.replaceAll("-----[A-Z ]+-----", ""),
        pem -> "\n  " + pem + "  \n");
  }

  /** Each input with the field that is wrong, and a word of the explanation. */
  static Stream<Arguments> build_whatTheMetadataApiRefuses_isReported() {
    return Stream.of(
        Arguments.of(app().label(" "), "label", "blank"),
        Arguments.of(app().label("two\nlines"), "label", "line end"),
        Arguments.of(app().label("be\u0007ll"), "label", "character"),
        Arguments.of(
            app().refreshTokensExpireUnused(Duration.ofDays(29)),
            "refreshTokensExpireUnused",
            "30"),
        Arguments.of(
            app().refreshTokensExpireUnused(Duration.ofHours(999)),
            "refreshTokensExpireUnused",
            "whole days"),
        Arguments.of(
            app().refreshTokensExpireUnused(Duration.ofDays(-40)),
            "refreshTokensExpireUnused",
            "30"),
        Arguments.of(
            app().refreshTokensExpireUnused(Duration.ofDays(2_000_000)),
            "refreshTokensExpireUnused",
            "36,500"),
        Arguments.of(app().preauthorized(), "preauthorized", "No permission set"),
        Arguments.of(app().preauthorized("Acme Users"), "preauthorized", "API name"),
        Arguments.of(
            app().certificate(certificate("rsa-2048") + certificate("rsa-2048-other")),
            "certificate",
            "X.509"),
        Arguments.of(
            app().certificate(withBytesBehind(certificate("rsa-2048"))), "certificate", "X.509"),
        Arguments.of(app().label("half \uD83D"), "label", "character"),
        Arguments.of(app().label("x".repeat(81)), "label", "80"),
        Arguments.of(app().description("nul\0"), "description", "character"),
        Arguments.of(app().preauthorized("One,Two"), "preauthorized", "API name"),
        Arguments.of(app().preauthorized(""), "preauthorized", "API name"),
        Arguments.of(app().clientCredentials("sync"), "clientCredentials", "username"),
        Arguments.of(
            app().certificate("-----BEGIN PRIVATE KEY-----\nMII"), "certificate", "private"),
        Arguments.of(app().certificate("not Base64!"), "certificate", "X.509"),
        Arguments.of(app().certificate(""), "certificate", "X.509"),
        Arguments.of(
            app().certificate(certificate("rsa-2048").substring(0, 600)), "certificate", "X.509"),
        Arguments.of(app().certificate(certificate("ec")), "certificate", "RSA"),
        Arguments.of(app().certificate(certificate("rsa-1024")), "certificate", "RSA"),
        Arguments.of(
            app()
                .certificate(certificate("rsa-2048"))
                .clock(Clock.fixed(Instant.parse("2040-01-01T00:00:00Z"), ZoneOffset.UTC)),
            "certificate",
            "ended on 2036"),
        Arguments.of(app().consumerKey("0".repeat(64)), "consumerKey", "Consumer Secret"),
        Arguments.of(app().consumerKey("3MVG9 key"), "consumerKey", "white space"),
        Arguments.of(app().scopeName("api", "<Api>"), "scopeName", "<Api>"),
        Arguments.of(app().packaged().asConnectedApp(), "packaged", "External Client App"));
  }

  @ParameterizedTest
  @MethodSource
  void build_whatTheMetadataApiRefuses_isReported(
      SalesforceAppMetadata.Builder app, String field, String word) {
    assertThat(violations(app))
        .singleElement()
        .satisfies(
            violation -> {
              assertThat(violation.field()).isEqualTo(field);
              assertThat(violation.problem()).contains(word);
              assertThat(violation.remedy()).isNotBlank();
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Acme Sync",
        "1Acme",
        "_Acme",
        "Acme_",
        "Acme__Sync",
        "Acme-Sync",
        "Åcme",
        "a.b",
        "../x",
        "<x>"
      })
  void build_nameThatIsNoApiName_isRefused(String name) {
    assertThat(
            violations(
                SalesforceAppMetadata.builder(name, "ops@acme.example", settings().build())
                    .label("Acme")))
        .singleElement()
        .satisfies(violation -> assertThat(violation.field()).isEqualTo("name"));
  }

  @ParameterizedTest
  @CsvSource({
    "70, false, true",
    "71, false, false",
    "80, true, true",
    "81, true, false",
    "100000, true, false"
  })
  void build_longName_fitsIfEveryFileHasAName(int length, boolean connectedApp, boolean fits) {
    SalesforceAppMetadata.Builder app =
        SalesforceAppMetadata.builder("a".repeat(length), "ops@acme.example", settings().build())
            .label("Acme");
    if (connectedApp) {
      app.asConnectedApp();
    }

    if (fits) {
      assertThat(app.build().name()).hasSize(length);
    } else {
      assertThat(violations(app)).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ops",
        "ops@acme.example, dev@acme.example",
        "<ops@acme.example>",
        "ops@acme\n.example"
      })
  void build_emailThatIsNotOne_isRefused(String email) {
    assertThat(violations(SalesforceAppMetadata.builder("Acme", email, settings().build())))
        .singleElement()
        .satisfies(violation -> assertThat(violation.field()).isEqualTo("contactEmail"));
  }

  @Test
  void build_everythingWrong_reportsAllOfIt() {
    assertThat(
            violations(
                SalesforceAppMetadata.builder("1", "x", settings().build())
                    .label("")
                    .certificate("x")
                    .clientCredentials("")))
        .hasSize(5);
  }

  @Test
  void files_labelWithMarkupAndEmoji_isEscaped() {
    SalesforceAppMetadata app = app().label("<b> & \"co\" 🚀").description("]]> &amp;").build();

    assertThat(app.files().get("externalClientApps/Acme_Sync.eca-meta.xml"))
        .contains("<label>&lt;b&gt; &amp; \"co\" 🚀</label>")
        .contains("<description>]]&gt; &amp;amp;</description>");
  }

  @Test
  void files_consumerKey_onlyIfAskedFor() {
    String key = "3MVG9_example.key";

    assertThat(app().consumerKey(key).build().consumerKey()).contains(key);
    assertThat(app().build().consumerKey()).isEmpty();
    assertThat(app().build().files().values()).noneMatch(text -> text.contains("consumerKey"));
  }

  @Test
  void build_blanksAroundTexts_areNotPartOfThem() {
    SalesforceAppMetadata app = app().label(" Acme ").description("\r\nTwo\r\nlines. ").build();

    assertThat(text(app, "ExternalClientApplication/label")).isEqualTo("Acme");
    assertThat(text(app, "ExternalClientApplication/description")).isEqualTo("Two\nlines.");
  }

  @Test
  void certificate_asAnObject_isTheSame() throws Exception {
    String pem = certificate("rsa-2048");

    assertThat(app().certificate(PemCertificate.parse(pem)).build().files())
        .isEqualTo(app().certificate(pem).build().files());
  }

  @Test
  void build_nullWhereARequiredValueIs_isRefused() {
    assertThatExceptionOfType(NullPointerException.class)
        .isThrownBy(() -> app().label(nothing()))
        .withMessage("label");
  }

  @SuppressWarnings("NullAway")
  private static String nothing() {
    return null;
  }
}
