package com.withampersand.sdk.token;

import com.withampersand.sdk.oauth.TokenSet;

/**
 * Tokens in memory.
 *
 * @param since from when they are handed out without a look at the store, in milliseconds: a clock
 *     that is set back ends it too
 * @param until to when
 */
record Held(TokenSet tokens, long since, long until) {
  boolean serves(long now) {
    return now >= since && now < until;
  }
}
