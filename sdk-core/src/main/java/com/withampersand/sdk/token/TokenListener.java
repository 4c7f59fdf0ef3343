package com.withampersand.sdk.token;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;

/**
 * Hears what becomes of grants in a {@code FreshTokens}, for metrics, logs and messages to
 * customers. Every method does nothing by default.
 *
 * <p>Methods run on threads of the SDK, many at once, after the grant was stored and let go. What
 * they throw is logged and goes no further; one that blocks holds up other notices of the same
 * grant, and no grant.
 */
public interface TokenListener {
  /**
   * A grant was refreshed here, and {@code tokens} are stored.
   *
   * @param took from sending the request to its answer
   */
  default void refreshed(ConnectionKey key, TokenSet tokens, Duration took) {}

  /**
   * A refresh failed.
   *
   * @param failure says whether another try can help
   * @param took from sending the request to the failure
   */
  default void refreshFailed(ConnectionKey key, AmpersandException failure, Duration took) {}

  /**
   * A grant ended, and that is stored: the user has to connect again. Told once, by the process
   * that found it out.
   *
   * @param refusal what the provider said
   */
  default void consentNeeded(ConnectionKey key, OAuthException refusal) {}

  /**
   * The provider refuses for a reason that consent does not cure, and that is stored. The SDK tries
   * again by itself.
   *
   * @param refusal what the provider said, and who has to act
   */
  default void blocked(ConnectionKey key, OAuthException refusal) {}

  /**
   * A refresh got no usable answer, and its refresh token may be used up. It resolves by itself.
   */
  default void inDoubt(ConnectionKey key) {}

  /** A grant that was in doubt, blocked or needed consent works again. */
  default void recovered(ConnectionKey key) {}

  /**
   * New tokens could not be stored at the first try. They are kept in memory, handed out here, and
   * stored as soon as the store takes them; if this process ends before that, they are lost.
   *
   * @param failure what the store said
   */
  default void pendingWrite(ConnectionKey key, AmpersandException failure) {}

  /** What waited to be stored is stored, or something newer is there. */
  default void pendingWriteDone(ConnectionKey key) {}

  /**
   * The tokens of a consent were not stored, since those of a later consent are there. They were
   * not revoked.
   */
  default void superseded(ConnectionKey key, TokenSet tokens) {}

  /**
   * Something about a grant is not as it should be, and costs nothing now: an identity that could
   * not be verified, a second refresh token from a provider that was said not to rotate them, a row
   * that cannot be read.
   *
   * @param warning says what, and what to do
   */
  default void warned(ConnectionKey key, String warning) {}
}
