package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.InvalidProviderAppException.Violation;
import java.util.List;
import java.util.regex.Pattern;

/** What can be said of an app without sending anything. */
final class SettingsCheck {
  /**
   * The two shapes that secrets are known to have had. Salesforce promises neither, so that they
   * give hints alone.
   */
  private static final Pattern SECRET = Pattern.compile("[0-9A-F]{64}|[0-9]{16,19}");

  private static final String KEY_PREFIX = "3MVG9";

  private final AppSettings settings;
  private final Examination examination;

  SettingsCheck(AppSettings settings, Examination examination) {
    this.settings = settings;
    this.examination = examination;
  }

  void run(boolean externalClientApp) {
    boolean areSwapped =
        SalesforceAppRules.areSwapped(settings.consumerKey(), settings.consumerSecret());
    List<Violation> violations =
        settings.violations().stream()
            .filter(violation -> !areSwapped || !isAboutKeyOrSecret(violation))
            .toList();
    violations.forEach(violation -> examination.found(Findings.of(violation)));
    if (violations.stream().noneMatch(SettingsCheck::isAboutKeyOrSecret)) {
      checkShapes();
    }
    if (settings.hasScope(SalesforceScopes.FULL)) {
      examination.found(Findings.scopeFull());
    }
    if (externalClientApp && !settings.hasInstallUrl()) {
      examination.found(Findings.installUrlMissing());
    }
  }

  private static boolean isAboutKeyOrSecret(Violation violation) {
    return violation.field().equals("consumerKey") || violation.field().equals("consumerSecret");
  }

  private void checkShapes() {
    boolean keyIsSecret = keyLooksLikeSecret();
    boolean secretIsKey = secretLooksLikeKey();
    if (keyIsSecret || secretIsKey) {
      examination.found(Findings.misplaced(keyIsSecret, secretIsKey));
    } else if (!SECRET.matcher(settings.consumerSecret()).matches()) {
      examination.found(Findings.secretUnusual());
    }
  }

  /** Tells whether key or secret may be the other: then a secret could end up in an address. */
  boolean mayBeMisplaced() {
    return keyLooksLikeSecret() || secretLooksLikeKey();
  }

  private boolean keyLooksLikeSecret() {
    return looksLikeSecret(settings.consumerKey());
  }

  private boolean secretLooksLikeKey() {
    return looksLikeKey(settings.consumerSecret());
  }

  static boolean looksLikeSecret(String text) {
    return SECRET.matcher(text).matches();
  }

  static boolean looksLikeKey(String text) {
    return text.startsWith(KEY_PREFIX);
  }
}
