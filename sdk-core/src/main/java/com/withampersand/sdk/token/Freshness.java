package com.withampersand.sdk.token;

import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.time.Instant;

/**
 * Tells how fresh tokens are.
 *
 * @param sessionLength how long an access token is good of which nothing is known
 * @param refreshEarly how long before its end a token is stale
 * @param expiryMargin how long before its end a token counts as expired
 */
record Freshness(Duration sessionLength, Duration refreshEarly, Duration expiryMargin) {
  /** Clocks of hosts differ; a token that comes from further ahead is a clock's fault. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  /** How fresh tokens are. */
  enum State {
    /** Good, and for a while. */
    FRESH,
    /** Good, but time to be renewed. */
    STALE,
    /** Not to be used any more. */
    EXPIRED
  }

  State state(ConnectionKey key, TokenSet tokens, Instant now) {
    if (!now.isBefore(expiredFrom(tokens))) {
      return State.EXPIRED;
    }
    boolean fromTheFuture = tokens.obtainedAt().isAfter(now.plus(CLOCK_SKEW));
    return fromTheFuture || !now.isBefore(staleFrom(key, tokens)) ? State.STALE : State.FRESH;
  }

  /** Grants that were made at the same time do not become stale at the same time. */
  Instant staleFrom(ConnectionKey key, TokenSet tokens) {
    long spread = Math.floorMod(key.hashCode(), 1024);
    Duration early = atMost(refreshEarly, lifetime(tokens).dividedBy(4));
    return end(tokens).minus(early).minus(early.multipliedBy(spread).dividedBy(1024));
  }

  private Instant expiredFrom(TokenSet tokens) {
    return end(tokens).minus(atMost(expiryMargin, lifetime(tokens).dividedBy(10)));
  }

  private Duration lifetime(TokenSet tokens) {
    return Duration.between(tokens.obtainedAt(), end(tokens));
  }

  /** A token that ended before it began would be refreshed by each call. */
  private Instant end(TokenSet tokens) {
    return tokens
        .expiry()
        .instant()
        .filter(end -> end.isAfter(tokens.obtainedAt()))
        .orElseGet(() -> tokens.obtainedAt().plus(sessionLength));
  }

  private static Duration atMost(Duration duration, Duration most) {
    return duration.compareTo(most) < 0 ? duration : most;
  }
}
