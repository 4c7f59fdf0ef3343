package com.withampersand.sdk.platform;

import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.ProviderAppMetadata;
import com.withampersand.sdk.platform.ApplyResult.Outcome;
import com.withampersand.sdk.platform.ProviderApps.SecretPolicy;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    if (!metadata(app, current).equals(current.metadata())) {
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

  /** Returns what is registered, with what the app declares laid over it. */
  private static ProviderAppMetadata metadata(ProviderApp app, RegisteredProviderApp current) {
    Map<String, List<String>> query = new LinkedHashMap<>(current.metadata().authQueryParams());
    query.putAll(app.metadata().authQueryParams());
    Map<String, String> parameters = new LinkedHashMap<>(current.metadata().providerParams());
    parameters.putAll(app.metadata().providerParams());
    return new ProviderAppMetadata(query, parameters);
  }
}
