package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.InvalidProviderAppException.Violation;
import java.util.List;
import java.util.regex.Pattern;

/** Checks an app without sending anything. */
final class SettingsCheck {
  /**
   * The two known forms of secrets. Salesforce does not document either, so they give hints only.
   */
  private static final Pattern SECRET = Pattern.compile("[0-9A-F]{64}|[0-9]{16,19}");

  private static final String KEY_PREFIX = "3MVG9";

  private final AppSettings settings;
  private final FindingCollector collector;

  SettingsCheck(AppSettings settings, FindingCollector collector) {
    this.settings = settings;
    this.collector = collector;
  }

  void run(boolean externalClientApp) {
    boolean areSwapped =
        SalesforceAppRules.areSwapped(settings.consumerKey(), settings.consumerSecret());
    List<Violation> violations =
        settings.violations().stream()
            .filter(violation -> !areSwapped || !isAboutKeyOrSecret(violation))
            .toList();
    violations.forEach(violation -> collector.found(FindingTexts.of(violation)));
    if (violations.stream().noneMatch(SettingsCheck::isAboutKeyOrSecret)) {
      checkShapes();
    }
    if (settings.hasScope(SalesforceScopes.FULL)) {
      collector.found(FindingTexts.scopeFull());
    }
    if (externalClientApp && !settings.hasInstallUrl()) {
      collector.found(FindingTexts.installUrlMissing());
    }
  }

  private static boolean isAboutKeyOrSecret(Violation violation) {
    return violation.field().equals("consumerKey") || violation.field().equals("consumerSecret");
  }

  private void checkShapes() {
    boolean keyIsSecret = keyLooksLikeSecret();
    boolean secretIsKey = secretLooksLikeKey();
    if (keyIsSecret || secretIsKey) {
      collector.found(FindingTexts.misplaced(keyIsSecret, secretIsKey));
    } else if (!SECRET.matcher(settings.consumerSecret()).matches()) {
      collector.found(FindingTexts.secretUnusual());
    }
  }

  /** Tells whether key and secret may be swapped: then the secret would appear in an address. */
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
