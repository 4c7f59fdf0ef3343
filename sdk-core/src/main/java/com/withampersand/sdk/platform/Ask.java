package com.withampersand.sdk.platform;

import com.withampersand.sdk.oauth.TokenSet;
import java.util.concurrent.CompletableFuture;

/**
 * One request to Ampersand, shared by all its callers. It does not depend on who waits.
 *
 * @param forced whether Ampersand refreshes whatever the expiry
 * @param outcome completed with what came of it, and never exceptionally
 */
record Ask(boolean forced, CompletableFuture<Outcome> outcome) {
  /** What came of an ask. */
  sealed interface Outcome {}

  /** Ampersand returned tokens. */
  record Came(TokenSet tokens) implements Outcome {}

  /** It failed, and is not repeated before the pause is over. */
  record Failed(Pause pause) implements Outcome {}

  static Ask of(boolean forced) {
    return new Ask(forced, new CompletableFuture<>());
  }
}
