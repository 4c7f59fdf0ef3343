package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.oauth.Scopes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What to change about a connection: what was set, and nothing else. Credentials have to be of the
 * kind that the connection has already.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class ConnectionChange {
  private final Map<String, JsonNode> values;
  private final List<Secret> secrets;

  private ConnectionChange(Builder builder) {
    this.values = new LinkedHashMap<>(builder.values);
    this.secrets = List.copyOf(builder.secrets);
  }

  /** Starts a change. */
  public static Builder builder() {
    return new Builder();
  }

  ApiRequest addTo(ApiRequest request) {
    ObjectNode body = Json.object();
    ArrayNode mask = body.putArray("updateMask");
    ObjectNode connection = body.putObject("connection");
    values.forEach(
        (name, value) -> {
          mask.add(name);
          connection.set(name, value);
        });
    secrets.forEach(request::hiding);
    return request.body(body);
  }

  /** Returns the names of what is changed. */
  @Override
  public String toString() {
    return "ConnectionChange" + values.keySet();
  }

  /** Builds a {@link ConnectionChange}. Not safe to share between threads. */
  public static final class Builder {
    private final Map<String, JsonNode> values = new LinkedHashMap<>();
    private final List<Secret> secrets = new ArrayList<>();

    private Builder() {}

    /**
     * Sets the workspace at the provider; by default it stays as it is.
     *
     * @throws IllegalArgumentException if {@code workspaceRef} is an address
     */
    public Builder workspaceRef(String workspaceRef) {
      values.put("providerWorkspaceRef", Json.object().textNode(Names.workspace(workspaceRef)));
      return this;
    }

    /**
     * Sets the workspace at the provider; by default it stays as it is.
     *
     * @throws IllegalArgumentException if Ampersand has no name for the workspace
     */
    public Builder workspaceRef(Workspace workspace) {
      return workspaceRef(
          workspace
              .workspaceRef()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "the workspace has no name, so it cannot replace one")));
    }

    /** Sets what else the provider needs to be told; by default it stays as it is. */
    public Builder providerMetadata(Map<String, String> metadata) {
      values.put("providerMetadata", Bodies.providerMetadata(metadata));
      return this;
    }

    /** Sets the API key; by default it stays as it is. */
    public Builder apiKey(Secret apiKey) {
      values.put("apiKey", Json.object().textNode(hidden(apiKey)));
      return this;
    }

    /** Sets user name and password; by default they stay as they are. */
    public Builder basicAuth(String username, Secret password) {
      ObjectNode json = Json.object();
      json.put("username", Names.require(username, "username"));
      json.put("password", hidden(password));
      values.put("basicAuth", json);
      return this;
    }

    /** Sets what the client credentials grant works with; by default it stays as it is. */
    public Builder clientCredentials(String clientId, Secret clientSecret, Scopes scopes) {
      ObjectNode json = Json.object();
      json.put("clientId", Names.require(clientId, "clientId"));
      json.put("clientSecret", hidden(clientSecret));
      json.set("scopes", Bodies.scopes(scopes));
      values.put("oauth2ClientCredentials", json);
      return this;
    }

    /** Sets what the password grant works with; by default it stays as it is. */
    public Builder passwordCredentials(
        String username, Secret password, String clientId, Secret clientSecret, Scopes scopes) {
      ObjectNode json = Json.object();
      json.put("username", Names.require(username, "username"));
      json.put("password", hidden(password));
      json.put("clientId", Names.require(clientId, "clientId"));
      json.put("clientSecret", hidden(clientSecret));
      json.set("scopes", Bodies.scopes(scopes));
      values.put("oauth2PasswordCredentials", json);
      return this;
    }

    private String hidden(Secret secret) {
      secrets.add(secret);
      return secret.reveal();
    }

    /**
     * Builds the change.
     *
     * @throws IllegalArgumentException if nothing was set
     */
    public ConnectionChange build() {
      if (values.isEmpty()) {
        throw new IllegalArgumentException("a change has to change something");
      }
      return new ConnectionChange(this);
    }
  }
}
