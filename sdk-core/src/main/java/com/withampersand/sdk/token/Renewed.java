package com.withampersand.sdk.token;

import com.withampersand.sdk.oauth.TokenSet;
import java.util.function.Consumer;

/**
 * What came of a renewal.
 *
 * @param isHere whether the refresh was done here, and not by somebody else
 * @param event what listeners have to be told
 */
record Renewed(TokenSet tokens, boolean isHere, Consumer<TokenListener> event) {
  static Renewed byOthers(TokenSet tokens) {
    return new Renewed(tokens, false, listener -> {});
  }

  static Renewed here(TokenSet tokens, Consumer<TokenListener> event) {
    return new Renewed(tokens, true, event);
  }
}
