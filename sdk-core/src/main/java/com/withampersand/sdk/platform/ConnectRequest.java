package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.internal.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Whom Ampersand is to take through consent, and to what.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class ConnectRequest {
  private final ConnectionKey key;
  private final Map<String, String> options;
  private final Map<String, String> providerMetadata;

  private ConnectRequest(Builder builder) {
    this.key = builder.key;
    this.options = new LinkedHashMap<>(builder.options);
    this.providerMetadata = new LinkedHashMap<>(builder.providerMetadata);
  }

  /** Returns a request without options. */
  public static ConnectRequest of(ConnectionKey key) {
    return builder(key).build();
  }

  /**
   * Starts a request.
   *
   * @param key the provider, and whose connection it will be
   */
  public static Builder builder(ConnectionKey key) {
    return new Builder(key);
  }

  ObjectNode body(String project) {
    ObjectNode body = Json.object();
    body.put("projectIdOrName", project);
    body.put("provider", key.provider());
    body.put("groupRef", key.groupRef());
    body.put("consumerRef", key.consumerRef());
    options.forEach(body::put);
    if (!providerMetadata.isEmpty()) {
      body.set("providerMetadata", Bodies.providerMetadata(providerMetadata));
    }
    return body;
  }

  /** Returns the key. */
  @Override
  public String toString() {
    return "ConnectRequest[" + key + "]";
  }

  /** Builds a {@link ConnectRequest}. Not safe to share between threads. */
  public static final class Builder {
    private final ConnectionKey key;
    private final Map<String, String> options = new LinkedHashMap<>();
    private Map<String, String> providerMetadata = Map.of();

    private Builder(ConnectionKey key) {
      this.key = Objects.requireNonNull(key, "key");
    }

    /** Sets the group's name as people see it; the default is its reference. */
    public Builder groupName(String groupName) {
      return set("groupName", groupName);
    }

    /** Sets the user's name as people see it; the default is the user's reference. */
    public Builder consumerName(String consumerName) {
      return set("consumerName", consumerName);
    }

    /**
     * Sets the workspace at the provider; for Salesforce the name of the My Domain, such as {@code
     * acme}. The default is none: users of Salesforce then sign in at {@code login.salesforce.com}.
     *
     * @throws IllegalArgumentException if {@code workspaceRef} is an address
     */
    public Builder workspaceRef(String workspaceRef) {
      return set("providerWorkspaceRef", Names.workspace(workspaceRef));
    }

    /**
     * Sets the workspace at the provider; for Salesforce a {@code LoginHost}. The default is none:
     * users of Salesforce then sign in at {@code login.salesforce.com}.
     *
     * @throws IllegalArgumentException if Ampersand has no name for the workspace
     */
    public Builder workspaceRef(Workspace workspace) {
      workspace.workspaceRef().ifPresent(this::workspaceRef);
      return this;
    }

    /**
     * Sets the ID of the provider app to ask with; the default is the one that was set up for the
     * provider in Ampersand's dashboard.
     */
    public Builder providerAppId(String providerAppId) {
      return set("providerAppId", providerAppId);
    }

    /** Sets what else the provider needs to be told, by name; the default is nothing. */
    public Builder providerMetadata(Map<String, String> values) {
      this.providerMetadata = Map.copyOf(values);
      return this;
    }

    private Builder set(String name, String value) {
      options.put(name, Names.require(value, name));
      return this;
    }

    /** Builds the request. */
    public ConnectRequest build() {
      return new ConnectRequest(this);
    }
  }
}
