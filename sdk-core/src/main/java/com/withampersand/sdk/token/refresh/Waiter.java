package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Version;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A caller who waits, or what the protocol wants by itself.
 *
 * @param id names the caller to the shell; 0 if no one waits
 * @param refused the access token that was refused
 * @param from the version that the caller wants to be replaced, once it is known; for one who joins
 *     a deletion, that which is being deleted
 * @param issuer the new address of the issuer
 * @param force go on although the provider or the recipient could not be told
 */
record Waiter(
    int id,
    Why why,
    @Nullable Secret refused,
    @Nullable Version from,
    @Nullable URI issuer,
    boolean force) {

  static Waiter of(int id, Why why) {
    return new Waiter(id, why, null, null, null, false);
  }

  Waiter from(@Nullable Version version) {
    return new Waiter(id, why, refused, version, issuer, force);
  }

  /** Tells whether the caller can do nothing while the grant cannot be refreshed. */
  boolean waitsForRefresh() {
    return switch (why) {
      case DISCONNECT, FORGET, SAVE, TAKE_BACK -> false;
      default -> true;
    };
  }

  /** Tells whether nothing is left to be done for the caller once the grant is deleted. */
  boolean endsWithTheGrant() {
    return why == Why.FORGET || why == Why.KEEP_ALIVE;
  }

  /** Tells whether it is these tokens that the caller reports as refused. */
  boolean wasRefused(TokenSet tokens) {
    return refused != null && tokens.accessToken().equals(refused);
  }

  /** Tells whether the caller is served by tokens. */
  boolean wantsTokens() {
    return switch (why) {
      case GET, CALL, REFUSED, ORDERED, EARLY, CAREFUL -> true;
      default -> false;
    };
  }
}
