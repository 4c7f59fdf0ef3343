package com.withampersand.sdk.token;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Where a caller gets a token that works: {@code FreshTokens} for grants of your own, {@code
 * AmpersandTokens} for connections that Ampersand keeps.
 *
 * <p>Every {@link AmpersandException} that comes out of here names its {@linkplain
 * AmpersandException#connection() connection}, and tells whether and when the same call helps.
 * Implementations are safe to share between threads. A call waits a bounded time, and no longer
 * than until its thread is interrupted.
 */
public interface TokenProvider {
  /**
   * Returns tokens that work, as far as can be known without asking the provider.
   *
   * @throws NotConnectedException if there is no such grant
   * @throws OAuthException if the user has to consent again, or the provider refuses for another
   *     reason, and the last access token is over
   * @throws ForeignGrantException if the access token is over, and no renewer here owns the grant
   * @throws TransportException if a refresh that has to be waited for gets no usable answer
   * @throws TokenStoreException if the store fails, and no good token is in memory
   */
  TokenSet get(ConnectionKey key);

  /**
   * Returns tokens for a call of the provider's API whose refusal the caller reports by {@link
   * #refused}: as {@link #get}, but a token whose end is only estimated is not refreshed before it
   * is refused.
   *
   * @throws AmpersandException as {@link #get} does
   */
  default TokenSet getForCall(ConnectionKey key) {
    return get(key);
  }

  /**
   * Returns tokens in place of ones that the provider's API refused: newer ones if there are, else
   * those of one refresh that all callers share.
   *
   * @param sentAccessToken the access token that was refused
   * @throws AmpersandException as {@link #get} does
   */
  TokenSet refused(ConnectionKey key, Secret sentAccessToken);

  /**
   * Returns what is known of a grant. Every process gets the same answer: it reads the store, or
   * asks Ampersand, and never relies on memory. A grant that is not there has a status, too.
   *
   * @throws AmpersandException if the store or Ampersand does not answer
   */
  GrantStatus status(ConnectionKey key);

  /**
   * Makes a call with tokens that work. If the provider refuses them all the same, the call is made
   * once more, with those that {@link #refused} returns. There is never a third time.
   *
   * @param call makes the call
   * @param refused tells from the result, or from what the call threw, that the access token was
   *     refused, and that nothing else was wrong. It judges the first call alone, and what it
   *     throws is thrown unchanged
   * @return the last result, which may be a refusal again
   * @throws E if {@code call} does, unchanged: the first time unless that was a refusal, or the
   *     second time
   * @throws AmpersandException as {@link #get} does
   */
  default <T, E extends Exception> T call(
      ConnectionKey key, TokenCall<T, E> call, RefusalTest<T> refused) throws E {
    Objects.requireNonNull(call, "call");
    Objects.requireNonNull(refused, "refused");
    TokenSet tokens = getForCall(key);
    T result;
    try {
      result = call.call(tokens);
    } catch (Exception failure) {
      if (refused.isRefusal(null, failure)) {
        return call.call(refused(key, tokens.accessToken()));
      }
      throw failure;
    }
    return refused.isRefusal(result, null) ? call.call(refused(key, tokens.accessToken())) : result;
  }

  /**
   * Makes a call as {@link #call(ConnectionKey, TokenCall, RefusalTest)} does, judged by its result
   * alone.
   *
   * @param refused tells from the result that the access token was refused
   */
  default <T, E extends Exception> T call(
      ConnectionKey key, TokenCall<T, E> call, Predicate<? super T> refused) throws E {
    return call(key, call, RefusalTest.ofResult(refused));
  }
}
