package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.salesforce.internal.SalesforceUrls;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** What Salesforce, and a connection that is to last, ask of an app. */
final class SalesforceAppRules {
  /** The two pages at which a package is installed, and how each names the version. */
  private static final Map<String, String> INSTALL_PAGES =
      Map.of(
          "/packaging/installpackage.apexp", "p0",
          "/packagingsetupui/iplanding.app", "apvid");

  private static final Pattern VERSION = Pattern.compile("04t[A-Za-z0-9]{12}([A-Za-z0-9]{3})?");

  private static final int LONGEST_CALLBACKS = 2000;

  private SalesforceAppRules() {}

  /**
   * Returns the names in a list of scopes, of which each may hold several separated by white space.
   */
  static List<String> names(List<String> scopes) {
    return scopes.stream()
        .flatMap(text -> Scopes.parse(text).toList().stream())
        .distinct()
        .toList();
  }

  static List<Violation> checkScopes(List<String> names) {
    List<Violation> violations = new ArrayList<>();
    for (String name : names) {
      if (name.contains(",") || name.contains(";")) {
        violations.add(
            new Violation(
                "scopes",
                "\""
                    + SalesforceUrls.shown(name)
                    + "\" is a list, but Salesforce separates scopes with spaces.",
                "Pass each scope separately: scopes(\"api\", \"refresh_token\")."));
      } else if (!name.matches("[!#-\\[\\]-~]+")) {
        violations.add(
            new Violation(
                "scopes",
                "\"" + SalesforceUrls.shown(name) + "\" cannot be a scope's name.",
                "Use the API name of the scope, such as api, not its label."));
      }
    }
    if (!names.contains(SalesforceScopes.REFRESH_TOKEN)
        && !names.contains(SalesforceScopes.OFFLINE_ACCESS)) {
      violations.add(offlineMissing(names.contains(SalesforceScopes.FULL)));
    }
    return violations;
  }

  private static Violation offlineMissing(boolean full) {
    return new Violation(
        "scopes",
        "Neither refresh_token nor offline_access is among the scopes, so the connection would end with its first session."
            + (full ? " full does not include it." : ""),
        "Add refresh_token, and select \"Perform requests at any time\" on the app's page in Salesforce.");
  }

  static Violation swapped() {
    return new Violation(
        "consumerSecret",
        "The Consumer Key and the Consumer Secret are swapped.",
        "Give the Consumer Key first; it usually begins with 3MVG.");
  }

  static List<Violation> checkCallbacks(List<URI> callbacks) {
    if (callbacks.size() == 1) {
      return checkCallback(callbacks.get(0), "It");
    }
    return callbacks.stream()
        .flatMap(each -> checkCallback(each, SalesforceUrls.shown(each.toString())).stream())
        .toList();
  }

  private static List<Violation> checkCallback(URI callback, String subject) {
    List<Violation> violations = new ArrayList<>();
    if (!SalesforceUrls.isHttpsOrLoopback(callback)) {
      violations.add(
          new Violation(
              "callback",
              subject + " is not an absolute https URL; http is allowed only for localhost.",
              "Use it exactly as it is registered in Salesforce, such as "
                  + SalesforceApp.AMPERSAND_CALLBACK
                  + "."));
    }
    if (callback.getRawFragment() != null) {
      violations.add(
          new Violation(
              "callback",
              subject + " has a fragment, which servers do not receive.",
              "Remove the part that starts with #."));
    }
    if (callback.getRawUserInfo() != null) {
      violations.add(
          new Violation(
              "callback",
              subject + " has user info before the host.",
              "Remove the part before the @."));
    }
    return violations;
  }

  /** Salesforce has one field for all callbacks, one on each line. */
  static List<Violation> checkLength(List<URI> callbacks) {
    int length = callbacks.stream().mapToInt(each -> each.toString().length() + 1).sum() - 1;
    return length <= LONGEST_CALLBACKS
        ? List.of()
        : List.of(
            new Violation(
                "callback",
                "The callbacks have " + length + " characters together; Salesforce takes 2,000.",
                "Register fewer or shorter ones."));
  }

  static List<Violation> checkInstallUrl(URI url) {
    String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
    boolean valid =
        "https".equalsIgnoreCase(url.getScheme())
            && url.getRawUserInfo() == null
            && SalesforceUrls.isSalesforce(host)
            && namesVersion(url);
    return valid
        ? List.of()
        : List.of(
            new Violation(
                "packageInstallUrl",
                "It is not a URL at which Salesforce installs a package.",
                "Copy the installation URL of the package version:"
                    + " https://login.salesforce.com/packaging/installPackage.apexp?p0=04t…"
                    + " or https://login.salesforce.com/packagingSetupUI/ipLanding.app?apvId=04t…"));
  }

  private static boolean namesVersion(URI url) {
    String path = url.getPath() == null ? "" : url.getPath().toLowerCase(Locale.ROOT);
    String parameter = INSTALL_PAGES.get(path);
    String query = url.getRawQuery() == null ? "" : url.getRawQuery();
    return parameter != null
        && Arrays.stream(query.split("&", -1))
            .map(pair -> pair.split("=", 2))
            .anyMatch(
                pair ->
                    pair.length == 2
                        && pair[0].toLowerCase(Locale.ROOT).equals(parameter)
                        && VERSION.matcher(pair[1]).matches());
  }
}
