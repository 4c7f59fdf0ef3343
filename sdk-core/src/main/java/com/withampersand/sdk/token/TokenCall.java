package com.withampersand.sdk.token;

import com.withampersand.sdk.oauth.TokenSet;

/**
 * A call of the provider's API with an access token, by any HTTP client.
 *
 * @param <T> what it answers
 * @param <E> what it throws; {@link RuntimeException} if nothing is checked
 */
@FunctionalInterface
public interface TokenCall<T, E extends Exception> {
  /** Makes the call with these tokens. It may be made a second time, with other tokens. */
  T call(TokenSet tokens) throws E;
}
