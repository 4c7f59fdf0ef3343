package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.oauth.ProviderAppMetadata;
import com.withampersand.sdk.oauth.Scopes;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to change about a provider app: the fields that were set, and no other.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class ProviderAppChange {
  private final Map<ProviderAppField, JsonNode> values;
  private final @Nullable Secret clientSecret;

  private ProviderAppChange(Builder builder) {
    this.values = new EnumMap<>(builder.values);
    this.clientSecret = builder.clientSecret;
  }

  /** Starts a change. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the fields that are changed; never empty. */
  public Set<ProviderAppField> fields() {
    Set<ProviderAppField> fields = EnumSet.copyOf(values.keySet());
    return Collections.unmodifiableSet(fields);
  }

  ApiRequest addTo(ApiRequest request) {
    ObjectNode body = Json.object();
    ArrayNode mask = body.putArray("updateMask");
    ObjectNode app = body.putObject("providerApp");
    values.forEach(
        (field, value) -> {
          mask.add(field.toString());
          app.set(field.toString(), value);
        });
    if (clientSecret != null) {
      request.hiding(clientSecret);
    }
    return request.body(body);
  }

  /** Returns the names of the fields. */
  @Override
  public String toString() {
    return "ProviderAppChange" + values.keySet();
  }

  /** Builds a {@link ProviderAppChange}. Not safe to share between threads. */
  public static final class Builder {
    private final Map<ProviderAppField, JsonNode> values = new EnumMap<>(ProviderAppField.class);
    private @Nullable Secret clientSecret;

    private Builder() {}

    /** Sets the provider's name in the catalog; by default it stays as it is. */
    public Builder provider(String provider) {
      return set(ProviderAppField.PROVIDER, Names.require(provider, "provider"));
    }

    /** Sets the client identifier; by default it stays as it is. */
    public Builder clientId(String clientId) {
      return set(ProviderAppField.CLIENT_ID, Names.require(clientId, "clientId"));
    }

    /** Sets the client secret; by default it stays as it is. */
    public Builder clientSecret(Secret clientSecret) {
      this.clientSecret = Objects.requireNonNull(clientSecret, "clientSecret");
      return set(ProviderAppField.CLIENT_SECRET, clientSecret.reveal());
    }

    /** Sets the scopes that users are asked for; by default they stay as they are. */
    public Builder scopes(Scopes scopes) {
      values.put(ProviderAppField.SCOPES, Bodies.scopes(scopes));
      return this;
    }

    /** Sets the identifier by which the provider knows the app; by default it stays as it is. */
    public Builder externalRef(String externalRef) {
      return set(ProviderAppField.EXTERNAL_REF, Names.require(externalRef, "externalRef"));
    }

    /**
     * Sets what Ampersand has to know beyond OAuth, in place of all that it knows now; by default
     * that stays as it is.
     */
    public Builder metadata(ProviderAppMetadata metadata) {
      values.put(ProviderAppField.METADATA, Bodies.metadata(metadata));
      return this;
    }

    /** Sets the metadata as it is to be stored. */
    Builder metadata(ObjectNode stored) {
      values.put(ProviderAppField.METADATA, stored);
      return this;
    }

    private Builder set(ProviderAppField field, String value) {
      values.put(field, Json.object().textNode(value));
      return this;
    }

    /**
     * Builds the change.
     *
     * @throws IllegalArgumentException if nothing was set
     */
    public ProviderAppChange build() {
      if (values.isEmpty()) {
        throw new IllegalArgumentException("a change has to change something");
      }
      return new ProviderAppChange(this);
    }
  }
}
