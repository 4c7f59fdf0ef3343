package com.withampersand.sdk.platform;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Connection.Health;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.util.List;

/** Says what Ampersand knows of a connection in the words of a {@link GrantStatus}. */
final class ConnectionStatus {
  private ConnectionStatus() {}

  static GrantStatus absent(ConnectionKey key) {
    return GrantStatus.builder(key, Kind.ABSENT).build();
  }

  /** Returns the status where it cannot be told which of several connections is the right one. */
  static GrantStatus several(ConnectionKey key, List<Connection> found) {
    return GrantStatus.builder(key, Kind.FOREIGN)
        .actor(Actor.DEVELOPER)
        .remedy(Connections.several(key, found))
        .build();
  }

  /** Returns the status of a connection that was read with its access token. */
  static GrantStatus of(ConnectionKey key, Connection connection) {
    boolean ended = connection.health() == Health.NEEDS_CONSENT;
    GrantStatus.Builder status =
        GrantStatus.builder(key, ended ? Kind.NEEDS_CONSENT : Kind.ACTIVE)
            .ampersandConnection(connection.id())
            .identity(connection.providerConsumerRef().orElse(null))
            .clientId(connection.providerApp().map(RegisteredProviderApp::clientId).orElse(null))
            .tokensAt(connection.issuedAt().orElse(null));
    connection.tokens().ifPresent(tokens -> addTo(status, tokens));
    if (ended) {
      status
          .reason(Reason.REVOKED_OR_EXPIRED)
          .actor(Actor.END_USER)
          .remedy(ConnectionTokens.CONNECT_AGAIN);
    }
    return status.build();
  }

  private static void addTo(GrantStatus.Builder status, TokenSet tokens) {
    status.scopes(tokens.scopes()).expiry(tokens.expiry());
  }
}
