package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.oauth.Expiry.Certainty;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Credentials that you hold, to be held by Ampersand from now on: tokens, or what a provider takes
 * in their place.
 *
 * <p>A user's password for the OAuth password grant is not among them: RFC 9700 forbids that grant,
 * and providers end it. {@link ConnectionChange} still updates connections of that kind.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9700#section-2.4">RFC 9700, section 2.4</a>
 */
public final class ConnectionImport {
  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7E\\r\\n\\t]+");

  private final ConnectionKey key;
  private final Credentials credentials;
  private final Map<String, String> options;
  private final Map<String, String> providerMetadata;

  /**
   * The member of a request that brings credentials.
   *
   * @param secrets what it holds that no message may show
   */
  private record Credentials(String member, JsonNode value, List<Secret> secrets) {
    /** Hides the value, which may be a secret as well. */
    @Override
    public String toString() {
      return member;
    }
  }

  private ConnectionImport(Builder builder) {
    this.key = builder.key;
    this.credentials = builder.credentials;
    this.options = new LinkedHashMap<>(builder.options);
    this.providerMetadata = builder.providerMetadata;
  }

  /**
   * Starts an import of the tokens of an authorization code.
   *
   * @param key the provider, and whose connection it will be
   * @param tokens the tokens; without a refresh token Ampersand cannot keep the connection alive
   */
  public static Builder builder(ConnectionKey key, TokenSet tokens) {
    List<Secret> secrets = new ArrayList<>(List.of(tokens.accessToken()));
    tokens.refreshToken().ifPresent(secrets::add);
    return new Builder(
        key, new Credentials("oauth2AuthorizationCode", tokens(tokens), List.copyOf(secrets)));
  }

  /** Only an expiry that the provider named is passed on: an estimate is none of Ampersand's. */
  private static ObjectNode tokens(TokenSet tokens) {
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

  /**
   * Starts an import of an API key.
   *
   * @param key the provider, and whose connection it will be
   */
  public static Builder apiKey(ConnectionKey key, Secret apiKey) {
    JsonNode value = Json.object().textNode(apiKey.reveal());
    return new Builder(key, new Credentials("apiKey", value, List.of(apiKey)));
  }

  /**
   * Starts an import of a user name and a password, for HTTP's Basic authentication.
   *
   * @param key the provider, and whose connection it will be
   * @throws IllegalArgumentException if {@code username} is blank or holds control characters
   */
  public static Builder basicAuth(ConnectionKey key, String username, Secret password) {
    ObjectNode value = Json.object();
    value.put("username", Names.require(username, "username"));
    value.put("password", password.reveal());
    return new Builder(key, new Credentials("basicAuth", value, List.of(password)));
  }

  /**
   * Starts an import of what the client-credentials grant works with.
   *
   * @param key the provider, and whose connection it will be
   * @throws IllegalArgumentException if {@code clientId} is blank or holds control characters
   */
  public static Builder clientCredentials(
      ConnectionKey key, String clientId, Secret clientSecret, Scopes scopes) {
    ObjectNode value = Json.object();
    value.put("clientId", Names.require(clientId, "clientId"));
    value.put("clientSecret", clientSecret.reveal());
    value.set("scopes", Bodies.scopes(scopes));
    return new Builder(
        key, new Credentials("oauth2ClientCredentials", value, List.of(clientSecret)));
  }

  /**
   * Starts an import of what a provider of the type {@code custom} in Ampersand's catalog asks for.
   * Ampersand can replace none of it later: to change it, delete the connection and import it anew.
   *
   * @param key the provider, and whose connection it will be
   * @param values what it asks for, by the names in the catalog; all of it is kept out of messages,
   *     and so is what it is the base64 of
   * @throws IllegalArgumentException if there are no values, or a name is blank or holds control
   *     characters
   */
  public static Builder customAuth(ConnectionKey key, Map<String, Secret> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException(
          "there are no values: give what Ampersand's catalog lists for the provider");
    }
    ObjectNode json = Json.object();
    List<Secret> secrets = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          json.put(Names.require(name, "name of a value"), value.reveal());
          secrets.add(value);
          secrets.addAll(decoded(value));
        });
    return new Builder(key, new Credentials("customAuth", json, List.copyOf(secrets)));
  }

  /** Returns what a value is the base64 of, such as a key in PEM: a server may quote that. */
  private static List<Secret> decoded(Secret value) {
    try {
      String text =
          new String(Base64.getDecoder().decode(value.reveal()), StandardCharsets.ISO_8859_1);
      return PRINTABLE.matcher(text).matches() ? List.of(Secret.of(text)) : List.of();
    } catch (IllegalArgumentException e) {
      // It is not base64.
      return List.of();
    }
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
    body.set(credentials.member(), credentials.value());
    credentials.secrets().forEach(request::hiding);
    return request
        .naming(List.of(key.provider(), key.groupRef(), key.consumerRef()))
        .naming(options.values())
        .body(body);
  }

  /** Returns the key. */
  @Override
  public String toString() {
    return "ConnectionImport[" + key + "]";
  }

  /** Builds a {@link ConnectionImport}. Not safe to share between threads. */
  public static final class Builder {
    private final ConnectionKey key;
    private final Credentials credentials;
    private final Map<String, String> options = new LinkedHashMap<>();
    private Map<String, String> providerMetadata = Map.of();

    private Builder(ConnectionKey key, Credentials credentials) {
      this.key = Objects.requireNonNull(key, "key");
      this.credentials = credentials;
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
