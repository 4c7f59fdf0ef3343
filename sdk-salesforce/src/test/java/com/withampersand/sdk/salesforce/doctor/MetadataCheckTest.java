package com.withampersand.sdk.salesforce.doctor;

import static com.withampersand.sdk.salesforce.metadata.Samples.app;
import static com.withampersand.sdk.salesforce.metadata.Samples.certificate;
import static com.withampersand.sdk.salesforce.metadata.Samples.settings;
import static com.withampersand.sdk.salesforce.metadata.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceAppSettings;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Finding;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Level;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataCheckTest {
  private static final String TOKEN = "5Aep861TSESvWeug_xvFHRBTTbf";

  private static final LoginHost ACME = LoginHost.myDomain("acme");

  @TempDir private Path directory;

  private SalesforceAppMetadata written(SalesforceAppMetadata declared) {
    declared.writeTo(directory);
    return SalesforceAppMetadata.read(directory, declared.name());
  }

  private SalesforceAppMetadata changed(SalesforceAppMetadata declared, String from, String to) {
    declared.writeTo(directory);
    try (Stream<Path> files = Files.walk(directory)) {
      int changed = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file);
        changed += text.contains(from) ? 1 : 0;
        Files.writeString(file, text.replace(from, to));
      }
      assertThat(changed).as("files that have " + from).isPositive();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return SalesforceAppMetadata.read(directory, declared.name());
  }

  private SalesforceAppMetadata withoutManifest(
      SalesforceAppMetadata declared, String from, String to) {
    try {
      Files.delete(directory.resolve("package.xml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return changed(declared, from, to);
  }

  private static Finding only(DoctorReport report) {
    assertThat(report.findings()).hasSize(1);
    return report.findings().get(0);
  }

  private Finding after(SalesforceAppMetadata declared, String from, String to) {
    return only(SalesforceDoctor.check(changed(declared, from, to), declared));
  }

  private static SalesforceAppMetadata full() {
    return app(settings().scopes("api", "refresh_token", "openid").withPkce().build())
        .certificate(certificate("rsa-2048"))
        .clientCredentials("sync@acme.example")
        .preauthorized("Sync", "Admins")
        .refreshTokensExpireUnused(Duration.ofDays(30))
        .description("Syncs contacts.")
        .build();
  }

  private static SalesforceAppMetadata fullConnectedApp() {
    return app(settings().scopes("api", "refresh_token", "openid").withPkce().build())
        .asConnectedApp()
        .certificate(certificate("rsa-2048"))
        .clientCredentials("sync@acme.example")
        .preauthorized("Sync", "Admins")
        .refreshTokensExpireUnused(Duration.ofDays(30))
        .build();
  }

  static Stream<SalesforceAppMetadata> check_whatWasWritten_findsNothing() {
    return Stream.of(
        app().build(),
        app().asConnectedApp().build(),
        app().packaged().enforceIpRanges().build(),
        app(SalesforceAppSettings.builder().scopes("offline_access id full").build()).build(),
        app(settings().doesNotRotateRefreshTokens().build()).build(),
        full(),
        fullConnectedApp());
  }

  @ParameterizedTest
  @MethodSource
  void check_whatWasWritten_findsNothing(SalesforceAppMetadata declared) {
    DoctorReport report = SalesforceDoctor.check(written(declared), declared);

    boolean enforces = declared.elements().toString().contains("=[Enforce]");
    assertThat(report.findings()).isEmpty();
    assertThat(report.unseen()).hasSize(enforces ? 2 : 1);
  }

  /** One hand on each setting, by the element that it changes. */
  static Stream<String> elementsOfAnExternalClientApp() {
    return full().elements().keySet().stream().filter(MetadataCheckTest::isASetting);
  }

  static Stream<String> elementsOfAConnectedApp() {
    return fullConnectedApp().elements().keySet().stream().filter(MetadataCheckTest::isASetting);
  }

  private static boolean isASetting(String path) {
    boolean names = path.endsWith("/externalClientApplication") || path.endsWith("/label");
    return path.contains("/") && (!names || path.equals("ExternalClientApplication/label"));
  }

  @ParameterizedTest
  @MethodSource("elementsOfAnExternalClientApp")
  void check_eachSettingOfAnExternalClientAppChanged_isOneFinding(String path) throws IOException {
    assertOneFinding(full(), path);
  }

  @ParameterizedTest
  @MethodSource("elementsOfAConnectedApp")
  void check_eachSettingOfAConnectedAppChanged_isOneFinding(String path) throws IOException {
    assertOneFinding(fullConnectedApp(), path);
  }

  private void assertOneFinding(SalesforceAppMetadata declared, String path) throws IOException {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String type = path.substring(0, path.indexOf('/'));
    String text = declared.elements().getOrDefault(path, List.of()).get(0);
    declared.writeTo(directory);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String xml = Files.readString(file);
        if (xml.contains("<" + type + " ")) {
          String element = "<" + name + ">" + text + "</" + name + ">";
          assertThat(xml).contains(element);
          Files.writeString(
              file, xml.replace(element, "<" + name + ">" + other(name, text) + "</" + name + ">"));
        }
      }
    }

    Finding finding =
        only(
            SalesforceDoctor.check(
                SalesforceAppMetadata.read(directory, declared.name()), declared));

    assertThat(finding.seen() + finding.why() + finding.remedy()).doesNotContain("null");
  }

  /** Another value that the Metadata API takes. */
  private static String other(String name, String text) {
    return switch (name) {
      case "distributionState" -> "Packaged";
      case "permittedUsersPolicyType" -> "AllSelfAuthorized";
      case "refreshTokenPolicyType" -> "Zero";
      case "refreshTokenValidityUnit" -> "Hours";
      case "refreshTokenPolicy" -> "zero";
      case "ipRelaxationPolicyType", "ipRelaxation" -> "Bypass";
      case "commaSeparatedOauthScopes" -> "Api, RefreshToken";
      case "scopes" -> "Web";
      case "certificate" -> certificate("rsa-2048-other").replaceAll("-----[A-Z ]+-----|\\s", "");
      case "callbackUrl" -> text + "/";
      default ->
          switch (text) {
            case "true" -> "false";
            case "false" -> "true";
            case "30" -> "29";
            default -> text + "x";
          };
    };
  }

  @Test
  void check_refreshScopeNotSelected_namesItByItsLabel() {
    Finding finding = after(app().build(), "Api, RefreshToken", "Api");

    assertThat(finding.code()).isEqualTo("refresh-scope-missing");
    assertThat(finding.level()).isEqualTo(Level.ERROR);
    assertThat(finding.seen()).contains("Perform requests at any time");
  }

  @Test
  void check_scopesNarrower_namesEachByItsLabel() {
    SalesforceAppMetadata declared =
        app(settings().scopes("api refresh_token openid wave_api").build()).build();

    Finding finding = after(declared, "Api, RefreshToken, OpenID, Wave", "RefreshToken, Wave");

    assertThat(finding.code()).isEqualTo("scopes-not-selected");
    assertThat(finding.seen())
        .contains("Manage user data via APIs (api)")
        .contains("Access unique user identifiers (openid)")
        .doesNotContain("wave_api");
  }

  @ParameterizedTest
  @CsvSource({
    "id, 'Address,Email,Phone,Profile,RefreshToken', true",
    "email, 'Basic, OfflineAccess', true",
    "api, 'RefreshToken,  Api', true",
    "chatter_api, 'Api,RefreshToken', false",
    "visualforce, 'Web,RefreshToken', false",
    "wave_api, 'Full,RefreshToken', false"
  })
  void check_scopesByOtherNames_areSelected(String scope, String selected, boolean same) {
    SalesforceAppMetadata declared = app(settings().scopes("refresh_token", scope).build()).build();
    String scopes = text(declared, "ExtlClntAppOauthSettings/commaSeparatedOauthScopes");

    DoctorReport report =
        SalesforceDoctor.check(
            changed(declared, ">" + scopes + "<", ">" + selected + "<"), declared);

    assertThat(report.findings())
        .extracting(Finding::code)
        .isEqualTo(same ? List.of() : List.of("differs-comma-separated-oauth-scopes"));
  }

  @Test
  void check_fullWithoutRefreshToken_isNotEnough() {
    SalesforceAppMetadata declared = app(settings().scopes("full refresh_token").build()).build();

    assertThat(after(declared, "Full, RefreshToken", "Full").code())
        .isEqualTo("refresh-scope-missing");
  }

  @Test
  void check_pkceRequiredOfAnAppWithout_isAnError_forAmpersandAWarningWithTheException() {
    SalesforceAppMetadata own = app().build();
    SalesforceAppMetadata ampersands =
        app(SalesforceAppSettings.builder().scopes("api refresh_token").build()).build();
    String off = "<isPkceRequired>false<";
    String on = "<isPkceRequired>true<";

    Finding byAmpersand = after(ampersands, off, on);

    assertThat(byAmpersand.code()).isEqualTo("pkce-required");
    assertThat(byAmpersand.level()).isEqualTo(Level.WARNING);
    assertThat(byAmpersand.why()).contains("more than two customers");
    own.overwrite(directory);
    assertThat(after(own, off, on).level()).isEqualTo(Level.ERROR);
  }

  @ParameterizedTest
  @CsvSource({
    "https://acme.example/salesforce/callback/, an extra slash",
    "https://acme.example/Salesforce/callback, upper-case and lower-case",
    "http://acme.example/salesforce/callback, its scheme",
    "https://acme.example/oauth, another path",
    "https://acme.example:8443/salesforce/callback, another path",
    "https://acme.example/salesforce/callback?x=1, another query",
    "https://other.example/callback, 'Registered: https://other.example/callback'",
    "'', None is registered"
  })
  void check_callbackDiffers_saysInWhat(String registered, String word) {
    Finding finding =
        after(
            app().build(),
            "<callbackUrl>https://acme.example/salesforce/callback<",
            "<callbackUrl>" + registered + "<");

    assertThat(finding.code()).isEqualTo("callback-not-registered");
    assertThat(finding.seen()).contains(word);
  }

  @Test
  void check_slashLess_isSaid() {
    SalesforceAppMetadata declared =
        app(settings().callback(URI.create("https://acme.example/")).build()).build();

    assertThat(after(declared, "https://acme.example/<", "https://acme.example<").seen())
        .contains("no slash");
  }

  @Test
  void check_callbacksOnLinesOfWindows_areRegistered() {
    SalesforceAppMetadata declared =
        app(settings().alsoCallbacks(URI.create("http://localhost:8080/callback")).build()).build();

    assertThat(
            SalesforceDoctor.check(
                    changed(declared, "\nhttp://localhost", "\r\n\r\n  http://localhost"), declared)
                .isHealthy())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "Zero, 0, Days, refresh-token-expires, Immediately expire refresh token",
    "SpecificLifetime, 90, Days, refresh-token-expires, Expire refresh token after 90 days",
    "SpecificLifetime, 1, Months, refresh-token-expires, after 1 month",
    "SpecificInactivity, 7, Days, refresh-token-expires-unused, not used for 7 days",
    "SpecificInactivity, 12, Hours, refresh-token-expires-unused, not used for 12 hours",
    "SpecificInactivity, 719, Hours, refresh-token-expires-unused, not used for 719 hours"
  })
  void check_refreshTokensExpire_saysWhenInTheWordsOfSetup(
      String type, int period, String unit, String code, String words) {
    Finding finding =
        after(
            app().build(),
            "<refreshTokenPolicyType>Infinite</refreshTokenPolicyType>",
            "<refreshTokenPolicyType>%s</refreshTokenPolicyType><refreshTokenValidityPeriod>%d</refreshTokenValidityPeriod><refreshTokenValidityUnit>%s</refreshTokenValidityUnit>"
                .formatted(type, period, unit));

    assertThat(finding.code()).isEqualTo(code);
    assertThat(finding.seen()).contains(words);
    assertThat(finding.actor()).isEqualTo(Actor.PROVIDER_ADMIN);
  }

  @ParameterizedTest
  @CsvSource({
    "zero, refresh-token-expires",
    "specific_lifetime:1:DAYS, refresh-token-expires",
    "specific_inactivity:7:DAYS, refresh-token-expires-unused",
    "specific_inactivity:30:DAYS, differs-refresh-token-policy",
    "specific_inactivity:2:MONTHS, differs-refresh-token-policy",
    "SPECIFIC_LIFETIME, refresh-token-expires",
    "forever, value-unknown-refresh-token-policy"
  })
  void check_refreshTokensOfAConnectedApp_areFoundLikewise(String policy, String code) {
    Finding finding =
        SalesforceDoctor.check(
                changed(
                    app().asConnectedApp().build(),
                    "<refreshTokenPolicy>infinite<",
                    "<refreshTokenPolicy>" + policy + "<"),
                app().asConnectedApp().build())
            .findings()
            .get(0);

    assertThat(finding.code()).isEqualTo(code);
  }

  @Test
  void check_namedUsersWithoutAName_isFound() {
    assertThat(after(app().build(), "AllSelfAuthorized", "AdminApprovedPreAuthorized").code())
        .isEqualTo("no-user-admitted");
  }

  @Test
  void check_namedUsersByProfile_areNamed() {
    DoctorReport report =
        SalesforceDoctor.check(
            changed(
                app().build(),
                "<permittedUsersPolicyType>AllSelfAuthorized</permittedUsersPolicyType>",
                "<permittedUsersPolicyType>AdminApprovedPreAuthorized</permittedUsersPolicyType><commaSeparatedProfile>System Administrator</commaSeparatedProfile>"),
            app().build());

    assertThat(report.findings())
        .extracting(Finding::code)
        .containsExactly("differs-permitted-users-policy-type", "differs-comma-separated-profile");
  }

  @Test
  void check_certificateMissing_saysThatJwtBearerIsOff() {
    SalesforceAppMetadata declared = app().certificate(certificate("rsa-2048")).build();
    SalesforceAppMetadata without = app().build();
    without.writeTo(directory);

    Finding finding = only(SalesforceDoctor.check(written(without), declared));

    assertThat(finding.code()).isEqualTo("jwt-bearer-not-enabled");
    assertThat(finding.seen()).contains("Enable JWT Bearer Flow");
  }

  @Test
  void check_certificateInAnyForm_isTheSame() {
    SalesforceAppMetadata declared = app().certificate(certificate("rsa-2048")).build();
    String base64 = text(declared, "ExtlClntAppGlobalOauthSettings/certificate");

    assertThat(
            SalesforceDoctor.check(changed(declared, base64, certificate("rsa-2048")), declared)
                .isHealthy())
        .isTrue();
  }

  @Test
  void check_certificateThatEnded_saysWhen() {
    SalesforceAppMetadata declared = app().certificate(certificate("rsa-2048")).build();

    DoctorReport report =
        SalesforceDoctor.check(
            written(declared),
            declared,
            Clock.fixed(Instant.parse("2040-01-01T00:00:00Z"), ZoneOffset.UTC));

    assertThat(only(report).code()).isEqualTo("certificate-expired");
    assertThat(only(report).seen()).contains("2036");
  }

  @ParameterizedTest
  @CsvSource({
    "<isClientCredentialsFlowEnabled>true, <isClientCredentialsFlowEnabled>false, client-credentials-not-enabled",
    "<clientCredentialsFlowUser>sync@acme.example, <clientCredentialsFlowUser>, run-as-user-missing"
  })
  void check_clientCredentialsNotReady_isFound(String from, String to, String code) {
    SalesforceAppMetadata declared = app().clientCredentials("sync@acme.example").build();

    assertThat(after(declared, from, to).code()).isEqualTo(code);
  }

  @Test
  void check_clientCredentialsOffInThePoliciesAlone_isFound() {
    SalesforceAppMetadata declared = app().clientCredentials("sync@acme.example").build();

    Finding finding =
        after(
            declared,
            "<isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled>\n    <isGuest",
            "<isClientCredentialsFlowEnabled>false</isClientCredentialsFlowEnabled>\n    <isGuest");

    assertThat(finding.code()).isEqualTo("client-credentials-not-enabled");
    assertThat(finding.seen()).contains("policies");
  }

  @Test
  void check_appDisabled_isFound() throws IOException {
    app().build().writeTo(directory);
    Files.createDirectories(directory.resolve("extlClntAppPolicies"));
    Files.writeString(
        directory.resolve("extlClntAppPolicies/Acme_Sync_plcy.ecaPlcy-meta.xml"),
        "<ExtlClntAppConfigurablePolicies><externalClientApplication>Acme_Sync</externalClientApplication><isEnabled>false</isEnabled></ExtlClntAppConfigurablePolicies>");

    assertThat(
            only(SalesforceDoctor.check(
                    SalesforceAppMetadata.read(directory, "Acme_Sync"), app().build()))
                .code())
        .isEqualTo("app-disabled");
  }

  @ParameterizedTest
  @CsvSource({
    "externalClientApps/Acme_Sync.eca-meta.xml, file-missing-external-client-application",
    "extlClntAppOauthPolicies/Acme_Sync_oauthPlcy.ecaOauthPlcy-meta.xml, file-missing-extl-clnt-app-oauth-configurable-policies",
    "extlClntAppGlobalOauthSets/Acme_Sync_glbloauth.ecaGlblOauth-meta.xml, file-missing-extl-clnt-app-global-oauth-settings"
  })
  void check_fileMissing_isFound(String path, String code) throws IOException {
    app().build().writeTo(directory);
    Files.delete(directory.resolve(path));

    DoctorReport report =
        SalesforceDoctor.check(SalesforceAppMetadata.read(directory, "Acme_Sync"), app().build());

    assertThat(only(report).code()).isEqualTo(code);
  }

  @Test
  void check_fileThatSaysNothing_isNotMissing() throws IOException {
    app().build().writeTo(directory);
    Files.writeString(
        directory.resolve("extlClntAppOauthSettings/Acme_Sync_oauth.ecaOauth-meta.xml"),
        "<ExtlClntAppOauthSettings><externalClientApplication>Acme_Sync</externalClientApplication></ExtlClntAppOauthSettings>");

    DoctorReport report =
        SalesforceDoctor.check(SalesforceAppMetadata.read(directory, "Acme_Sync"), app().build());

    assertThat(report.findings())
        .extracting(Finding::code)
        .containsExactly("refresh-scope-missing", "scopes-not-selected");
  }

  @Test
  void check_declaredElementLeftOut_isNotSeen() {
    SalesforceAppMetadata found =
        changed(app().build(), "<refreshTokenPolicyType>Infinite</refreshTokenPolicyType>", "");

    DoctorReport report = SalesforceDoctor.check(found, app().build());

    assertThat(report.findings()).isEmpty();
    assertThat(report.unseen()).anyMatch(line -> line.contains("refreshTokenPolicyType"));
  }

  @Test
  void check_otherKind_isAnErrorAndNothingElse() {
    SalesforceAppMetadata found = written(app().asConnectedApp().build());

    assertThat(only(SalesforceDoctor.check(found, app().packaged().build())).code())
        .isEqualTo("kind-differs");
  }

  @Test
  void check_otherName_isAnError() {
    SalesforceAppMetadata found =
        written(
            SalesforceAppMetadata.builder("Other", "ops@acme.example", settings().build())
                .label("Acme Sync")
                .build());

    assertThat(only(SalesforceDoctor.check(found, app().build())).code()).isEqualTo("name-differs");
  }

  /** In the org of a customer: the namespace of the package, and who manages the app. */
  @Test
  void check_appOfAPackage_isAsDeclared() throws IOException {
    SalesforceAppMetadata declared = app().packaged().build();
    declared.writeTo(directory);
    Files.move(
        directory.resolve("externalClientApps/Acme_Sync.eca-meta.xml"),
        directory.resolve("externalClientApps/acme__Acme_Sync.eca-meta.xml"));
    SalesforceAppMetadata found =
        replaced(">Acme_Sync<", ">acme__Acme_Sync<", ">Packaged<", ">Managed<");

    assertThat(SalesforceDoctor.check(found, declared).findings()).isEmpty();
  }

  private SalesforceAppMetadata replaced(String... pairs) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file);
        for (int i = 0; i < pairs.length; i += 2) {
          text = text.replace(pairs[i], pairs[i + 1]);
        }
        Files.writeString(file, text);
      }
    }
    return SalesforceAppMetadata.read(directory, "Acme_Sync");
  }

  @ParameterizedTest
  @CsvSource({
    "<callbackUrl>, <certificate>TUlJ</certificate><callbackUrl>, differs-certificate",
    "<permittedUsersPolicyType>, <commaSeparatedProfile>Admin</commaSeparatedProfile><permittedUsersPolicyType>, differs-comma-separated-profile",
    "<permittedUsersPolicyType>, <clientCredentialsFlowUser>a@b.example</clientCredentialsFlowUser><permittedUsersPolicyType>, differs-client-credentials-flow-user"
  })
  void check_undeclaredKeyOrUser_isFound(String from, String to, String code) {
    assertThat(after(app().build(), from, to).code()).isEqualTo(code);
  }

  @Test
  void check_unitThatIsNone_forgesNoLine() {
    SalesforceAppMetadata found =
        changed(
            app().build(),
            "<refreshTokenPolicyType>Infinite</refreshTokenPolicyType>",
            "<refreshTokenPolicyType>SpecificLifetime</refreshTokenPolicyType><refreshTokenValidityPeriod>5</refreshTokenValidityPeriod><refreshTokenValidityUnit>days\nERROR forged</refreshTokenValidityUnit>");

    DoctorReport report = SalesforceDoctor.check(found, app().build());

    assertThat(report.findings())
        .filteredOn(finding -> finding.code().equals("refresh-token-expires"))
        .singleElement()
        .satisfies(
            finding -> assertThat(finding.why()).contains("a time that the files do not say"));
    assertThat(report.toString().lines()).noneMatch(line -> line.startsWith("ERROR forged"));
  }

  @Test
  void check_otherConsumerKey_showsTheEndsOfBoth() {
    String key = "3MVG9" + "1Aa2Bb3Cc4".repeat(7) + "key.";
    SalesforceAppMetadata found = changed(app().consumerKey(key + "found").build(), "Acme", "Acme");

    Finding finding =
        only(SalesforceDoctor.check(found, app().consumerKey(key + "declared").build()));

    assertThat(finding.seen()).contains("3MVG91Aa…ey.found", "3MVG91Aa…declared");
  }

  @Test
  void check_tokenInAText_isNotShown() {
    Finding finding =
        after(
            app().build(), "<callbackUrl>", "<callbackUrl>https://x.example/%s ".formatted(TOKEN));

    assertThat(finding.seen()).contains("https://x.example/***").doesNotContain(TOKEN);
  }

  @Test
  void check_severalCallbacksMissing_areAllNamed() {
    SalesforceAppMetadata declared =
        app(settings().alsoCallbacks(URI.create("http://localhost:8080/callback")).build()).build();

    Finding finding =
        after(
            declared,
            "<callbackUrl>https://acme.example/salesforce/callback\nhttp://localhost:8080/callback<",
            "<callbackUrl>https://x.example<");

    assertThat(finding.seen()).contains("acme.example/salesforce/callback", "localhost:8080");
  }

  @Test
  void check_callbackUrlTwice_isRead() {
    assertThat(
            SalesforceDoctor.check(
                    changed(
                        app().build(),
                        "<callbackUrl>",
                        "<callbackUrl>https://x.example</callbackUrl><callbackUrl>"),
                    app().build())
                .findings())
        .extracting(Finding::code)
        .containsExactly("differs-callback-url");
  }

  @Test
  void check_nearestCallback_isTheOneThatIsNamed() {
    assertThat(
            after(
                    app().build(),
                    "<callbackUrl>https://acme.example/salesforce/callback<",
                    "<callbackUrl>https://acme.example/other\nhttps://acme.example/salesforce/callback/<")
                .seen())
        .contains("callback/ has an extra slash");
  }

  @Test
  void check_connectedAppWithoutPolicies_isCheckedForItsUsers() {
    SalesforceAppMetadata declared =
        app().asConnectedApp().preauthorized("Sync").clientCredentials("a@b.example").build();
    declared.writeTo(directory);

    DoctorReport report =
        SalesforceDoctor.check(
            changedBy(
                text ->
                    text.replaceAll("(?s)<oauthPolicy>.*</oauthPolicy>", "")
                        .replaceAll("<permissionSetName>.*</permissionSetName>", "")
                        .replaceAll(
                            "<oauthClientCredentialUser>.*</oauthClientCredentialUser>", "")),
            declared);

    assertThat(report.findings())
        .extracting(Finding::code)
        .containsExactly("run-as-user-missing", "no-user-admitted");
  }

  private SalesforceAppMetadata changedBy(java.util.function.UnaryOperator<String> change) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(file, change.apply(Files.readString(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return SalesforceAppMetadata.read(directory, "Acme_Sync");
  }

  /** XML Schema, and tools, spell values in more than one way. */
  @ParameterizedTest
  @CsvSource({
    "<isPkceRequired>false<, <isPkceRequired>0<",
    "<isSecretRequiredForRefreshToken>true<, <isSecretRequiredForRefreshToken>TRUE<",
    "<refreshTokenPolicyType>Infinite<, <refreshTokenPolicyType>infinite<",
    "'Api, RefreshToken', 'api,refreshtoken'"
  })
  void check_valuesInOtherSpellings_areTheSame(String from, String to) {
    assertThat(SalesforceDoctor.check(changed(app().build(), from, to), app().build()).findings())
        .isEmpty();
  }

  @Test
  void check_labelWithManyBlanks_isComparedAtOnce() {
    DoctorReport report =
        SalesforceDoctor.check(
            changed(app().build(), ">Acme Sync<", ">a" + " ".repeat(900_000) + "b<"),
            app().build());

    assertThat(only(report).code()).isEqualTo("differs-label");
    assertThat(only(report).seen()).hasSizeLessThan(500);
  }

  @Test
  void check_certificateThatCannotBeRead_isNotSeen() {
    SalesforceAppMetadata declared = app().certificate(certificate("rsa-2048")).build();
    String base64 = text(declared, "ExtlClntAppGlobalOauthSettings/certificate");

    DoctorReport report =
        SalesforceDoctor.check(changed(declared, base64, "0P1000000000001"), declared);

    assertThat(report.findings()).isEmpty();
    assertThat(report.unseen()).anyMatch(line -> line.contains("declared certificate"));
  }

  @Test
  void examine_flowWithPkce_isPkce() {
    SalesforceApp app =
        SalesforceApp.builder("3MVG9_example.key", "0123456789ABCDEF".repeat(4))
            .settings(settings().build())
            .build();
    SalesforceAppMetadata requiring = written(app(settings().withPkce().build()).build());

    assertThat(
            SalesforceDoctor.builder(app, ACME)
                .withPkce()
                .metadata(requiring)
                .build()
                .examineOffline()
                .findings())
        .isEmpty();
  }

  @Test
  void examine_appThatCannotBeBuilt_saysThatMetadataWasNotChecked() {
    DoctorReport report =
        SalesforceDoctor.builderFromEnvironment(
                Map.of(
                    "SALESFORCE_CLIENT_ID", "3MVG9_example.key",
                    "SALESFORCE_CLIENT_SECRET", "0123456789ABCDEF".repeat(4),
                    "SALESFORCE_SCOPES", "api"))
            .metadata(written(app().build()))
            .build()
            .examineOffline();

    assertThat(report.unseen())
        .anyMatch(line -> line.startsWith("The metadata: it was not checked"));
  }

  @Test
  void check_elementsLeftOut_haveTheDefaultsThatSalesforceDocuments() {
    SalesforceAppMetadata declared = app().build();
    SalesforceAppMetadata connectedApp =
        SalesforceAppMetadata.builder("Old", "ops@acme.example", settings().build())
            .asConnectedApp()
            .build();

    assertThat(after(declared, "<isPkceRequired>false</isPkceRequired>", "").code())
        .isEqualTo("pkce-required");
    assertThat(
            SalesforceDoctor.check(
                    withoutManifest(connectedApp, "<isPkceRequired>false</isPkceRequired>", ""),
                    connectedApp)
                .isHealthy())
        .isTrue();
  }

  @Test
  void check_consumerSecretInAFile_isFoundAndNotShown() {
    String secret = "0123456789ABCDEF".repeat(4);

    Finding finding =
        after(
            app().build(),
            "<callbackUrl>",
            "<consumerSecret>" + secret + "</consumerSecret><callbackUrl>");

    assertThat(finding.code()).isEqualTo("consumer-secret-in-file");
    assertThat(finding.toString()).doesNotContain(secret);
  }

  @Test
  void examine_withMetadata_comparesWithTheApp() {
    SalesforceApp app =
        SalesforceApp.builder("3MVG9_example.key", "0123456789ABCDEF".repeat(4))
            .settings(settings().doesNotRotateRefreshTokens().build())
            .build();
    SalesforceAppMetadata metadata =
        changed(app().consumerKey("3MVG9_other.key").build(), "Api, RefreshToken", "RefreshToken");

    DoctorReport report =
        SalesforceDoctor.builder(app, ACME).metadata(metadata).build().examineOffline();

    assertThat(report.findings())
        .extracting(Finding::code)
        .containsExactly("metadata-of-other-app", "rotation-enabled", "scopes-not-selected");
  }

  @Test
  void examine_environmentWithPkceAndTwoCallbacks_isTheAppsPkce() {
    SalesforceDoctor doctor =
        SalesforceDoctor.builderFromEnvironment(
                Map.of(
                    "SALESFORCE_CLIENT_ID", "3MVG9_example.key",
                    "SALESFORCE_CLIENT_SECRET", "0123456789ABCDEF".repeat(4),
                    "SALESFORCE_PKCE", "true",
                    "SALESFORCE_SCOPES", "api refresh_token",
                    "SALESFORCE_CALLBACK",
                        "https://acme.example/salesforce/callback\r\nhttp://localhost:8080/callback"))
            .metadata(written(app().build()))
            .build();

    assertThat(doctor.examineOffline().findings())
        .extracting(Finding::code)
        .containsExactly("callback-not-registered", "pkce-not-required");
  }

  @ParameterizedTest
  @ValueSource(strings = {"maybe", "TRUE"})
  void examine_environmentWithAnotherPkce_isAFinding(String pkce) {
    DoctorReport report =
        SalesforceDoctor.builderFromEnvironment(
                Map.of(
                    "SALESFORCE_CLIENT_ID",
                    "3MVG9_example.key",
                    "SALESFORCE_CLIENT_SECRET",
                    "0123456789ABCDEF".repeat(4),
                    "SALESFORCE_PKCE",
                    pkce))
            .build()
            .examineOffline();

    assertThat(only(report).code()).isEqualTo("invalid-pkce");
  }
}
