package com.withampersand.sdk.oauth;

import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;
import java.time.Duration;
import java.util.Optional;

/**
 * What keeps a grant alive without its user: one app at one kind of grant. A {@code FreshTokens}
 * may have several; exactly one of them owns each grant.
 *
 * <p>Implementations are safe to share between threads.
 */
public interface TokenRenewer {
  /**
   * Tells whether these tokens are this renewer's: issued to its app or one that it names, by a
   * grant type that it knows, at an issuer to which it may send tokens. Sends nothing, and is asked
   * often.
   */
  boolean owns(TokenSet tokens);

  /**
   * Tells whether these tokens can be renewed without their user: by a refresh token, or by
   * credentials of the app's own.
   */
  boolean canRenew(TokenSet tokens);

  /**
   * Renews tokens by one request, at the issuer of these tokens or nowhere. Never repeats it.
   *
   * @return the result, merged with {@code tokens}; to be stored before it is used
   * @throws IllegalArgumentException if they cannot be renewed
   * @throws ForeignGrantException if they name no issuer that may receive them; nothing was sent
   * @throws OAuthException if the provider refuses; its {@link OAuthException#verdict()} says what
   *     that means for the grant
   * @throws TransportException if no usable answer arrives; {@link
   *     TransportException#isOutcomeUnknown()} tells whether the request may have been carried out
   * @throws ProtocolException if the answer is none that RFC 6749 knows
   */
  TokenSet refresh(TokenSet tokens);

  /**
   * Ends a grant at the provider. One that has ended already is a success, as RFC 7009, section 2.2
   * has it. May be repeated.
   *
   * @throws ForeignGrantException if the tokens name no issuer that may receive them
   * @throws OAuthException if the provider refuses
   * @throws TransportException if no usable answer arrives
   * @throws ProtocolException if the answer is none that RFC 7009 knows
   * @throws UnsupportedOperationException if the provider has no revocation endpoint
   */
  void revoke(TokenSet tokens);

  /**
   * Returns how long a request may stay open, from sending: an answer that comes within it is
   * stored. The default is 90 seconds.
   */
  default Duration longestExchange() {
    return Duration.ofSeconds(90);
  }

  /**
   * Tells whether a refresh may end the refresh token that it was made with. The default is true;
   * false only where that is certain, since requests are then repeated sooner.
   */
  default boolean rotates(TokenSet tokens) {
    return true;
  }

  /**
   * Returns for how long the provider takes a used refresh token once more; empty, the default, if
   * it does not.
   */
  default Optional<Duration> reuseGrace() {
    return Optional.empty();
  }
}
