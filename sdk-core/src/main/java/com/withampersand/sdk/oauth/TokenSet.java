package com.withampersand.sdk.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.internal.Text;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one grant, and what the provider said about them.
 *
 * <p>{@link OAuthFlow} makes them from the provider's answers; a {@link
 * com.withampersand.sdk.token.TokenStore} keeps them. Members of an answer that OAuth does not know
 * are kept as far as there is room for them: those whose name or look gives them away as secret as
 * {@link #secretAttributes()}, the others as {@link #attributes()}.
 *
 * <p>Immutable, and safe to share between threads. {@link #toString()} shows fingerprints in place
 * of tokens, and no attribute's value.
 */
public final class TokenSet {
  private static final int FORMAT = 2;
  private static final int MOST_SEARCHED_FOR = 32;
  static final String AUTHORIZATION_CODE = "authorization_code";

  private final Secret accessToken;
  private final @Nullable Secret refreshToken;
  private final String tokenType;
  private final Scopes scopes;
  private final Instant obtainedAt;
  private final Expiry expiry;
  private final @Nullable URI issuer;
  private final @Nullable String clientId;
  private final @Nullable String consentId;
  private final String grantType;
  private final @Nullable String subject;
  private final @Nullable Long consentedAtNanos;
  private final Map<String, String> attributes;
  private final Map<String, Secret> secretAttributes;

  private TokenSet(Builder builder) {
    this.accessToken = requireToken(builder.accessToken, "access token");
    this.refreshToken =
        builder.refreshToken == null ? null : requireToken(builder.refreshToken, "refresh token");
    this.tokenType = builder.tokenType;
    this.scopes = builder.scopes;
    this.obtainedAt = builder.obtainedAt;
    this.expiry = builder.expiry;
    this.issuer = builder.issuer;
    this.clientId = builder.clientId;
    this.consentId = builder.consentId;
    this.grantType = builder.grantType;
    this.subject = builder.subject;
    this.consentedAtNanos = builder.consentedAtNanos;
    this.attributes = builder.attributes.share();
    this.secretAttributes = builder.secretAttributes.share();
  }

  private static Secret requireToken(Secret token, String what) {
    if (!isToken(token.reveal())) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " contains a character that a token cannot have, such as a line break at its end;"
              + " only printable ASCII is allowed");
    }
    return token;
  }

  /** RFC 6749, appendix A.12 and A.17: printable ASCII characters. */
  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /**
   * Starts a set of tokens. Building it fails with an {@link IllegalArgumentException} if a token
   * contains anything but printable ASCII characters, which no HTTP header can carry.
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
    builder.issuer = issuer;
    builder.clientId = clientId;
    builder.consentId = consentId;
    builder.grantType = grantType;
    builder.subject = subject;
    builder.consentedAtNanos = consentedAtNanos;
    builder.attributes = new Members<>(attributes);
    builder.secretAttributes = new Members<>(secretAttributes);
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

  /**
   * Returns where these tokens were issued: the base address of the provider, to which refreshes
   * and revocations go. Empty for tokens that an SDK before 0.2 stored, and for those made by hand.
   */
  public Optional<URI> issuer() {
    return Optional.ofNullable(issuer);
  }

  /** Returns the client that these tokens were issued to; empty as {@link #issuer()} is. */
  public Optional<String> clientId() {
    return Optional.ofNullable(clientId);
  }

  /**
   * Returns the id of the consent that these tokens descend from: random where a flow drew it. For
   * tokens made by hand or stored before there were ids it is a hash over client and refresh token,
   * or access token if there is no other, so that saving one such set twice is one consent; a set
   * of the same consent with another refresh token then counts as another consent.
   */
  public String consentId() {
    return consentId == null ? hashedConsentId() : consentId;
  }

  /**
   * Returns how these tokens were first obtained: {@code authorization_code}, {@code jwt_bearer} or
   * {@code client_credentials}; the default is the first.
   */
  public String grantType() {
    return grantType;
  }

  /** Returns the user for whom an app obtained these tokens without consent, if one was named. */
  public Optional<String> subject() {
    return Optional.ofNullable(subject);
  }

  /**
   * Returns how long ago the user consented, by this process's monotonic clock; zero for tokens of
   * another process or made by hand. It tells two consents apart that are saved in another order
   * than they were given in. Not part of {@link #toJson()} and {@link #equals}.
   */
  public Duration sinceConsent() {
    return consentedAtNanos == null
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, System.nanoTime() - consentedAtNanos));
  }

  private String hashedConsentId() {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      Secret token = refreshToken == null ? accessToken : refreshToken;
      hash.update((clientId == null ? "" : clientId).getBytes(StandardCharsets.UTF_8));
      hash.update((byte) 0);
      hash.update(token.reveal().getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Returns the further members of the provider's answers that are no secrets, unaltered. Of an
   * answer, and again when a refresh adds to it, no more is kept than 65,536 characters of names
   * and values, those of {@link #secretAttributes()} included, where each counts as 64 more, and no
   * name longer than 256.
   */
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

  /** Returns these tokens without their refresh token, as they are once someone else has it. */
  public TokenSet withoutRefreshToken() {
    Builder rest = toBuilder().consentId(consentId());
    rest.refreshToken = null;
    return rest.build();
  }

  /** Returns these tokens without those of their {@link #attributes()} that have such a name. */
  public TokenSet withoutAttributes(Predicate<? super String> name) {
    Builder rest = toBuilder();
    rest.attributes.removeIf(name);
    return rest.build();
  }

  /**
   * Returns these tokens brought up to date by the answer to a refresh: what the answer holds
   * replaces what is here, and what it leaves out is kept, the refresh token above all. Where there
   * is no room for all {@link #attributes()}, what is known stays, then comes what takes the place
   * of something known, then what is new.
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
    merged.issuer = issuer == null ? answer.issuer : issuer;
    merged.clientId = answer.clientId == null ? clientId : answer.clientId;
    merged.consentId = consentId();
    merged.grantType = grantType;
    merged.subject = subject;
    merged.consentedAtNanos = consentedAtNanos;
    merged.attributes = new Members<>(Map.of());
    merged.secretAttributes = new Members<>(Map.of());
    MemberRoom room = new MemberRoom();
    merged.add(this, answer::leavesOut, room);
    merged.add(answer, name -> !leavesOut(name), room);
    merged.add(answer, this::leavesOut, room);
    return merged.build();
  }

  /** Tells whether no further member of this name is here, of whichever kind. */
  private boolean leavesOut(String name) {
    return !attributes.containsKey(name) && !secretAttributes.containsKey(name);
  }

  /**
   * Returns everything as JSON for {@link #fromJson(Secret)}: the form in which a store keeps it.
   * It holds the tokens themselves, so encrypt it before it leaves memory.
   */
  public Secret toJson() {
    ObjectNode json = Json.object();
    json.put("version", FORMAT);
    json.put("access_token", accessToken.reveal());
    if (refreshToken != null) {
      json.put("refresh_token", refreshToken.reveal());
    }
    json.put("token_type", tokenType);
    json.put("scope", scopes.toString());
    Json.put(json, "obtained_at", obtainedAt);
    json.put("expiry", expiry.certainty().name().toLowerCase(Locale.ROOT));
    expiry.instant().ifPresent(instant -> Json.put(json, "expires_at", instant));
    if (issuer != null) {
      json.put("issuer", issuer.toString());
    }
    if (clientId != null) {
      json.put("client_id", clientId);
    }
    if (consentId != null) {
      json.put("consent_id", consentId);
    }
    json.put("grant_type", grantType);
    if (subject != null) {
      json.put("subject", subject);
    }
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
    if (node.path("version").asInt(FORMAT) > FORMAT) {
      throw new IllegalArgumentException(
          "this token set is of a later version of the SDK than this one");
    }
    Builder builder =
        builder(Secret.of(Json.requireText(node, "access_token")), instant(node, "obtained_at"))
            .tokenType(Json.requireText(node, "token_type"))
            .scopes(Scopes.parse(Json.requireText(node, "scope")))
            .expiry(readExpiry(node));
    if (node.has("refresh_token")) {
      builder.refreshToken(Secret.of(Json.requireText(node, "refresh_token")));
    }
    Json.address(node, "issuer").ifPresent(builder::issuer);
    Json.text(node, "client_id").ifPresent(builder::clientId);
    Json.text(node, "consent_id").ifPresent(builder::consentId);
    Json.text(node, "grant_type").ifPresent(builder::grantType);
    Json.text(node, "subject").ifPresent(builder::subject);
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

  /** Version 1 had texts, and a number in it could be of any unit. */
  private static Instant instant(JsonNode node, String name) {
    return node.path("version").asInt() < FORMAT
        ? Json.requireInstant(node, name)
        : Json.requirePut(node, name);
  }

  private static Expiry readExpiry(JsonNode node) {
    return switch (Json.requireText(node, "expiry")) {
      case "known" -> Expiry.known(instant(node, "expires_at"));
      case "estimated" -> Expiry.estimated(instant(node, "expires_at"));
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
        && Objects.equals(issuer, set.issuer)
        && Objects.equals(clientId, set.clientId)
        && consentId().equals(set.consentId())
        && grantType.equals(set.grantType)
        && Objects.equals(subject, set.subject)
        && attributes.equals(set.attributes)
        && secretAttributes.equals(set.secretAttributes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(accessToken, refreshToken, obtainedAt);
  }

  /**
   * Returns fingerprints, scopes, expiry and the names of attributes; neither scopes nor names if
   * there are more than 32 secret attributes.
   */
  @Override
  public String toString() {
    return "TokenSet[access token %s, refresh token %s, scopes %s, expiry %s, attributes %s]"
        .formatted(
            accessToken,
            refreshToken == null ? "none" : refreshToken,
            shown(scopes.toString()),
            expiry,
            shown(attributes.keySet().toString()));
  }

  /** The provider may be hostile, so each secret is looked for: it chose how many there are. */
  private String shown(String text) {
    if (secretAttributes.size() > MOST_SEARCHED_FOR) {
      return "(not shown)";
    }
    List<Secret> secrets = new ArrayList<>(secretAttributes.values());
    secrets.add(accessToken);
    refreshToken().ifPresent(secrets::add);
    return Text.redacted(text, secrets);
  }

  /** Members of an answer. Sets of tokens share them, and they are copied when one is changed. */
  private static final class Members<V> {
    private Map<String, V> map;
    private boolean shared = true;

    Members(Map<String, V> shared) {
      this.map = shared;
    }

    void put(String name, V value) {
      own().put(name, value);
    }

    void removeIf(Predicate<? super String> name) {
      if (map.keySet().stream().anyMatch(name)) {
        own().keySet().removeIf(name);
      }
    }

    private Map<String, V> own() {
      if (shared) {
        map = new LinkedHashMap<>(map);
        shared = false;
      }
      return map;
    }

    /** Returns the members as they are now, which nothing changes any more. */
    Map<String, V> share() {
      if (!shared) {
        map = Collections.unmodifiableMap(map);
        shared = true;
      }
      return map;
    }
  }

  /** Builds a {@link TokenSet}. Not safe to share between threads. */
  public static final class Builder {
    private final Secret accessToken;
    private final Instant obtainedAt;
    private @Nullable Secret refreshToken;
    private String tokenType = "Bearer";
    private Scopes scopes = Scopes.none();
    private Expiry expiry = Expiry.unknown();
    private @Nullable URI issuer;
    private @Nullable String clientId;
    private @Nullable String consentId;
    private String grantType = AUTHORIZATION_CODE;
    private @Nullable String subject;
    private @Nullable Long consentedAtNanos;
    private Members<String> attributes = new Members<>(Map.of());
    private Members<Secret> secretAttributes = new Members<>(Map.of());

    private Builder(Secret accessToken, Instant obtainedAt) {
      this.accessToken = Objects.requireNonNull(accessToken, "accessToken");
      this.obtainedAt = Objects.requireNonNull(obtainedAt, "obtainedAt");
    }

    /** Sets the refresh token; the default is none. */
    public Builder refreshToken(Secret refreshToken) {
      this.refreshToken = Objects.requireNonNull(refreshToken, "refreshToken");
      return this;
    }

    /** Leaves out a refresh token that no one needs. */
    Builder withoutRefreshToken() {
      this.refreshToken = null;
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

    /** Sets where the tokens were issued; the default is not known. */
    public Builder issuer(URI issuer) {
      this.issuer = Objects.requireNonNull(issuer, "issuer");
      return this;
    }

    /** Sets the client that they were issued to; the default is not known. */
    public Builder clientId(String clientId) {
      this.clientId = Objects.requireNonNull(clientId, "clientId");
      return this;
    }

    /** Sets the id of the consent; the default is made of client and tokens. */
    public Builder consentId(String consentId) {
      this.consentId = Objects.requireNonNull(consentId, "consentId");
      return this;
    }

    /**
     * Says that the user consents now, and draws a random {@linkplain #consentId(String) id} for
     * it.
     */
    public Builder consentedNow() {
      this.consentId = UUID.randomUUID().toString();
      this.consentedAtNanos = System.nanoTime();
      return this;
    }

    /** Sets how the tokens were first obtained; the default is {@code authorization_code}. */
    public Builder grantType(String grantType) {
      this.grantType = Objects.requireNonNull(grantType, "grantType");
      return this;
    }

    /** Sets the user for whom they were obtained without consent; the default is none. */
    public Builder subject(String subject) {
      this.subject = Objects.requireNonNull(subject, "subject");
      return this;
    }

    /** Adds those members of {@code set} that have such a name, as many as there is room for. */
    private void add(TokenSet set, Predicate<String> name, MemberRoom room) {
      set.attributes.forEach(
          (of, value) -> {
            if (name.test(of) && room.takes(of, value)) {
              attribute(of, value);
            }
          });
      set.secretAttributes.forEach(
          (of, value) -> {
            if (name.test(of) && room.takes(of, value.reveal())) {
              secretAttribute(of, value);
            }
          });
    }

    /**
     * Adds a further member that is no secret. A refresh keeps as much of it as of {@link
     * TokenSet#attributes()}.
     */
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

    /**
     * Builds the set.
     *
     * @throws IllegalArgumentException if a token contains anything but printable ASCII characters;
     *     the message does not quote it
     */
    public TokenSet build() {
      return new TokenSet(this);
    }
  }
}
