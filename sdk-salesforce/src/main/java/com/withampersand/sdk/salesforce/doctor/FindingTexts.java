package com.withampersand.sdk.salesforce.doctor;

import static com.withampersand.sdk.salesforce.doctor.DoctorReport.Level.ERROR;
import static com.withampersand.sdk.salesforce.doctor.DoctorReport.Level.WARNING;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.ProviderText;
import com.withampersand.sdk.platform.ApplyResult;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Finding;
import com.withampersand.sdk.salesforce.doctor.DoctorReport.Level;
import com.withampersand.sdk.salesforce.error.ErrorEntry;
import com.withampersand.sdk.salesforce.error.SalesforceError;
import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The texts of the doctor's findings. */
final class FindingTexts {
  static final String SECRET_UNUSUAL = "secret-unusual";
  static final String KEY_UNKNOWN = "key-unknown";
  private static final String SECRET_WRONG = "secret-wrong";
  private static final String NOT_CHECKED = "salesforce-not-checked";
  private static final String REFUSED = "salesforce-refused";

  private static final String NO_CONSENT =
      "Users do not reach the approval page, so no customer can connect.";

  private static final String NO_TOKENS = "The app cannot sign in, so no call succeeds.";

  private FindingTexts() {}

  private static Finding developer(
      Level level, String code, String seen, String why, String remedy) {
    return new Finding(level, code, seen, why, Actor.DEVELOPER, remedy);
  }

