package com.withampersand.sdk.token;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;

/**
 * Hears what becomes of grants in a {@link FreshTokens}. Every method does nothing by default.
 *
 * <p>Methods run on the thread that brought the event about, after the grant was stored and let go,
 * and many at once. What they throw is logged and goes no further.
 */
public interface TokenListener {
  /** A grant was refreshed here; {@code tokens} are stored. */
  default void refreshed(ConnectionKey key, TokenSet tokens) {}

  /**
   * A refresh failed. The grant is as it was.
   *
   * @param failure says whether another try can help, and whether the outcome is unknown
   */
  default void refreshFailed(ConnectionKey key, AmpersandException failure) {}

  /**
   * A grant has ended: the user has to consent again. It stays in the store, marked.
   *
   * @param refusal what the provider said
   */
  default void consentNeeded(ConnectionKey key, OAuthException refusal) {}

  /**
   * New tokens could not be stored, and the old ones may be of no more use. They are kept in
   * memory, handed out, and stored as soon as the store takes them; if this process ends before
   * that, they are lost.
   *
   * @param failure what the store said
   */
  default void unsaved(ConnectionKey key, TokenSet tokens, TokenStoreException failure) {}
}
