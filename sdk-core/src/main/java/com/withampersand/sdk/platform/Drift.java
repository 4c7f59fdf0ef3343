package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.platform.ApplyResult.Outcome;
import com.withampersand.sdk.platform.ProviderApps.SecretPolicy;
import java.util.EnumSet;
import java.util.Set;

/** What a registered app lacks, compared with what the code declares. */
final class Drift {
  private Drift() {}

  static ApplyResult result(
      ProviderApp app, RegisteredProviderApp current, SecretPolicy secretPolicy) {
    Set<ProviderAppField> fields = EnumSet.noneOf(ProviderAppField.class);
    if (!app.scopes().equals(current.scopes())) {
      fields.add(ProviderAppField.SCOPES);
    }
    if (app.externalRef().isPresent() && !app.externalRef().equals(current.externalRef())) {
      fields.add(ProviderAppField.EXTERNAL_REF);
    }
    if (!metadata(app, current).equals(current.storedMetadata())) {
      fields.add(ProviderAppField.METADATA);
    }
    if (secretPolicy == SecretPolicy.SEND) {
      fields.add(ProviderAppField.CLIENT_SECRET);
    }
    return fields.isEmpty()
        ? ApplyResult.unchanged(current)
        : new ApplyResult(Outcome.UPDATED, fields, current);
  }

  static ProviderAppChange change(
      ProviderApp app, RegisteredProviderApp current, Set<ProviderAppField> fields) {
    ProviderAppChange.Builder change = ProviderAppChange.builder();
    if (fields.contains(ProviderAppField.SCOPES)) {
      change.scopes(app.scopes());
    }
    if (fields.contains(ProviderAppField.EXTERNAL_REF)) {
      app.externalRef().ifPresent(change::externalRef);
    }
    if (fields.contains(ProviderAppField.METADATA)) {
      change.metadata(metadata(app, current));
    }
    if (fields.contains(ProviderAppField.CLIENT_SECRET)) {
      change.clientSecret(app.clientSecret());
    }
    return change.build();
  }

  /** Returns what is registered, with what the app declares laid over it, name by name. */
  private static ObjectNode metadata(ProviderApp app, RegisteredProviderApp current) {
    ObjectNode merged = current.storedMetadata();
    Bodies.metadata(app.metadata())
        .properties()
        .forEach(
            part -> {
              JsonNode stored = merged.path(part.getKey());
              ObjectNode target =
                  stored instanceof ObjectNode object ? object : merged.putObject(part.getKey());
              target.setAll((ObjectNode) part.getValue());
            });
    return merged;
  }
}
