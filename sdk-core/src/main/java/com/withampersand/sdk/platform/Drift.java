package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.internal.Text;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.platform.ProviderApps.SecretPolicy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a registered app lacks, compared with what the code declares. */
final class Drift {
  private Drift() {}

  static ApplyResult result(
      ProviderApp app, RegisteredProviderApp current, SecretPolicy secretPolicy) {
    Map<ProviderAppField, String> changes = new EnumMap<>(ProviderAppField.class);
    if (!app.scopes().equals(current.scopes())) {
      changes.put(ProviderAppField.SCOPES, difference(current.scopes(), app.scopes()));
    }
    if (app.externalRef().isPresent() && !app.externalRef().equals(current.externalRef())) {
      String now = Text.redacted(app.externalRef().get(), List.of());
      changes.put(ProviderAppField.EXTERNAL_REF, now);
    }
    if (!metadata(app, current).equals(current.storedMetadata())) {
      changes.put(ProviderAppField.METADATA, "");
    }
    if (secretPolicy == SecretPolicy.SEND) {
      changes.put(ProviderAppField.CLIENT_SECRET, "");
    }
    return changes.isEmpty()
        ? ApplyResult.unchanged(current)
        : ApplyResult.wouldUpdate(changes, current);
  }

  /** Returns scopes that come with a plus, and those that go with a minus. */
  private static String difference(Scopes before, Scopes after) {
    List<String> parts = new ArrayList<>();
    after.without(before).forEach(scope -> parts.add("+ " + scope));
    before.without(after).forEach(scope -> parts.add("- " + Text.redacted(scope, List.of())));
    return String.join(" ", parts);
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
