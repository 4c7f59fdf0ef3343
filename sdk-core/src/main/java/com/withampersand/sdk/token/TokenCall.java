package com.withampersand.sdk.token;

import com.withampersand.sdk.oauth.TokenSet;
import org.jspecify.annotations.Nullable;

/**
 * A call of the provider's API with an access token, by any HTTP client.
 *
 * @param <T> what it returns
 * @param <E> what it throws; {@link RuntimeException} if nothing is checked
 */
@FunctionalInterface
public interface TokenCall<T extends @Nullable Object, E extends Exception> {
  /** Makes the call with these tokens. It may be made a second time, with other tokens. */
  T call(TokenSet tokens) throws E;
}
