package com.withampersand.sdk.token;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.Optional;

/**
 * Somebody else who keeps grants and refreshes them: Ampersand, by {@code AmpersandGrants}. A grant
 * has one owner, so what is handed over is not refreshed here any more.
 *
 * <p>Implementations are safe to share between threads.
 */
public interface GrantKeeper {
  /**
   * Takes a grant over.
   *
   * @return the ID of the connection that it is from now on
   * @throws AmpersandException if it was not taken, or if {@linkplain
   *     AmpersandException#isOutcomeUnknown() that is not known}
   */
  String take(ConnectionKey key, TokenSet tokens);

  /**
   * Returns the ID of the connection that the keeper has under this name, if it has one.
   *
   * @throws AmpersandException if the keeper does not answer
   */
  Optional<String> find(ConnectionKey key);

  /**
   * Returns tokens that work, refreshed by the keeper if they have expired.
   *
   * @param force refresh them whatever their expiry, since they were refused
   * @throws com.withampersand.sdk.OAuthException if the user has to consent again
   * @throws AmpersandException if the keeper does not answer
   */
  TokenSet tokens(String connectionId, boolean force);

  /**
   * Ends a connection.
   *
   * @throws AmpersandException if the keeper refuses or does not answer
   */
  void delete(String connectionId);
}
