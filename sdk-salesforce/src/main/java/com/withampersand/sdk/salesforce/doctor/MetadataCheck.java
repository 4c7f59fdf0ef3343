package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.doctor.MetadataFacts.RefreshTokenPolicy;
import com.withampersand.sdk.salesforce.internal.ScopeNames;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Compares the metadata of an app with what the program needs, without sending anything. */
final class MetadataCheck {
  /** The shortest time that a connection may idle: what Salesforce demands of widely used apps. */
  private static final int SHORTEST_IDLE_DAYS = 30;

  private final SalesforceAppMetadata metadata;
  private final MetadataFacts found;
  private final WantedSettings wanted;
  private final Clock clock;
  private final FindingCollector collector;

  MetadataCheck(
      SalesforceAppMetadata metadata,
      WantedSettings wanted,
      Clock clock,
      FindingCollector collector) {
    this.metadata = metadata;
    this.found = new MetadataFacts(metadata);
    this.wanted = wanted;
    this.clock = clock;
    this.collector = collector;
  }

  void run() {
    metadata.misnamedFiles().forEach(path -> collector.found(MetadataTexts.misnamed(path)));
    if (found.holdsSecret()) {
      collector.found(MetadataTexts.secretInFile());
    }
    checkEnabled();
    if (found.hasSettings()) {
      checkCallbacks();
      checkPkce();
      checkSecrets();
      checkRotation();
      checkJwtBearer();
      checkClientCredentials();
    }
    if (found.hasScopes()) {
      checkScopes();
    }
    if (found.hasPolicies()) {
      found.refreshTokenPolicy().ifPresent(this::checkRefreshTokens);
      found.ipRelaxation().filter("ENFORCE"::equals).ifPresent(any -> ipRestricted());
      checkUsers();
    }
    checkValues();
    noteUnseen();
  }

  private void checkEnabled() {
    if (found.isOff(MetadataFacts.APP_POLICIES + "isEnabled")) {
      collector.found(MetadataTexts.appDisabled());
    } else if (found.isOff(MetadataFacts.APP_POLICIES + "isOauthPluginEnabled")) {
      collector.found(MetadataTexts.oauthDisabled());
    }
  }

  private void checkCallbacks() {
    List<String> registered = found.callbacks();
    wanted.callbacks().stream()
        .filter(callback -> !registered.contains(callback))
        .findFirst()
        .ifPresent(
            callback -> collector.found(MetadataTexts.callbackNotRegistered(callback, registered)));
  }

  private void checkPkce() {
    if (found.requiresPkce() && !wanted.pkce()) {
      collector.found(MetadataTexts.pkceRequired(isCalledBackByAmpersand()));
    } else if (!found.requiresPkce() && wanted.pkce()) {
      collector.found(MetadataTexts.pkceNotRequired());
    }
  }

  private boolean isCalledBackByAmpersand() {
    return wanted.callbacks().stream()
        .findFirst()
        .filter(SalesforceApp.AMPERSAND_CALLBACK.toString()::equals)
        .isPresent();
  }

  private void checkSecrets() {
    if (!found.needsSecretForCodes()) {
      collector.found(MetadataTexts.secretOptionalForCodes());
    }
    if (!found.needsSecretForRefreshes()) {
      collector.found(MetadataTexts.secretOptionalForRefreshes());
    }
  }

  private void checkRotation() {
    if (!wanted.rotates() && found.rotates().orElse(false)) {
      collector.found(MetadataTexts.rotates());
    }
  }

  private void checkJwtBearer() {
    Optional<String> certificate = found.certificate();
    if (wanted.certificate().isPresent() && certificate.isEmpty()) {
      collector.found(MetadataTexts.jwtBearerOff());
    } else if (wanted.certificate().isPresent() && !wanted.certificate().equals(certificate)) {
      collector.found(MetadataTexts.certificateDiffers());
    }
    certificate
        .flatMap(MetadataCheck::end)
        .filter(end -> end.isBefore(clock.instant()))
        .ifPresent(end -> collector.found(MetadataTexts.certificateExpired(end)));
  }

  private static Optional<Instant> end(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(bytes));
      return Optional.of(certificate.getNotAfter().toInstant());
    } catch (CertificateException | IllegalArgumentException e) {
      return Optional.empty(); // the form in which orgs answer is not documented
    }
  }

  private void checkClientCredentials() {
    if (wanted.runAsUser().isEmpty()) {
      return;
    }
    boolean isAllowed = !found.hasPolicies() || found.allowsClientCredentials();
    if (!found.hasClientCredentials() || !isAllowed) {
      collector.found(MetadataTexts.clientCredentialsOff(found.hasClientCredentials()));
    } else if (found.hasPolicies() && found.runAsUser().isEmpty()) {
      collector.found(MetadataTexts.runAsUserMissing());
    }
  }

  private void checkScopes() {
    if (found.hasScopesInWrongElement()) {
      collector.found(MetadataTexts.scopesInWrongElement());
    }
    List<String> selected = found.scopes();
    if (!ScopeNames.bringRefreshToken(selected)) {
      collector.found(MetadataTexts.refreshScopeMissing());
    }
    List<String> missing =
        wanted.scopes().stream()
            .filter(name -> !ScopeNames.bringRefreshToken(List.of(name)))
            .filter(name -> !ScopeNames.includes(selected, name))
            .toList();
    if (!missing.isEmpty()) {
      collector.found(MetadataTexts.scopesNotSelected(missing));
    }
  }

  private void checkRefreshTokens(RefreshTokenPolicy policy) {
    switch (policy.type()) {
      case "zero" -> collector.found(MetadataTexts.refreshTokensExpireAtOnce());
      case "specificlifetime" -> collector.found(MetadataTexts.refreshTokensExpire(policy));
      case "specificinactivity" -> {
        if (policy.isShorterThanDays(SHORTEST_IDLE_DAYS)) {
          collector.found(MetadataTexts.refreshTokensExpireUnused(policy));
        }
      }
      default -> {
        // infinite; another word is found with the values
      }
    }
  }

  private void ipRestricted() {
    collector.found(MetadataTexts.ipRestricted());
  }

  private void checkUsers() {
    if (found.admitsNamedUsersOnly() && !found.namesUsers()) {
      collector.found(MetadataTexts.noUserAdmitted());
    }
  }

  private void checkValues() {
    KnownValues.ALL.forEach(
        (path, values) ->
            found
                .text(path)
                .filter(text -> !text.isEmpty() && !KnownValues.includes(values, text))
                .ifPresent(
                    text -> collector.found(MetadataTexts.valueUnknown(path, text, values))));
  }

  private void noteUnseen() {
    if (!found.hasSettings()) {
      collector.unseen(
          "Callbacks, PKCE, secrets and flows: the file with the OAuth settings is missing.");
    }
    if (!found.hasScopes()) {
      collector.unseen("The selected scopes: the file that has them is missing.");
    }
    if (!found.hasPolicies()) {
      collector.unseen(
          "Refresh token policy, IP restrictions and permitted users: the file with the OAuth policies is missing.");
    }
    collector.unseen(
        "What the org has now, and what it requires of every app (PKCE, rotation): only files were read.");
  }
}
