package com.withampersand.sdk.token;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.util.Optional;

/**
 * A party that takes grants over and refreshes them from then on: Ampersand, by {@code
 * AmpersandGrants}. A grant has one owner, so what is handed over is not refreshed here any more.
 *
 * <p>Implementations are safe to share between threads.
 */
public interface GrantRecipient {
  /**
   * Takes a grant over. The same grant may be offered again after an answer was lost.
   *
   * @param limit how long this may take at most; a later answer is ignored
   * @return the id of the connection that it is from now on; that of the connection that is there
   *     already if the offer was refused as a duplicate
   * @throws AmpersandException if it was not taken, or if {@linkplain
   *     AmpersandException#isOutcomeUnknown() that is not known}
   */
  String take(ConnectionKey key, TokenSet tokens, Duration limit);

  /**
   * Returns the id of the connection that the recipient has under this name, if it has one.
   *
   * @throws AmpersandException if the recipient does not answer, or has more than one
   */
  Optional<String> find(ConnectionKey key);

  /**
   * Returns tokens that work, refreshed by the recipient if they have expired.
   *
   * @param force refresh them whatever their expiry, since they were refused
   * @throws OAuthException if the user has to consent again
   * @throws AmpersandException if the recipient does not answer
   */
  TokenSet tokens(String connectionId, boolean force);

  /**
   * Deletes a connection. One that is gone already is a success.
   *
   * @throws AmpersandException if the recipient refuses or does not answer
   */
  void delete(String connectionId);
}
