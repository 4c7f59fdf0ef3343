package com.withampersand.sdk.salesforce.doctor;

import static com.withampersand.sdk.salesforce.doctor.DoctorReport.Level.ERROR;
import static com.withampersand.sdk.salesforce.doctor.DoctorReport.Level.WARNING;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.oauth.ProviderText;
import com.withampersand.sdk.salesforce.SalesforceScopes;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Finding;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Level;
import com.withampersand.sdk.salesforce.doctor.MetadataFacts.RefreshTokenPolicy;
import com.withampersand.sdk.salesforce.internal.CredentialShapes;
import com.withampersand.sdk.salesforce.internal.ScopeNames;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The texts of what is found in an app's metadata, with the words of Salesforce's Setup. */
final class MetadataTexts {
  private static final String PKCE =
      "\"Require Proof Key for Code Exchange (PKCE) extension for Supported Authorization Flows\"";

  private static final int KEY_ENDS = 8;

  private static final String NO_CONSENT =
      "Users do not reach the approval page, so no customer can connect.";

  private MetadataTexts() {}

  private static Finding settings(
      Level level, String code, String seen, String why, String remedy) {
    return new Finding(level, code, seen, why, Actor.DEVELOPER, remedy);
  }

  /** Policies are the org's: its admin may change what was deployed. */
  private static Finding policies(
      Level level, String code, String seen, String why, String remedy) {
    return new Finding(level, code, seen, why, Actor.PROVIDER_ADMIN, remedy);
  }

  static Finding misnamed(String path) {
    return settings(
        ERROR,
        "file-misnamed",
        ProviderText.redacted(path) + " has another ending than Salesforce's tools look for.",
        "They do not find the file, so its settings are not deployed.",
        "Rename it: in source format, the endings are .eca-meta.xml, .ecaGlblOauth-meta.xml, .ecaOauth-meta.xml, .ecaOauthPlcy-meta.xml and .connectedApp-meta.xml.");
  }

  static Finding otherApp(String name) {
    return settings(
        ERROR,
        "metadata-of-other-app",
        "The metadata of "
            + ProviderText.redacted(name)
            + " has another Consumer Key than the app.",
        "What it says is not about the app that the program uses.",
        "Compare the keys, and retrieve the app that has the right one.");
  }

  static Finding otherKind(boolean isConnectedApp) {
    return settings(
        ERROR,
        "kind-differs",
        isConnectedApp
            ? "The files are of a Connected App; an External Client App is declared."
            : "The files are of an External Client App; a Connected App is declared.",
        "They are two apps, with a Consumer Key each, even if they have the same name.",
        "Declare the kind that the program uses, or retrieve that one.");
  }

  static Finding otherName(String found, String declared) {
    return settings(
        ERROR,
        "name-differs",
        "The files are of "
            + ProviderText.redacted(found)
            + "; "
            + ProviderText.redacted(declared)
            + " is declared.",
        "What they say is not about the declared app.",
        "Retrieve the declared app.");
  }

  static Finding fileMissing(String type) {
    return settings(
        WARNING,
        "file-missing-" + hyphenated(type).substring(1),
        "There is no file of the type " + type + ".",
        "What it says was not checked, and a deployment without it is refused or incomplete.",
        "Retrieve the app with the package.xml that was written with it.");
  }

  static Finding secretInFile() {
    return settings(
        WARNING,
        "consumer-secret-in-file",
        "A file holds the Consumer Secret, or a text that looks like one.",
        "Everyone who sees the file can act as the app.",
        "Remove it. If the file was shared or committed, rotate the secret.");
  }

  static Finding appDisabled() {
    return policies(
        ERROR,
        "app-disabled",
        "The app is disabled in its policies (isEnabled is false).",
        NO_CONSENT,
        "In External Client App Manager, open the app's Policies, and enable it.");
  }

  static Finding oauthDisabled() {
    return policies(
        ERROR,
        "oauth-disabled",
        "OAuth is disabled in the app's policies (isOauthPluginEnabled is false).",
        NO_CONSENT,
        "In External Client App Manager, open the app's Policies, and enable the OAuth plugin.");
  }

