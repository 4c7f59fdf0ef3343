package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.salesforce.SalesforceAppSettings;
import com.withampersand.sdk.salesforce.internal.ScopeNames;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What the metadata of an app is to say.
 *
 * @param scopes as metadata names them
 * @param certificate Base64 without PEM lines, if JWT bearer is to be enabled
 */
record WantedSettings(
    List<String> scopes,
    List<String> callbacks,
    boolean pkce,
    boolean rotates,
    Optional<String> certificate,
    Optional<String> runAsUser) {

  static WantedSettings of(SalesforceAppMetadata declared) {
    MetadataFacts facts = new MetadataFacts(declared);
    return new WantedSettings(
        facts.scopes(),
        facts.callbacks(),
        facts.requiresPkce(),
        facts.rotates().orElse(true),
        facts.certificate(),
        facts.runAsUser());
  }

  /** A scope whose name in metadata is not known is left out. */
  static WantedSettings of(SalesforceAppSettings settings) {
    return new WantedSettings(
        settings.scopes().toList().stream().flatMap(name -> ScopeNames.of(name).stream()).toList(),
        settings.callbacks().stream().map(URI::toString).toList(),
        settings.usesPkce(),
        settings.rotatesRefreshTokens(),
        Optional.empty(),
        Optional.empty());
  }
}
