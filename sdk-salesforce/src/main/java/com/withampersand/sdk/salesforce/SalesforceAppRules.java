package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.oauth.Scopes;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What Salesforce, and a connection that is to last, ask of an app. */
final class SalesforceAppRules {
  private static final Pattern INSTALL_QUERY = Pattern.compile("(^|.*&)p0=04t[A-Za-z0-9]+(&.*|$)");

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
                    + "\" is a list, but Salesforce separates scopes by spaces.",
                "Give each scope by itself: scopes(\"api\", \"refresh_token\")."));
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

  static List<Violation> checkCallback(URI callback) {
    List<Violation> violations = new ArrayList<>();
    if (!SalesforceUrls.isHttpsOrLoopback(callback)) {
      violations.add(
          new Violation(
              "callback",
              "It is not an absolute https address; http is for localhost alone.",
              "Give it exactly as it is registered in Salesforce, such as "
                  + SalesforceApp.AMPERSAND_CALLBACK
                  + "."));
    }
    if (callback.getRawFragment() != null) {
      violations.add(
          new Violation(
              "callback",
              "It has a fragment, which no server gets to see.",
              "Take away what begins with #."));
    }
    if (callback.getRawUserInfo() != null) {
      violations.add(
          new Violation(
              "callback",
              "It has user info in front of the host.",
              "Take away what stands before the @."));
    }
    return violations;
  }

  static List<Violation> checkInstallUrl(URI url) {
    String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
    boolean valid =
        "https".equalsIgnoreCase(url.getScheme())
            && url.getRawUserInfo() == null
            && host.endsWith(".salesforce.com")
            && "/packaging/installPackage.apexp".equalsIgnoreCase(url.getPath())
            && url.getRawQuery() != null
            && INSTALL_QUERY.matcher(url.getRawQuery()).matches();
    return valid
        ? List.of()
        : List.of(
            new Violation(
                "packageInstallUrl",
                "It is not an address at which Salesforce installs a package.",
                "Copy the installation URL of the package version:"
                    + " https://login.salesforce.com/packaging/installPackage.apexp?p0=04t…"));
  }
}