  static Finding callbackNotRegistered(List<String> missing, List<String> registered) {
    return settings(
        ERROR,
        "callback-not-registered",
        missing.stream()
            .map(
                callback ->
                    "The callback "
                        + ProviderText.redacted(callback)
                        + " is not registered. "
                        + CallbackDifference.of(callback, registered))
            .collect(Collectors.joining(" ")),
        NO_CONSENT,
        "Enter it under Callback URL, character for character.");
  }

  static Finding pkceRequired(boolean byAmpersand) {
    return settings(
        byAmpersand ? WARNING : ERROR,
        "pkce-required",
        PKCE + " is selected, and the app is declared without PKCE.",
        byAmpersand
            ? "Ampersand's guide asks for apps that do not require PKCE. Apps that are used in more than two customers' production orgs must require it."
            : NO_CONSENT,
        "Declare the app with withPkce(), or clear the checkbox if at most two customers' production orgs use the app.");
  }

  static Finding pkceNotRequired() {
    return settings(
        WARNING,
        "pkce-not-required",
        PKCE + " is not selected, and the app is declared with PKCE.",
        "A request without PKCE is accepted, so a stolen code can be used. Salesforce demands the setting of apps that are used in more than two customers' production orgs.",
        "Select it.");
  }

  static Finding secretOptionalForCodes() {
    return settings(
        WARNING,
        "secret-not-required-for-codes",
        "\"Require Secret for Web Server Flow\" is not selected.",
        "A stolen code can be exchanged for tokens without the Consumer Secret.",
        "Select it: the program sends the secret.");
  }

  static Finding secretOptionalForRefreshes() {
    return settings(
        WARNING,
        "secret-not-required-for-refreshes",
        "\"Require Secret for Refresh Token Flow\" is not selected.",
        "A stolen refresh token can be used without the Consumer Secret.",
        "Select it: the program sends the secret.");
  }

  static Finding rotates() {
    return settings(
        ERROR,
        "rotation-enabled",
        "\"Enable Refresh Token Rotation\" is selected, and the app is declared without rotation.",
        "After a lost answer, the program repeats a refresh at once. With rotation, this ends the connection.",
        "Remove doesNotRotateRefreshTokens() from the app, or clear the checkbox.");
  }

  static Finding jwtBearerOff() {
    return settings(
        ERROR,
        "jwt-bearer-not-enabled",
        "\"Enable JWT Bearer Flow\" is not selected: the app has no certificate.",
        "Salesforce refuses every JWT.",
        "Deploy the app with its certificate, or upload it on the app's page.");
  }

  static Finding certificateDiffers() {
    return settings(
        ERROR,
        "certificate-differs",
        "The app has another certificate than the declared one.",
        "Salesforce refuses JWTs that are signed with the key of the declared one.",
        "Deploy the certificate of the key that the program signs with.");
  }

  static Finding certificateExpired(Instant end) {
    return settings(
        ERROR,
        "certificate-expired",
        "The app's certificate ended on " + end + ".",
        "Salesforce may refuse every JWT.",
        "Make a new certificate, and deploy it.");
  }

  static Finding clientCredentialsOff(boolean onInSettings) {
    return settings(
        ERROR,
        "client-credentials-not-enabled",
        "\"Enable Client Credentials Flow\" is not selected in the app's "
            + (onInSettings ? "policies." : "settings."),
        "Salesforce refuses every sign-in by client credentials.",
        "Select it in the settings and in the policies, and choose the Run As user.");
  }

  static Finding runAsUserMissing() {
    return policies(
        ERROR,
        "run-as-user-missing",
        "The client credentials flow has no Run As user.",
        "Salesforce refuses every sign-in by client credentials.",
        "In the app's Policies, under Client Credentials Flow, choose a user with the permission API Only User.");
  }

  static Finding scopesInWrongElement() {
    return settings(
        ERROR,
        "scopes-in-wrong-element",
        "ExtlClntAppOauthSettings has elements named scopes, as a Connected App has.",
        "Salesforce does not read them.",
        "Write one element: <commaSeparatedOauthScopes>Api, RefreshToken</commaSeparatedOauthScopes>.");
  }

