package com.withampersand.sdk.salesforce;

import static com.withampersand.sdk.salesforce.DoctorReport.Level.ERROR;
import static com.withampersand.sdk.salesforce.DoctorReport.Level.WARNING;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.platform.ApplyResult;
import com.withampersand.sdk.salesforce.DoctorReport.Finding;
import com.withampersand.sdk.salesforce.DoctorReport.Level;
import com.withampersand.sdk.salesforce.error.SalesforceError;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The doctor's words. */
final class Findings {
  static final String SECRET_UNUSUAL = "secret-unusual";
  static final String KEY_UNKNOWN = "key-unknown";

  private static final String NO_CONSENT =
      "No user gets as far as the consent page, so no customer can connect.";

  private Findings() {}

  private static Finding developer(
      Level level, String code, String seen, String why, String remedy) {
    return new Finding(level, code, seen, why, Actor.DEVELOPER, remedy);
  }

  /** Words what Salesforce's answer means as its error is explained everywhere. */
  private static Finding refused(
      Level level, String code, LoginHost host, SalesforceError error, String why) {
    String seen = host + " answered " + error.code().orElse("an error") + ": " + error.meaning();
    return new Finding(level, code, seen, why, error.actor(), error.remedy());
  }

  static Finding of(Violation violation) {
    String field = violation.field().replace("callbackUri", "callback");
    return developer(
        ERROR,
        "invalid-" + field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT),
        field + ": " + violation.problem(),
        "The app cannot be used or registered like this.",
        violation.remedy());
  }

  static Finding scopeFull() {
    return developer(
        WARNING,
        "scope-full",
        "full is among the scopes.",
        "With a token of such a grant one can do everything that the user can. Administrators decline such apps.",
        "Ask for what the program uses, such as api, id and refresh_token.");
  }

  static Finding installUrlMissing() {
    return developer(
        WARNING,
        "install-url-missing",
        "The app is an External Client App, and has no package install URL.",
        "Customers have to install its package before they can consent, and are not shown where.",
        "Give packageInstallUrl the installation URL of the package version.");
  }

  static Finding misplaced(boolean keyIsSecret, boolean secretIsKey) {
    String seen =
        keyIsSecret && secretIsKey
            ? "The Consumer Key looks like a secret, and the Consumer Secret like a key."
            : keyIsSecret
                ? "The Consumer Key looks like a Consumer Secret."
                : "The Consumer Secret looks like a Consumer Key.";
    return developer(
        WARNING,
        "key-and-secret-swapped",
        seen,
        "If they are swapped, Salesforce knows neither, and the secret stands in addresses.",
        "Compare both with the app's page in Salesforce: keys usually begin with 3MVG9.");
  }

  static Finding secretUnusual() {
    return developer(
        WARNING,
        SECRET_UNUSUAL,
        "The Consumer Secret is neither 64 capital hexadecimal digits nor 16 to 19 digits.",
        "Secrets usually are, so it may not have been copied whole.",
        "Compare it with the app's page in Salesforce.");
  }

  static Finding callbackElsewhere(URI callback) {
    return developer(
        ERROR,
        "callback-elsewhere",
        "The callback is " + SalesforceUrls.shown(callback.toString()) + ", not Ampersand's.",
        "Ampersand takes users through consent, and they would not come back to it.",
        "Register "
            + SalesforceApp.AMPERSAND_CALLBACK
            + " in Salesforce, and build the app with it.");
  }

  static Finding notChecked(LoginHost host, String reason) {
    return new Finding(
        WARNING,
        "salesforce-not-checked",
        "The app could not be checked at " + host + ": " + reason,
        "Whether host, key, secret and callback are right is not known.",
        Actor.NOBODY,
        "Check the host's name, the network and the proxy, and run this again later.");
  }

  static Finding hostNotOAuth(LoginHost host, int status) {
    return developer(
        ERROR,
        "host-not-oauth",
        host + " does not describe itself as an OAuth host (HTTP status " + status + ").",
        "Users cannot log in there, and a secret sent there would reach a stranger.",
        "Use the org's My Domain, such as acme.my.salesforce.com, or login.salesforce.com. If it is right, a proxy"
            + " on the way answers in its place.");
  }

  static Finding keyUnknown(LoginHost host, SalesforceError error) {
    return refused(ERROR, KEY_UNKNOWN, host, error, NO_CONSENT);
  }

  static Finding callbackNotRegistered(LoginHost host, SalesforceError error) {
    return refused(ERROR, "callback-not-registered", host, error, NO_CONSENT);
  }

  /** Where Ampersand makes the request, the app alone does not decide what is in it. */
  static Finding pkceRequired(LoginHost host, SalesforceError error, boolean byAmpersand) {
    return byAmpersand
        ? refused(
            WARNING,
            "pkce-required",
            host,
            error,
            "Ampersand's guide asks for apps that do not require PKCE.")
        : refused(ERROR, "pkce-required", host, error, NO_CONSENT);
  }

  static Finding secretWrong(LoginHost host, SalesforceError error) {
    return refused(
        ERROR, "secret-wrong", host, error, "No code can be exchanged, and no token refreshed.");
  }

  static Finding refusedOtherwise(LoginHost host, SalesforceError error) {
    return refused(
        WARNING,
        "salesforce-refused",
        host,
        error,
        "What holds the doctor up here may hold users up too.");
  }

  static Finding clockSkewed(LoginHost host, Duration ahead) {
    return developer(
        WARNING,
        "clock-skewed",
        "This machine's clock is "
            + ahead.abs().toSeconds()
            + " seconds "
            + (ahead.isNegative() ? "behind" : "ahead of")
            + " that of "
            + host
            + ".",
        "Tokens are renewed too late or too early, and signed states are refused.",
        "Keep the clock by NTP.");
  }

  static Finding ampersandNotChecked(AmpersandException error) {
    return developer(
        WARNING,
        "ampersand-not-checked",
        "Ampersand could not be asked: " + error.getMessage(),
        "Whether it holds the app as declared is not known.",
        "See to what the message says, and run this again.");
  }

  static Finding providerAppMissing(String project) {
    return developer(
        ERROR,
        "provider-app-missing",
        "The project " + project + " in Ampersand has no Salesforce app.",
        "Ampersand cannot take users through consent without it.",
        "Register it, with providerApps().apply(app).");
  }

  static Finding clientIdDiffers(String project, List<String> ids) {
    return developer(
        ERROR,
        "client-id-differs",
        "The project "
            + project
            + " in Ampersand holds a Salesforce app, but not this Consumer Key: "
            + String.join(", ", ids)
            + ".",
        "Users connect to another app than the one declared.",
        "Compare the keys. If this app is right, register it, with providerApps().apply(app).");
  }

  static Finding providerAppDiffers(ApplyResult plan, String details) {
    return developer(
        ERROR,
        "provider-app-differs",
        "Ampersand holds the app with other " + plan.fields() + " than declared. " + details,
        "Users are asked for what Ampersand holds, not for what is declared.",
        "Bring it up to date, with providerApps().apply(app).");
  }

  static Finding clientElsewhere(List<String> projects) {
    return developer(
        WARNING,
        "client-in-other-project",
        "The same Consumer Key is registered in other projects too: "
            + String.join(", ", projects)
            + ".",
        "Salesforce lets a user approve an app five times, and the sixth approval ends the oldest: projects that share an app"
            + " end each other's connections.",
        "Make an app of its own for each project.");
  }
}
