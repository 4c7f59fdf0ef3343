package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.oauth.Expiry.Certainty;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Tokens that you hold, to be held by Ampersand from now on.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class ConnectionImport {
  private final ConnectionKey key;
  private final TokenSet tokens;
  private final Map<String, String> options;
  private final Map<String, String> providerMetadata;

  private ConnectionImport(Builder builder) {
    this.key = builder.key;
    this.tokens = builder.tokens;
    this.options = new LinkedHashMap<>(builder.options);
    this.providerMetadata = builder.providerMetadata;
  }

  /**
   * Starts an import.
   *
   * @param key the provider, and whose connection it will be
   * @param tokens the tokens; without a refresh token Ampersand cannot keep the connection alive
   */
  public static Builder builder(ConnectionKey key, TokenSet tokens) {
    return new Builder(key, tokens);
  }

  ConnectionKey key() {
    return key;
  }

  ApiRequest addTo(ApiRequest request) {
    ObjectNode body = Json.object();
    body.put("provider", key.provider());
    body.put("groupRef", key.groupRef());
    body.put("consumerRef", key.consumerRef());
    options.forEach(body::put);
    if (!providerMetadata.isEmpty()) {
      body.set("providerMetadata", Bodies.providerMetadata(providerMetadata));
    }
    body.set("oauth2AuthorizationCode", tokens());
    tokens.refreshToken().ifPresent(request::hiding);
    return request.body(body).hiding(tokens.accessToken());
  }

  /** Only an expiry that the provider named is passed on: an estimate is none of Ampersand's. */
  private ObjectNode tokens() {
    ObjectNode json = Json.object();
    ObjectNode access = json.putObject("accessToken");
    access.put("token", tokens.accessToken().reveal());
    access.put("issuedAt", tokens.obtainedAt().toString());
    if (tokens.expiry().certainty() == Certainty.KNOWN) {
      tokens.expiry().instant().ifPresent(end -> access.put("expiresAt", end.toString()));
    }
    tokens
        .refreshToken()
        .ifPresent(token -> json.putObject("refreshToken").put("token", token.reveal()));
    json.set("scopes", Bodies.scopes(tokens.scopes()));
    return json;
  }

  /** Returns the key. */
  @Override
  public String toString() {
    return "ConnectionImport[" + key + "]";
  }

  /** Builds a {@link ConnectionImport}. Not safe to share between threads. */
  public static final class Builder {
    private final ConnectionKey key;
    private final TokenSet tokens;
    private final Map<String, String> options = new LinkedHashMap<>();
    private Map<String, String> providerMetadata = Map.of();

    private Builder(ConnectionKey key, TokenSet tokens) {
      this.key = Objects.requireNonNull(key, "key");
      this.tokens = Objects.requireNonNull(tokens, "tokens");
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
     * acme}. The default is none.
     *
     * @throws IllegalArgumentException if {@code workspaceRef} is an address
     */
    public Builder workspaceRef(String workspaceRef) {
      return set("providerWorkspaceRef", Names.workspace(workspaceRef));
    }

    /**
     * Sets the workspace at the provider; for Salesforce a {@code LoginHost}. The default is none.
     *
     * @throws IllegalArgumentException if Ampersand has no name for the workspace
     */
    public Builder workspaceRef(Workspace workspace) {
      workspace.workspaceRef().ifPresent(this::workspaceRef);
      return this;
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

    /** Builds the import. */
    public ConnectionImport build() {
      return new ConnectionImport(this);
    }
  }
}