  static Finding refreshScopeMissing() {
    return settings(
        ERROR,
        "refresh-scope-missing",
        "The scope \"Perform requests at any time (refresh_token, offline_access)\" is not selected.",
        "Salesforce issues no refresh token, so each connection ends with its first session.",
        "Select it under OAuth Scopes, and let customers who connected before connect again.");
  }

  static Finding scopesNotSelected(List<String> names) {
    return settings(
        ERROR,
        "scopes-not-selected",
        "Not selected are "
            + names.stream().map(MetadataTexts::label).collect(Collectors.joining(", "))
            + ".",
        "Salesforce refuses requests for a scope that the app does not have.",
        "Select them under OAuth Scopes, or do not request them.");
  }

  private static String label(String name) {
    String scope = ScopeNames.scope(name);
    return SalesforceScopes.label(scope)
        .map(label -> "\"" + label + " (" + scope + ")\"")
        .orElse(ProviderText.redacted(scope));
  }

  static Finding refreshTokensExpireAtOnce() {
    return policies(
        ERROR,
        "refresh-token-expires",
        "The Refresh Token Policy is \"Immediately expire refresh token\".",
        "Each connection ends with its first session.",
        "In the app's Policies, choose \"Refresh token is valid until revoked\".");
  }

  static Finding refreshTokensExpire(RefreshTokenPolicy policy) {
    return policies(
        ERROR,
        "refresh-token-expires",
        "The Refresh Token Policy is \"Expire refresh token after " + policy.duration() + "\".",
        "Each connection ends " + policy.duration() + " after the consent, even if it is used.",
        "In the app's Policies, choose \"Refresh token is valid until revoked\".");
  }

  static Finding refreshTokensExpireUnused(RefreshTokenPolicy policy) {
    return policies(
        WARNING,
        "refresh-token-expires-unused",
        "The Refresh Token Policy is \"Expire refresh token if not used for "
            + policy.duration()
            + "\".",
        "A connection that is not refreshed for " + policy.duration() + " ends.",
        "In the app's Policies, choose \"Refresh token is valid until revoked\", or 30 days or more. Run keepAlive() much more often than that.");
  }

  static Finding ipRestricted() {
    return policies(
        WARNING,
        "ip-restricted",
        "IP Relaxation is \"Enforce IP restrictions\".",
        "If the user's profile or the org has IP ranges, refreshes from servers outside them are refused.",
        "In the app's Policies, choose \"Enforce IP restrictions, but relax for refresh tokens\", or add the servers' addresses to the ranges.");
  }

  static Finding noUserAdmitted() {
    return policies(
        WARNING,
        "no-user-admitted",
        "Permitted Users is \"Admin approved users are pre-authorized\", and the files name no permission set or profile.",
        "As far as the files say, no user can use the app.",
        "In the app's Policies, select a permission set, and assign it to the users who connect.");
  }

  static Finding valueUnknown(String path, String text, List<String> values) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return settings(
        WARNING,
        "value-unknown-" + hyphenated(name),
        name + " is \"" + shown(text) + "\".",
        "Salesforce documents other values, and refuses to deploy what it does not know.",
        "Use one of " + String.join(", ", values) + ".");
  }

  static Finding differs(String name, List<String> found, List<String> declared) {
    return settings(
        WARNING,
        "differs-" + hyphenated(name),
        ProviderText.redacted(name)
            + " is "
            + shown(found)
            + ", and declared is "
            + shown(declared)
            + ".",
        "The app was changed after it was deployed, or not deployed since it was declared.",
        "Declare what you want, and deploy it.");
  }

  private static String hyphenated(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static String shown(List<String> texts) {
    return texts.stream().allMatch(String::isBlank)
        ? "empty"
        : texts.stream()
            .flatMap(String::lines)
            .map(MetadataTexts::shown)
            .collect(Collectors.joining(", "));
  }

  /** Two keys are told apart by their ends. */
  private static String shown(String text) {
    if (CredentialShapes.isKey(text) && text.length() > KEY_ENDS * 2) {
      return text.substring(0, KEY_ENDS) + "…" + text.substring(text.length() - KEY_ENDS);
    }
    return text.isBlank() ? "empty" : ProviderText.redacted(text);
  }
}
