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
    checkSettings();
    checkScopes();
    checkPolicies();
    checkUsers();
    checkValues();
    collector.unseen(
        "What the org requires of every app (PKCE, rotation), and what was changed since the files were retrieved.");
  }

  private void checkEnabled() {
    if (found.isOff(MetadataFacts.APP_POLICIES + "/isEnabled")) {
      collector.found(MetadataTexts.appDisabled());
    } else if (found.isOff(MetadataFacts.APP_POLICIES + "/isOauthPluginEnabled")) {
      collector.found(MetadataTexts.oauthDisabled());
    }
  }

  private void checkSettings() {
    if (!found.hasSettings()) {
      collector.unseen(
          "Callbacks, PKCE, secrets and flows: the files do not have the OAuth settings.");
      return;
    }
    checkCallbacks();
    checkPkce();
    if (!found.needsSecretForCodes()) {
      collector.found(MetadataTexts.secretOptionalForCodes());
    }
    if (!found.needsSecretForRefreshes()) {
      collector.found(MetadataTexts.secretOptionalForRefreshes());
    }
    if (!wanted.rotates() && found.rotates(false)) {
      collector.found(MetadataTexts.rotates());
    }
    checkJwtBearer();
    checkClientCredentials();
  }

  private void checkCallbacks() {
    List<String> registered = found.callbacks();
    List<String> missing =
        wanted.callbacks().stream().filter(each -> !registered.contains(each)).toList();
    if (!missing.isEmpty()) {
      collector.found(MetadataTexts.callbackNotRegistered(missing, registered));
    }
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

  /** The form in which orgs return certificates is not documented. */
  private void checkJwtBearer() {
    Optional<X509Certificate> there = found.certificate().flatMap(MetadataCheck::certificate);
    if (wanted.certificate().isPresent() && found.certificate().isEmpty()) {
      collector.found(MetadataTexts.jwtBearerOff());
    } else if (wanted.certificate().isPresent() && there.isEmpty()) {
      collector.unseen("Whether the app has the declared certificate: what it has cannot be read.");
    } else if (wanted.certificate().isPresent()
        && !there.equals(wanted.certificate().flatMap(MetadataCheck::certificate))) {
      collector.found(MetadataTexts.certificateDiffers());
    }
    there
        .map(certificate -> certificate.getNotAfter().toInstant())
        .filter(end -> end.isBefore(clock.instant()))
        .ifPresent((Instant end) -> collector.found(MetadataTexts.certificateExpired(end)));
  }

  private static Optional<X509Certificate> certificate(String pem) {
    try {
      byte[] bytes = Base64.getDecoder().decode(pem.replaceAll("-----[A-Z ]+-----|\\s", ""));
      return Optional.of(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(bytes)));
    } catch (CertificateException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void checkClientCredentials() {
    if (wanted.runAsUser().isEmpty()) {
      return;
    }
    boolean isAllowed = !found.hasUsers() || found.allowsClientCredentials();
    if (!found.hasClientCredentials() || !isAllowed) {
      collector.found(MetadataTexts.clientCredentialsOff(found.hasClientCredentials()));
    } else if (found.hasUsers() && found.runAsUser().isEmpty()) {
      collector.found(MetadataTexts.runAsUserMissing());
    }
  }

  private void checkScopes() {
    if (!found.hasScopes()) {
      collector.unseen("The selected scopes: the files do not have them.");
      return;
    }
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
    if (!wanted.unnamed().isEmpty()) {
      collector.unseen(
          "Whether these scopes are selected, whose names in metadata are not known: "
              + String.join(", ", wanted.unnamed())
              + ".");
    }
  }

  private void checkPolicies() {
    if (!found.hasPolicies()) {
      collector.unseen(
          "Refresh token policy and IP restrictions: the files do not have the OAuth policies.");
      return;
    }
    found.refreshTokenPolicy().ifPresent(this::checkRefreshTokens);
    if (found.enforcesIpRanges() && !wanted.enforcesIpRanges()) {
      collector.found(MetadataTexts.ipRestricted());
    } else if (found.enforcesIpRanges()) {
      collector.unseen("Whether the servers' addresses are within the IP ranges, which apply.");
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
        // Infinite. Another word is found with the values.
      }
    }
  }

  private void checkUsers() {
    if (!found.hasUsers()) {
      collector.unseen("Permitted users: the files do not have the OAuth policies.");
    } else if (found.admitsNamedUsersOnly() && !found.namesUsers()) {
      collector.found(MetadataTexts.noUserAdmitted());
    }
  }

  private void checkValues() {
    KnownValues.ALL.forEach(
        (path, values) ->
            found
                .text(path)
                .filter(text -> !KnownValues.includes(values, text))
                .ifPresent(
                    text -> collector.found(MetadataTexts.valueUnknown(path, text, values))));
  }
}
