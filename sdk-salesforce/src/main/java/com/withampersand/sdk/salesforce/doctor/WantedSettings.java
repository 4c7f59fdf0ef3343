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
 * @param unnamed scopes whose name in metadata is not known
 * @param certificate if JWT bearer is to be enabled
 */
record WantedSettings(
    List<String> scopes,
    List<String> unnamed,
    List<String> callbacks,
    boolean pkce,
    boolean rotates,
    boolean enforcesIpRanges,
    Optional<String> certificate,
    Optional<String> runAsUser) {

  static WantedSettings of(SalesforceAppMetadata declared) {
    MetadataFacts facts = new MetadataFacts(declared);
    return new WantedSettings(
        facts.scopes(),
        List.of(),
        facts.callbacks(),
        facts.requiresPkce(),
        facts.rotates(true),
        facts.enforcesIpRanges(),
        facts.certificate(),
        facts.runAsUser());
  }

  static WantedSettings of(SalesforceAppSettings settings, boolean pkce) {
    List<String> scopes = settings.scopes().toList();
    return new WantedSettings(
        scopes.stream().flatMap(name -> ScopeNames.of(name).stream()).toList(),
        scopes.stream().filter(name -> ScopeNames.of(name).isEmpty()).toList(),
        settings.callbacks().stream().map(URI::toString).toList(),
        pkce,
        settings.rotatesRefreshTokens(),
        false,
        Optional.empty(),
        Optional.empty());
  }
}
