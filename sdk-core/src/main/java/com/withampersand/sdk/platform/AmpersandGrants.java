package com.withampersand.sdk.platform;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Connection.Health;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.token.ConnectionKey;
import com.withampersand.sdk.token.GrantKeeper;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Ampersand as the keeper of grants: a {@link com.withampersand.sdk.token.FreshTokens} that is
 * built with it hands grants over, and asks for their tokens here from then on.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class AmpersandGrants implements GrantKeeper {
  private final Connections connections;
  private final BiFunction<? super ConnectionKey, ? super TokenSet, ConnectionImport> imports;

  private AmpersandGrants(
      Connections connections,
      BiFunction<? super ConnectionKey, ? super TokenSet, ConnectionImport> imports) {
    this.connections = connections;
    this.imports = imports;
  }

  /** Returns the keeper of grants that need nothing said about them but their tokens. */
  public static AmpersandGrants of(AmpersandClient client) {
    return of(client, (key, tokens) -> ConnectionImport.builder(key, tokens).build());
  }

  /**
   * Returns the keeper of grants about which more has to be said as they are handed over, such as
   * the workspace, which Salesforce does not do without.
   *
   * @param imports makes the import of a grant from its key and its tokens
   */
  public static AmpersandGrants of(
      AmpersandClient client,
      BiFunction<? super ConnectionKey, ? super TokenSet, ConnectionImport> imports) {
    return new AmpersandGrants(client.connections(), Objects.requireNonNull(imports, "imports"));
  }

  @Override
  public String take(ConnectionKey key, TokenSet tokens) {
    return connections.generate(imports.apply(key, tokens)).id();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if there are several, whose IDs the message names
   */
  @Override
  public Optional<String> find(ConnectionKey key) {
    List<String> ids =
        connections.list(ConnectionFilter.of(key)).stream().map(Connection::id).toList();
    if (ids.size() > 1) {
      throw new IllegalStateException(
          "Ampersand has several connections of the grant "
              + key
              + ": "
              + String.join(", ", ids)
              + ". Delete all but one.");
    }
    return ids.stream().findFirst();
  }

  @Override
  public TokenSet tokens(String connectionId, boolean force) {
    Connection connection =
        connections.getWithAccessToken(connectionId, force ? Refresh.FORCE : Refresh.IF_EXPIRED);
    if (connection.health() == Health.NEEDS_CONSENT) {
      throw OAuthException.builder(connection.status())
          .actor(Actor.END_USER)
          .needsReauthorization(true)
          .remedy(
              "Send the user to the address that Connections.reconnectUrl returns for this connection.")
          .context("connection " + connectionId + " in Ampersand")
          .build();
    }
    return connection
        .tokens()
        .orElseThrow(
            () ->
                new ProtocolException(
                    "Ampersand holds the connection "
                        + connectionId
                        + " but handed out no access token. Report it to Ampersand.",
                    false));
  }

  @Override
  public void delete(String connectionId) {
    connections.delete(connectionId);
  }

  /** Returns what it is. */
  @Override
  public String toString() {
    return "AmpersandGrants";
  }
}
