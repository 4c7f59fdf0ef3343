package com.withampersand.sdk.salesforce.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.salesforce.SalesforceAppSettings;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Finding;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Metadata in the shapes in which public repositories hold it: made by clicks, by hand, by tools.
 */
class MetadataShapesTest {
  private static final String NAMESPACE = " xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

  @TempDir private Path directory;

  private void write(String path, String root, String... elements) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<"
            + root
            + NAMESPACE
            + ">\n    "
            + String.join("\n    ", elements)
            + "\n</"
            + root
            + ">\n");
  }

  private DoctorReport check(String name, SalesforceAppSettings.Builder settings) {
    SalesforceAppMetadata.Builder declared =
        SalesforceAppMetadata.builder(name, "ops@acme.example", settings.build());
    SalesforceAppMetadata found = SalesforceAppMetadata.read(directory, name);
    return SalesforceDoctor.check(
        found, found.isConnectedApp() ? declared.asConnectedApp().build() : declared.build());
  }

  private static SalesforceAppSettings.Builder settings(String callback) {
    return SalesforceAppSettings.builder()
        .scopes("api", "refresh_token")
        .callback(URI.create(callback));
  }

  private static List<String> codes(DoctorReport report) {
    return report.findings().stream()
        .map(Finding::code)
        .filter(code -> !code.startsWith("differs-") && !code.startsWith("file-missing-"))
        .toList();
  }

  /** The names that an org gives: the policies of the OAuth settings, and no global settings. */
  @Test
  void retrievedFromAnOrg_policiesUnderTheNameOfTheSettings() throws IOException {
    write(
        "externalClientApps/Data_Loader.eca-meta.xml",
        "ExternalClientApplication",
        "<contactEmail>dev@acme.example</contactEmail>",
        "<distributionState>Local</distributionState>",
        "<isProtected>false</isProtected>",
        "<label>Data Loader</label>",
        "<orgScopedExternalApp>00D000000000001:Data_Loader</orgScopedExternalApp>");
    write(
        "extlClntAppOauthSettings/Data_Loader_oauth.ecaOauth-meta.xml",
        "ExtlClntAppOauthSettings",
        "<commaSeparatedOauthScopes>Api, Web, RefreshToken</commaSeparatedOauthScopes>",
        "<externalClientApplication>Data_Loader</externalClientApplication>",
        "<isFirstPartyAppEnabled>false</isFirstPartyAppEnabled>",
        "<label>Data_Loader_oauth</label>",
        "<oauthLink>00D000000000001:888000000000001</oauthLink>");
    write(
        "extlClntAppOauthPolicies/Data_Loader_oauth_defaultPolicy.ecaOauthPlcy-meta.xml",
        "ExtlClntAppOauthConfigurablePolicies",
        "<externalClientApplication>Data_Loader</externalClientApplication>",
        "<ipRelaxationPolicyType>Enforce</ipRelaxationPolicyType>",
        "<isClientCredentialsFlowEnabled>false</isClientCredentialsFlowEnabled>",
        "<label>Data_Loader_oauth_defaultPolicy</label>",
        "<permittedUsersPolicyType>AllSelfAuthorized</permittedUsersPolicyType>",
        "<refreshTokenPolicyType>SpecificLifetime</refreshTokenPolicyType>",
        "<refreshTokenValidityPeriod>365</refreshTokenValidityPeriod>",
        "<refreshTokenValidityUnit>Days</refreshTokenValidityUnit>",
        "<requiredSessionLevel>STANDARD</requiredSessionLevel>");

    DoctorReport report = check("Data_Loader", settings("https://acme.example/callback"));

    assertThat(codes(report)).containsExactly("refresh-token-expires", "ip-restricted");
    assertThat(report.findings().get(0).seen()).contains("after 365 days");
    assertThat(report.unseen()).anyMatch(line -> line.startsWith("Callbacks, PKCE"));
  }

  /** By hand: an ending and elements that Salesforce does not know, and no name of the app. */
  @Test
  void writtenByHand_forAMobileApp() throws IOException {
    write(
        "externalClientApps/Field_App.eca-meta.xml",
        "ExternalClientApplication",
        "<contactEmail>mobile@acme.example</contactEmail>",
        "<distributionState>Packageable</distributionState>",
        "<label>Field App</label>");
    write(
        "extlClntAppGlobalOauthSets/Field_App.ecaGlobalOauth-meta.xml",
        "ExtlClntAppGlobalOauthSettings",
        "<callbackUrl>fieldapp://oauth/callback</callbackUrl>",
        "<isConsumerSecretOptional>true</isConsumerSecretOptional>",
        "<isPkceRequired>true</isPkceRequired>");
    write(
        "extlClntAppOauthSettings/Field_App.ecaOauth-meta.xml",
        "ExtlClntAppOauthSettings",
        "<isRefreshTokenEnabled>true</isRefreshTokenEnabled>",
        "<scopes>Api</scopes>",
        "<scopes>RefreshToken</scopes>");

    DoctorReport report = check("Field_App", settings("https://acme.example/callback").withPkce());

    assertThat(codes(report))
        .containsExactly(
            "file-misnamed",
            "callback-not-registered",
            "secret-not-required-for-codes",
            "scopes-in-wrong-element",
            "value-unknown-distribution-state");
  }

  /** By a tool, for JWT: the certificate, a profile, hours, and no word about PKCE. */
  @Test
  void writtenByATool_forJwtBearer() throws IOException {
    write(
        "externalClientApps/Scanner.eca-meta.xml",
        "ExternalClientApplication",
        "<label>Scanner</label>",
        "<managedType>Local</managedType>");
    write(
        "extlClntAppGlobalOauthSets/Scanner.ecaGlblOauth-meta.xml",
        "ExtlClntAppGlobalOauthSettings",
        "<callbackUrl>http://localhost:1717/OauthRedirect</callbackUrl>",
        "<certificate>MIIDcert</certificate>",
        "<externalClientApplication>Scanner</externalClientApplication>",
        "<isConsumerSecretOptional>true</isConsumerSecretOptional>",
        "<label>Scanner Global OAuth</label>");
    write(
        "extlClntAppOauthSettings/Scanner.ecaOauth-meta.xml",
        "ExtlClntAppOauthSettings",
        "<commaSeparatedOauthScopes>Api,RefreshToken</commaSeparatedOauthScopes>",
        "<externalClientApplication>Scanner</externalClientApplication>");
    write(
        "extlClntAppOauthPolicies/Scanner.ecaOauthPlcy-meta.xml",
        "ExtlClntAppOauthConfigurablePolicies",
        "<commaSeparatedProfile>System Administrator</commaSeparatedProfile>",
        "<externalClientApplication>Scanner</externalClientApplication>",
        "<ipRelaxationPolicyType>Bypass</ipRelaxationPolicyType>",
        "<permittedUsersPolicyType>AdminApprovedPreAuthorized</permittedUsersPolicyType>",
        "<refreshTokenPolicyType>SpecificLifetime</refreshTokenPolicyType>",
        "<refreshTokenValidityPeriod>4</refreshTokenValidityPeriod>",
        "<refreshTokenValidityUnit>Hours</refreshTokenValidityUnit>");

    DoctorReport report = check("Scanner", settings("http://localhost:1717/OauthRedirect"));

    assertThat(codes(report))
        .containsExactly("pkce-required", "secret-not-required-for-codes", "refresh-token-expires");
    assertThat(report.findings().get(2).seen()).contains("after 4 hours");
  }

  /** An old Connected App, retrieved: many callbacks, an odd order, canvas and mobile settings. */
  @Test
  void retrievedConnectedApp_ofYearsAgo() throws IOException {
    write(
        "connectedApps/Acme_Middleware.connectedApp-meta.xml",
        "ConnectedApp",
        "<contactEmail>it@acme.example</contactEmail>",
        "<label>Acme Middleware</label>",
        "<oauthConfig>",
        "<callbackUrl>https://acme.example/oauth\nhttps://test.acme.example/oauth</callbackUrl>",
        "<consumerKey>3MVG9middleware</consumerKey>",
        "<isAdminApproved>true</isAdminApproved>",
        "<idTokenConfig><idTokenValidity>2</idTokenValidity></idTokenConfig>",
        "<scopes>Full</scopes>",
        "</oauthConfig>",
        "<oauthPolicy>",
        "<ipRelaxation>BYPASS_2FACTOR</ipRelaxation>",
        "<refreshTokenPolicy>specific_inactivity:7:DAYS</refreshTokenPolicy>",
        "</oauthPolicy>",
        "<profileName>Admin</profileName>",
        "<profileName>Integration</profileName>",
        "<sessionPolicy><sessionTimeout>120</sessionTimeout></sessionPolicy>");

    SalesforceAppMetadata found = SalesforceAppMetadata.read(directory, "Acme_Middleware");
    DoctorReport report = check("Acme_Middleware", settings("https://test.acme.example/oauth"));

    assertThat(found.consumerKey()).contains("3MVG9middleware");
    assertThat(found.elements())
        .containsEntry("ConnectedApp/sessionPolicy/sessionTimeout", List.of("120"))
        .containsEntry("ConnectedApp/profileName", List.of("Admin", "Integration"));
    assertThat(codes(report))
        .contains("refresh-scope-missing", "refresh-token-expires-unused")
        .doesNotContain(
            "scopes-not-selected", "no-user-admitted", "callback-not-registered", "pkce-required");
  }
}
