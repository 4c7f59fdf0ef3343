package com.withampersand.sdk.platform;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Text;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A customer's connection, as Ampersand holds it.
 *
 * <p>Immutable, and safe to share between threads. {@link #toString()} shows no credential.
 */
public final class Connection {
  /** Whether a connection can be used. */
  public enum Health {
    /** It was used with success. */
    WORKING,
    /** It was made or renewed, and has not been used since. */
    CREATED,
    /**
     * Its credentials were refused: the user has to consent again, at {@link
     * Connections#reconnectUrl(String)}.
     */
    NEEDS_CONSENT,
    /**
     * Ampersand gives a {@linkplain Connection#status() status} that this version does not know.
     */
    UNKNOWN
  }

  private static final String PROVIDER = "ampersand_provider";
  private static final String WORKSPACE = "ampersand_workspace";

  private final String id;
  private final String provider;
  private final String groupRef;
  private final String consumerRef;
  private final String status;
  private final String authScheme;
  private final @Nullable String workspaceRef;
  private final @Nullable String providerConsumerRef;
  private final @Nullable RegisteredProviderApp providerApp;
  private final @Nullable Instant createTime;
  private final @Nullable Instant updateTime;
  private final @Nullable Instant issuedAt;
  private final @Nullable TokenSet tokens;
  private final @Nullable Secret apiKey;
  private final Map<String, String> providerMetadata;

  private Connection(Members members, Clock clock) {
    this.id = members.require("id");
    this.provider = members.require("provider");
    this.groupRef = members.object("group").require("groupRef");
    this.consumerRef = members.object("consumer").require("consumerRef");
    this.status = members.name("status").orElse("");
    this.authScheme = members.name("authScheme").orElse("");
    this.workspaceRef = members.name("providerWorkspaceRef").orElse(null);
    this.providerConsumerRef = members.name("providerConsumerRef").orElse(null);
    this.providerApp = RegisteredProviderApp.find(members.object("providerApp")).orElse(null);
    this.createTime = members.instant("createTime").orElse(null);
    this.updateTime = members.instant("updateTime").orElse(null);
    Members held = members.object("oauth2AuthorizationCode");
    this.issuedAt = held.object("accessToken").instant("issuedAt").orElse(null);
    this.tokens = tokens(held, clock).orElse(null);
    this.apiKey = members.secret("apiKey").orElse(null);
    this.providerMetadata = metadata(members.object("providerMetadata"));
  }

  static Connection of(Members members, Clock clock) {
    return new Connection(members, clock);
  }

  private Optional<TokenSet> tokens(Members members, Clock clock) {
    Members access = members.object("accessToken");
    return access
        .token("token")
        .map(
            token -> {
              TokenSet.Builder tokens =
                  TokenSet.builder(token, access.instant("issuedAt").orElseGet(clock::instant))
                      .scopes(Scopes.parse(String.join(" ", members.texts("scopes"))))
                      .attribute(PROVIDER, provider);
              workspaceRef().ifPresent(workspace -> tokens.attribute(WORKSPACE, workspace));
              members.object("refreshToken").token("token").ifPresent(tokens::refreshToken);
              access.instant("expiresAt").map(Expiry::known).ifPresent(tokens::expiry);
              return tokens.build();
            });
  }

  private static Map<String, String> metadata(Members members) {
    Map<String, String> values = new LinkedHashMap<>();
    members
        .node()
        .fieldNames()
        .forEachRemaining(
            name -> members.object(name).text("value").ifPresent(value -> values.put(name, value)));
    return Map.copyOf(values);
  }

  /** Returns the ID by which Ampersand knows it. */
  public String id() {
    return id;
  }

  /**
   * Returns the provider, and whose connection it is.
   *
   * @throws IllegalArgumentException if Ampersand's names are not those of a key: one is blank or
   *     holds a control character
   */
  public ConnectionKey key() {
    return new ConnectionKey(provider, groupRef, consumerRef);
  }

  /** Tells whether it is the connection of this very name. */
  boolean isOf(ConnectionKey key) {
    return provider.equals(key.provider())
        && groupRef.equals(key.groupRef())
        && consumerRef.equals(key.consumerRef());
  }

  /** Returns when its access token was issued, if the token was asked for and that is known. */
  Optional<Instant> issuedAt() {
    return Optional.ofNullable(issuedAt);
  }

  /** Returns whether it can be used. */
  public Health health() {
    return switch (status) {
      case "working" -> Health.WORKING;
      case "created" -> Health.CREATED;
      case "bad_credentials" -> Health.NEEDS_CONSENT;
      default -> Health.UNKNOWN;
    };
  }

  /** Returns its status in Ampersand's own word; {@link #health()} says what it means. */
  public String status() {
    return status;
  }

  /** Returns how it authenticates, in Ampersand's own word. */
  public String authScheme() {
    return authScheme;
  }

  /** Returns the workspace at the provider; for Salesforce the name of the My Domain. */
  public Optional<String> workspaceRef() {
    return Optional.ofNullable(workspaceRef);
  }

  /** Returns the user's identifier at the provider; for Salesforce the identity URL. */
  public Optional<String> providerConsumerRef() {
    return Optional.ofNullable(providerConsumerRef);
  }

  /** Returns the provider app that it was made with. */
  public Optional<RegisteredProviderApp> providerApp() {
    return Optional.ofNullable(providerApp);
  }

  /** Returns when it was made, by Ampersand's clock. */
  public Optional<Instant> createTime() {
    return Optional.ofNullable(createTime);
  }

  /** Returns when it was changed last, by Ampersand's clock. */
  public Optional<Instant> updateTime() {
    return Optional.ofNullable(updateTime);
  }

  /**
   * Returns its tokens, where they were asked for. Ampersand keeps refreshing them: do not refresh
   * them yourself, which would end the grant for both where refresh tokens rotate.
   *
   * <p>Their attribute {@code ampersand_provider} is the provider, and {@code ampersand_workspace}
   * the {@linkplain #workspaceRef() workspace} if there is one: where it names the host of the
   * provider's API, the host can be told from the tokens alone.
   */
  public Optional<TokenSet> tokens() {
    return Optional.ofNullable(tokens);
  }

  /** Returns its API key, for a provider that works with API keys. */
  public Optional<Secret> apiKey() {
    return Optional.ofNullable(apiKey);
  }

  /** Returns what else is known of it, by name. */
  public Map<String, String> providerMetadata() {
    return providerMetadata;
  }

  /** Returns ID, key and status. */
  @Override
  public String toString() {
    return "Connection[%s, %s / %s / %s, %s]"
        .formatted(
            Text.redacted(id, List.of()),
            Text.redacted(provider, List.of()),
            Text.redacted(groupRef, List.of()),
            Text.redacted(consumerRef, List.of()),
            Text.redacted(status, List.of()));
  }
}
