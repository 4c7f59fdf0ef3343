package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.internal.Text;
import com.withampersand.sdk.oauth.ProviderAppMetadata;
import com.withampersand.sdk.oauth.Scopes;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A provider app as Ampersand holds it. Its client secret is not among what Ampersand tells.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class RegisteredProviderApp {
  private final String id;
  private final String provider;
  private final String clientId;
  private final Scopes scopes;
  private final ProviderAppMetadata metadata;
  private final ObjectNode storedMetadata;
  private final @Nullable String externalRef;
  private final @Nullable Instant createTime;
  private final @Nullable Instant updateTime;

  private RegisteredProviderApp(Members members) {
    this.id = members.require("id");
    this.provider = members.require("provider");
    this.clientId = members.require("clientId");
    this.scopes = Scopes.parse(String.join(" ", members.texts("scopes")));
    this.metadata = metadata(members.object("metadata"));
    this.storedMetadata =
        members.node().get("metadata") instanceof ObjectNode stored ? stored : Json.object();
    this.externalRef = members.name("externalRef").orElse(null);
    this.createTime = members.instant("createTime").orElse(null);
    this.updateTime = members.instant("updateTime").orElse(null);
  }

  static RegisteredProviderApp of(Members members) {
    return new RegisteredProviderApp(members);
  }

  /** Returns the app if enough of it is there to name it. */
  static Optional<RegisteredProviderApp> find(Members members) {
    return Stream.of("id", "provider", "clientId").allMatch(name -> members.name(name).isPresent())
        ? Optional.of(of(members))
        : Optional.empty();
  }

  private static ProviderAppMetadata metadata(Members members) {
    Members parameters = members.object("authQueryParams");
    Map<String, List<String>> query = new LinkedHashMap<>();
    parameters
        .node()
        .properties()
        .forEach(entry -> query.put(entry.getKey(), parameters.texts(entry.getKey())));
    return new ProviderAppMetadata(query, members.object("providerParams").textMembers());
  }

  /** Returns the ID by which Ampersand knows it. */
  public String id() {
    return id;
  }

  /** Returns the provider's name in the catalog. */
  public String provider() {
    return provider;
  }

  /** Returns the client identifier; Salesforce calls it the Consumer Key. */
  public String clientId() {
    return clientId;
  }

  /** Returns the scopes that users are asked for. */
  public Scopes scopes() {
    return scopes;
  }

  /** Returns what Ampersand knows about it beyond OAuth. */
  public ProviderAppMetadata metadata() {
    return metadata;
  }

  /** Returns a copy of the metadata with what has no place in {@link #metadata()}. */
  ObjectNode storedMetadata() {
    return storedMetadata.deepCopy();
  }

  /** Returns the identifier by which the provider knows it, if Ampersand was told. */
  public Optional<String> externalRef() {
    return Optional.ofNullable(externalRef);
  }

  /** Returns when it was registered, by Ampersand's clock. */
  public Optional<Instant> createTime() {
    return Optional.ofNullable(createTime);
  }

  /** Returns when it was changed last, by Ampersand's clock. */
  public Optional<Instant> updateTime() {
    return Optional.ofNullable(updateTime);
  }

  /** Tells whether the other object is the same app in the same state. */
  @Override
  public boolean equals(Object other) {
    return other instanceof RegisteredProviderApp app
        && id.equals(app.id)
        && provider.equals(app.provider)
        && clientId.equals(app.clientId)
        && scopes.equals(app.scopes)
        && metadata.equals(app.metadata)
        && Objects.equals(externalRef, app.externalRef)
        && Objects.equals(updateTime, app.updateTime);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  /**
   * Returns ID, provider, client identifier and scopes; asterisks for one as long as a token, as
   * Salesforce's client identifiers are.
   */
  @Override
  public String toString() {
    return "RegisteredProviderApp[%s, %s, client %s, scopes %s]"
        .formatted(
            Text.redacted(id, List.of()),
            Text.redacted(provider, List.of()),
            Text.redacted(clientId, List.of()),
            Text.redacted(scopes.toString(), List.of()));
  }
}
