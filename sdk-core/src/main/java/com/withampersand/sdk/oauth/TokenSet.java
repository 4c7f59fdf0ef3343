package com.withampersand.sdk.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.internal.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one grant, and what the provider said about them.
 *
 * <p>{@link OAuthFlow} makes them from the provider's answers; a {@link
 * com.withampersand.sdk.token.TokenStore} keeps them. Members of an answer that OAuth does not know
 * are kept: those whose name or look gives them away as secret as {@link #secretAttributes()}, the
 * others as {@link #attributes()}.
 *
 * <p>Immutable, and safe to share between threads. {@link #toString()} shows fingerprints in place
 * of tokens, and no attribute's value.
 */
public final class TokenSet {
  private final Secret accessToken;
  private final @Nullable Secret refreshToken;
  private final String tokenType;
  private final Scopes scopes;
  private final Instant obtainedAt;
  private final Expiry expiry;
  private final Map<String, String> attributes;
  private final Map<String, Secret> secretAttributes;

  private TokenSet(Builder builder) {
    this.accessToken = builder.accessToken;
    this.refreshToken = builder.refreshToken;
    this.tokenType = builder.tokenType;
    this.scopes = builder.scopes;
    this.obtainedAt = builder.obtainedAt;
    this.expiry = builder.expiry;
    this.attributes = Collections.unmodifiableMap(new LinkedHashMap<>(builder.attributes));
    this.secretAttributes =
        Collections.unmodifiableMap(new LinkedHashMap<>(builder.secretAttributes));
  }

  /**
   * Starts a set of tokens.
   *
   * @param accessToken the access token
   * @param obtainedAt when it was asked for, by this machine's clock
   */
  public static Builder builder(Secret accessToken, Instant obtainedAt) {
    return new Builder(accessToken, obtainedAt);
  }

  /** Returns a builder that holds everything this set does. */
  public Builder toBuilder() {
    Builder builder =
        new Builder(accessToken, obtainedAt).tokenType(tokenType).scopes(scopes).expiry(expiry);
    builder.refreshToken = refreshToken;
    builder.attributes.putAll(attributes);
    builder.secretAttributes.putAll(secretAttributes);
    return builder;
  }

  /** Returns the access token. */
  public Secret accessToken() {
    return accessToken;
  }

  /** Returns the refresh token, if the grant has one. */
  public Optional<Secret> refreshToken() {
    return Optional.ofNullable(refreshToken);
  }

  /** Returns how the access token is presented; nearly always {@code Bearer}. */
  public String tokenType() {
    return tokenType;
  }

  /**
   * Returns the scopes that were granted; those asked for where the provider names none, as RFC
   * 6749, section 5.1 has it.
   */
  public Scopes scopes() {
    return scopes;
  }

  /** Returns when the access token was asked for, by this machine's clock. */
  public Instant obtainedAt() {
    return obtainedAt;
  }

  /** Returns when the access token ends, and how sure that is. */
  public Expiry expiry() {
    return expiry;
  }

  /** Returns the further members of the provider's answers that are no secrets, unaltered. */
  public Map<String, String> attributes() {
    return attributes;
  }

  /** Returns one of the {@link #attributes()}, if the provider sent it. */
  public Optional<String> attribute(String name) {
    return Optional.ofNullable(attributes.get(name));
  }

  /**
   * Returns the further members that may be secrets, such as {@code id_token}; objects and arrays
   * among them as JSON.
   */
  public Map<String, Secret> secretAttributes() {
    return secretAttributes;
  }

  /** Returns one of the {@link #secretAttributes()}, if the provider sent it. */
  public Optional<Secret> secretAttribute(String name) {
    return Optional.ofNullable(secretAttributes.get(name));
  }

  /**
   * Returns these tokens brought up to date by the answer to a refresh: what the answer holds
   * replaces what is here, and what it leaves out is kept, the refresh token above all.
   *
   * @param answer the tokens of the answer; scopes that are empty count as left out
   */
  public TokenSet mergedWith(TokenSet answer) {
    Builder merged = answer.toBuilder();
    if (answer.refreshToken == null) {
      merged.refreshToken = refreshToken;
    }
    if (answer.scopes.isEmpty()) {
      merged.scopes = scopes;
    }
    keep(attributes, merged.attributes, answer.secretAttributes);
    keep(secretAttributes, merged.secretAttributes, answer.attributes);
    return merged.build();
  }

  /** Keeps what the answer left out; what it moved to the other kind is not left out. */
  private static <V> void keep(Map<String, V> old, Map<String, V> merged, Map<String, ?> moved) {
    old.forEach(
        (name, value) -> {
          if (!moved.containsKey(name)) {
            merged.putIfAbsent(name, value);
          }
        });
  }

  /**
   * Returns everything as JSON for {@link #fromJson(Secret)}: the form in which a store keeps it.
   * It holds the tokens themselves, so encrypt it before it leaves memory.
   */
  public Secret toJson() {
    ObjectNode json = Json.object();
    json.put("version", 1);
    json.put("access_token", accessToken.reveal());
    if (refreshToken != null) {
      json.put("refresh_token", refreshToken.reveal());
    }
    json.put("token_type", tokenType);
    json.put("scope", scopes.toString());
    json.put("obtained_at", obtainedAt.toString());
    json.put("expiry", expiry.certainty().name().toLowerCase(Locale.ROOT));
    expiry.instant().ifPresent(instant -> json.put("expires_at", instant.toString()));
    ObjectNode plain = json.putObject("attributes");
    attributes.forEach(plain::put);
    ObjectNode secret = json.putObject("secret_attributes");
    secretAttributes.forEach((name, value) -> secret.put(name, value.reveal()));
    return Secret.of(json.toString());
  }

  /**
   * Returns the tokens that {@link #toJson()} wrote down. Members that this version does not know
   * are ignored.
   *
   * @throws IllegalArgumentException if {@code json} was not written by {@link #toJson()}; the
   *     message does not quote it
   */
  public static TokenSet fromJson(Secret json) {
    JsonNode node = Json.readObject(json, "token set");
    Builder builder =
        builder(
                Secret.of(Json.requireText(node, "access_token")),
                Json.requireInstant(node, "obtained_at"))
            .tokenType(Json.requireText(node, "token_type"))
            .scopes(Scopes.parse(Json.requireText(node, "scope")))
            .expiry(readExpiry(node));
    if (node.has("refresh_token")) {
      builder.refreshToken(Secret.of(Json.requireText(node, "refresh_token")));
    }
    node.path("attributes")
        .properties()
        .forEach(member -> builder.attribute(member.getKey(), member.getValue().asText()));
    node.path("secret_attributes")
        .properties()
        .forEach(
            member ->
                builder.secretAttribute(member.getKey(), Secret.of(member.getValue().asText())));
    return builder.build();
  }

  private static Expiry readExpiry(JsonNode node) {
    return switch (Json.requireText(node, "expiry")) {
      case "known" -> Expiry.known(Json.requireInstant(node, "expires_at"));
      case "estimated" -> Expiry.estimated(Json.requireInstant(node, "expires_at"));
      default -> Expiry.unknown();
    };
  }

  /** Tells whether the other object is an equal set of tokens. */
  @Override
  public boolean equals(Object other) {
    return other instanceof TokenSet set
        && accessToken.equals(set.accessToken)
        && Objects.equals(refreshToken, set.refreshToken)
        && tokenType.equals(set.tokenType)
        && scopes.equals(set.scopes)
        && obtainedAt.equals(set.obtainedAt)
        && expiry.equals(set.expiry)
        && attributes.equals(set.attributes)
        && secretAttributes.equals(set.secretAttributes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(accessToken, refreshToken, obtainedAt);
  }

  /** Returns fingerprints, scopes and expiry. */
  @Override
  public String toString() {
    List<Secret> secrets = new ArrayList<>(secretAttributes.values());
    secrets.add(accessToken);
    refreshToken().ifPresent(secrets::add);
    // Scopes and names came from the provider, which may be hostile.
    return "TokenSet[access token %s, refresh token %s, scopes %s, expiry %s, attributes %s]"
        .formatted(
            accessToken,
            refreshToken == null ? "none" : refreshToken,
            Text.redacted(scopes.toString(), secrets),
            expiry,
            Text.redacted(attributes.keySet().toString(), secrets));
  }

  /** Builds a {@link TokenSet}. Not safe to share between threads. */
  public static final class Builder {
    private final Secret accessToken;
    private final Instant obtainedAt;
    private @Nullable Secret refreshToken;
    private String tokenType = "Bearer";
    private Scopes scopes = Scopes.none();
    private Expiry expiry = Expiry.unknown();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, Secret> secretAttributes = new LinkedHashMap<>();

    private Builder(Secret accessToken, Instant obtainedAt) {
      this.accessToken = Objects.requireNonNull(accessToken, "accessToken");
      this.obtainedAt = Objects.requireNonNull(obtainedAt, "obtainedAt");
    }

    /** Sets the refresh token; the default is none. */
    public Builder refreshToken(Secret refreshToken) {
      this.refreshToken = Objects.requireNonNull(refreshToken, "refreshToken");
      return this;
    }

    /** Sets how the access token is presented; the default is {@code Bearer}. */
    public Builder tokenType(String tokenType) {
      this.tokenType = Objects.requireNonNull(tokenType, "tokenType");
      return this;
    }

    /** Sets the scopes that were granted; the default is none. */
    public Builder scopes(Scopes scopes) {
      this.scopes = Objects.requireNonNull(scopes, "scopes");
      return this;
    }

    /** Sets when the access token ends; the default is unknown. */
    public Builder expiry(Expiry expiry) {
      this.expiry = Objects.requireNonNull(expiry, "expiry");
      return this;
    }

    /** Adds a further member that is no secret. */
    public Builder attribute(String name, String value) {
      attributes.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
      return this;
    }

    /** Adds a further member that may be a secret. */
    public Builder secretAttribute(String name, Secret value) {
      secretAttributes.put(
          Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
      return this;
    }

    /** Builds the set. */
    public TokenSet build() {
      return new TokenSet(this);
    }
  }
}