  /** Explains Salesforce's answer with the texts of the error catalog. */
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
        "A token with this scope can do everything that the user can. Admins decline such apps.",
        "Request only the scopes that the program uses, such as api, id and refresh_token.");
  }

  static Finding installUrlMissing() {
    return developer(
        WARNING,
        "install-url-missing",
        "The app is an External Client App without a package install URL.",
        "Customers must install its package before they can connect, and do not see where.",
        "Set packageInstallUrl to the installation URL of the package version.");
  }

  static Finding misplaced(boolean keyIsSecret, boolean secretIsKey) {
    String seen =
        keyIsSecret && secretIsKey
            ? "The Consumer Key looks like a secret, and the Consumer Secret looks like a key."
            : keyIsSecret
                ? "The Consumer Key looks like a Consumer Secret."
                : "The Consumer Secret looks like a Consumer Key.";
    return developer(
        WARNING,
        "key-and-secret-swapped",
        seen,
        "If they are swapped, Salesforce accepts neither, and the secret appears in addresses.",
        "Compare both with the app's page in Salesforce: keys usually start with 3MVG9.");
  }

  static Finding secretUnusual() {
    return developer(
        WARNING,
        SECRET_UNUSUAL,
        "The Consumer Secret is neither 64 capital hexadecimal digits nor 16 to 19 digits.",
        "Most secrets have one of these forms, so it may not have been copied completely.",
        "Compare it with the app's page in Salesforce.");
  }

  static Finding callbackElsewhere(URI callback) {
    return developer(
        ERROR,
        "callback-elsewhere",
        "The callback is " + SalesforceUrls.shown(callback.toString()) + ", not Ampersand's.",
        "Ampersand sends users to Salesforce, and they would not return to Ampersand.",
        "Register "
            + SalesforceApp.AMPERSAND_CALLBACK
            + " in Salesforce, and build the app with it.");
  }

  static Finding notChecked(LoginHost host, String reason) {
    return new Finding(
        WARNING,
        NOT_CHECKED,
        "The app could not be checked at " + host + ": " + reason,
        "It is not known whether host, key, secret and callback are correct.",
        Actor.NONE,
        "Check the host name, the network and the proxy, and run this again later.");
  }

  static Finding hostNotOAuth(LoginHost host, int status) {
    return developer(
        ERROR,
        "host-not-oauth",
        host + " does not describe itself as an OAuth host (HTTP status " + status + ").",
        "Users cannot sign in there, and a secret that is sent there reaches the wrong server.",
        "Use the org's My Domain, such as acme.my.salesforce.com, or login.salesforce.com. If the host is correct, a"
            + " proxy may answer in its place.");
  }

  static Finding keyUnknown(LoginHost host, SalesforceError error) {
    return refused(ERROR, KEY_UNKNOWN, host, error, NO_CONSENT);
  }

  static Finding callbackNotRegistered(LoginHost host, SalesforceError error) {
    return refused(ERROR, "callback-not-registered", host, error, NO_CONSENT);
  }

  /** If Ampersand sends the request, it decides whether to use PKCE. */
  static Finding pkceRequired(LoginHost host, SalesforceError error, boolean byAmpersand) {
    return byAmpersand
        ? refused(
            WARNING,
            "pkce-required",
            host,
            error,
            "Ampersand's guide asks for apps that do not require PKCE. Apps that are used in more than two customers' production orgs must require it.")
        : refused(ERROR, "pkce-required", host, error, NO_CONSENT);
  }

  static Finding secretWrong(LoginHost host, SalesforceError error) {
    return refused(
        ERROR, SECRET_WRONG, host, error, "No code can be exchanged, and no token refreshed.");
  }

  static Finding refusedOtherwise(LoginHost host, SalesforceError error) {
    return refused(WARNING, REFUSED, host, error, "Users may meet the same refusal.");
  }

  /** Explains why no tokens are minted with what the refusal says: it has the catalog's texts. */
  static Finding mintRefused(LoginHost host, OAuthException refusal) {
    String seen =
        host
            + " answered "
            + refusal.error()
            + refusal.description().map(text -> " (" + text + ")").orElse("")
            + ".";
    String why =
        refusal.causes().isEmpty()
            ? NO_TOKENS
            : NO_TOKENS + " Possible causes: " + String.join(" ", refusal.causes());
    return new Finding(ERROR, code(refusal), seen, why, refusal.actor(), refusal.remedy());
  }

  /**
   * Returns the code of the same finding in an app that users connect to, or the topic's anchor.
   */
  private static String code(OAuthException refusal) {
    String topic = refusal.topic().orElse("#" + REFUSED);
    if (topic.equals(ErrorEntry.UNKNOWN_CONSUMER_KEY.topic())) {
      return KEY_UNKNOWN;
    }
    return topic.equals(ErrorEntry.WRONG_CONSUMER_SECRET.topic())
        ? SECRET_WRONG
        : topic.substring(topic.indexOf('#') + 1);
  }

  static Finding notMinted(LoginHost host, AmpersandException failure) {
    return new Finding(
        WARNING,
        NOT_CHECKED,
        "The app could not be checked at " + host + ": " + failure.getMessage(),
        "It is not known whether the app can sign in.",
        failure.isRetryable() ? Actor.NONE : Actor.DEVELOPER,
        "Do what the message says, and run this again.");
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
        "Tokens are refreshed too late or too early, and signed states are refused.",
        "Synchronize the clock with NTP.");
  }

  static Finding ampersandNotChecked(AmpersandException error) {
    return developer(
        WARNING,
        "ampersand-not-checked",
        "Ampersand could not be checked: " + error.getMessage(),
        "It is not known whether Ampersand has the app as declared.",
        "Fix what the message says, and run this again.");
  }

  static Finding providerAppMissing(String project) {
    return developer(
        ERROR,
        "provider-app-missing",
        "The project " + ProviderText.redacted(project) + " in Ampersand has no Salesforce app.",
        "Ampersand cannot connect users without it.",
        "Register it with providerApps().apply(app).");
  }

  static Finding clientIdDiffers(String project, List<String> ids) {
    return developer(
        ERROR,
        "client-id-differs",
        "The project "
            + ProviderText.redacted(project)
            + " in Ampersand has a Salesforce app, but not with this Consumer Key: "
            + shown(ids)
            + ".",
        "Users connect to a different app than the declared one.",
        "Compare the keys. If this app is the right one, register it with providerApps().apply(app).");
  }

  static Finding providerAppDiffers(ApplyResult plan, String details) {
    return developer(
        ERROR,
        "provider-app-differs",
        "Ampersand has the app with different " + plan.fields() + " than declared. " + details,
        "Users approve what Ampersand has, not what is declared.",
        "Update it with providerApps().apply(app).");
  }

  static Finding clientElsewhere(List<String> projects) {
    return developer(
        WARNING,
        "client-in-other-project",
        "The same Consumer Key is also registered in other projects: " + shown(projects) + ".",
        "Salesforce keeps five approvals per user and app, and the sixth ends the oldest: projects that share an app"
            + " end each other's connections.",
        "Create a separate app for each project.");
  }

  /** Names that Ampersand sent. */
  private static String shown(List<String> names) {
    return names.stream().map(ProviderText::redacted).collect(Collectors.joining(", "));
  }
}
