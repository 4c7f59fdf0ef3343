package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.salesforce.SalesforceScopes;
import com.withampersand.sdk.salesforce.internal.CredentialShapes;
import java.util.List;

/** Checks an app without sending anything. */
final class SettingsCheck {
  private final AppSettings settings;
  private final FindingCollector collector;

  SettingsCheck(AppSettings settings, FindingCollector collector) {
    this.settings = settings;
    this.collector = collector;
  }

  void run(boolean externalClientApp) {
    boolean areSwapped =
        CredentialShapes.areSwapped(settings.consumerKey(), settings.consumerSecret());
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
    } else if (!CredentialShapes.isSecret(settings.consumerSecret())) {
      collector.found(FindingTexts.secretUnusual());
    }
  }

  /** Tells whether key and secret may be swapped: then the secret would appear in an address. */
  boolean mayBeMisplaced() {
    return keyLooksLikeSecret() || secretLooksLikeKey();
  }

  private boolean keyLooksLikeSecret() {
    return CredentialShapes.isSecret(settings.consumerKey());
  }

  private boolean secretLooksLikeKey() {
    return CredentialShapes.isKey(settings.consumerSecret());
  }
}
