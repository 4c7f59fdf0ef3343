package com.withampersand.sdk.platform;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.internal.Text;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Connection.Health;
import java.util.List;

/** The tokens of connections, and what it means if there are none. */
final class ConnectionTokens {
  /** What a user has to do whose connection ended. */
  static final String CONNECT_AGAIN = "Connect again.";

  private ConnectionTokens() {}

  /**
   * Returns the tokens of a connection that was read with its access token.
   *
   * @throws OAuthException if its user has to consent again
   * @throws ProtocolException if it has no access token
   */
  static TokenSet of(Connection connection) {
    if (connection.health() == Health.NEEDS_CONSENT) {
      throw ended(connection.status(), connection.id()).build();
    }
    return connection.tokens().orElseThrow(() -> withoutToken(connection));
  }

  /** Returns what it means for its user that a connection is not there any more. */
  static OAuthException gone(String id, ApiException notFound) {
    return ended("not_found", id).httpStatus(notFound.httpStatus()).build();
  }

  private static OAuthException.Builder ended(String error, String id) {
    return OAuthException.builder(Text.redacted(error, List.of()))
        .verdict(Verdict.FINAL)
        .reason(Reason.REVOKED_OR_EXPIRED)
        .actor(Actor.END_USER)
        .remedy(CONNECT_AGAIN)
        .context("connection " + Text.redacted(id, List.of()) + " in Ampersand");
  }

  private static ProtocolException withoutToken(Connection connection) {
    return new ProtocolException(
        "Ampersand returned no access token of the connection %s, which authenticates by \"%s\". Only OAuth connections have one; if this is one, report it to Ampersand."
            .formatted(
                Text.redacted(connection.id(), List.of()),
                Text.redacted(connection.authScheme(), List.of())),
        false);
  }

  /** Tells whether Ampersand answered that what was asked for is not there. */
  static boolean isNotFound(ApiException failure) {
    return failure.httpStatus() == 404;
  }
}
