package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.salesforce.error.ErrorEntry;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Adds the addresses at which a customer's admin installs the app's package to refusals of an app
 * that is not installed.
 */
final class InstallHint {
  private static final Set<String> TOPICS =
      Set.of(
          ErrorEntry.APP_NOT_INSTALLED.topic(),
          ErrorEntry.EXTERNAL_CLIENT_APP_NOT_INSTALLED.topic(),
          ErrorEntry.APP_UNAVAILABLE_BY_NAME.topic());

  private static final String PRODUCTION = "https://login.salesforce.com/";
  private static final String SANDBOX = "https://test.salesforce.com/";

  private InstallHint() {}

  static OAuthException added(OAuthException refusal, SalesforceApp app) {
    Optional<URI> installUrl = app.packageInstallUrl();
    return installUrl.isPresent() && refusal.topic().filter(TOPICS::contains).isPresent()
        ? refusal.toBuilder().remedy(hint(installUrl.get().toString())).build()
        : refusal;
  }

  private static String hint(String url) {
    String path = pathOf(url);
    return path.isEmpty()
        ? "Install the app's package in this org: " + url + " Then connect again."
        : "Install the app's package in this org, in production at "
            + PRODUCTION
            + path
            + " or in a sandbox at "
            + SANDBOX
            + path
            + " Then connect again.";
  }

  /** Returns what stands behind a shared host, at which every org can install. */
  private static String pathOf(String url) {
    return url.startsWith(PRODUCTION)
        ? url.substring(PRODUCTION.length())
        : url.startsWith(SANDBOX) ? url.substring(SANDBOX.length()) : "";
  }
}
