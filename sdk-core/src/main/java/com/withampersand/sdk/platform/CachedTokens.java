package com.withampersand.sdk.platform;

import com.withampersand.sdk.oauth.Expiry.Certainty;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.time.Instant;

/**
 * Tokens that Ampersand returned, and until when what holds, in milliseconds of the epoch.
 *
 * @param isRefused whether the provider's API refused them
 * @param forces how many times in a row Ampersand was made to refresh, the last time for these
 * @param askedAt when they came
 * @param freshUntil until when they are handed out and Ampersand is not asked
 * @param staleUntil until when they are handed out while Ampersand is asked
 * @param usableUntil until when they may be handed out if Ampersand cannot be asked
 */
record CachedTokens(
    TokenSet tokens,
    boolean isRefused,
    int forces,
    long askedAt,
    long freshUntil,
    long staleUntil,
    long usableUntil) {
  /** How long before its known end a token is handed out only if Ampersand has no other. */
  static final Duration MARGIN = Duration.ofSeconds(30);

  /** How long before its known end Ampersand is asked for another while it is handed out. */
  static final Duration EARLY = Duration.ofMinutes(1);

  /** What Ampersand says is good for this long, whatever this machine's clock makes of it. */
  static final Duration SHORTEST = Duration.ofSeconds(5);

  /**
   * Returns tokens that came now.
   *
   * @param cacheFor how long tokens without a known end are fresh
   */
  static CachedTokens of(
      TokenSet tokens, boolean isRefused, int forces, Duration cacheFor, Instant now) {
    long askedAt = now.toEpochMilli();
    if (tokens.expiry().certainty() != Certainty.KNOWN) {
      long freshUntil = askedAt + cacheFor.toMillis();
      long staleUntil = freshUntil + cacheFor.toMillis();
      return new CachedTokens(
          tokens, isRefused, forces, askedAt, freshUntil, staleUntil, Long.MAX_VALUE);
    }
    long least = askedAt + SHORTEST.toMillis();
    long end = Math.max(least, tokens.expiry().instant().orElse(now).toEpochMilli());
    long freshUntil = Math.max(least, end - EARLY.toMillis());
    long staleUntil = Math.max(freshUntil, end - MARGIN.toMillis());
    return new CachedTokens(tokens, isRefused, forces, askedAt, freshUntil, staleUntil, end);
  }

  CachedTokens refused() {
    return new CachedTokens(tokens, true, forces, askedAt, freshUntil, staleUntil, usableUntil);
  }

  /** A clock that was set back makes them neither fresh nor stale. */
  boolean isFresh(long now) {
    return !isRefused && askedAt <= now && now < freshUntil;
  }

  boolean isStale(long now) {
    return !isRefused && askedAt <= now && now < staleUntil;
  }

  boolean isUsable(long now) {
    return !isRefused && now < usableUntil;
  }

  /** Tells whether they came so recently that Ampersand has no others. */
  boolean isRecent(long now) {
    return askedAt <= now && now < askedAt + SHORTEST.toMillis();
  }
}
