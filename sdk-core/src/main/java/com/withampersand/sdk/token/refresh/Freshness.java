package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.oauth.Expiry.Certainty;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.time.Instant;

/** How good an access token is, as far as can be known without asking the provider. */
enum Freshness {
  /** It is good. */
  FRESH,
  /** It is good, and will be over soon. */
  STALE,
  /** It is over if the estimate of its life is right. */
  ESTIMATED_OVER,
  /** It is over. */
  KNOWN_OVER;

  /**
   * Judges a token by two clocks: that of the store, which says how old the token is, and this
   * process's, which says how late it is. The latter counts only for what is not young by the
   * former, so that a wrong clock cannot refresh again and again.
   *
   * @param age how old the tokens are, by the store's clock
   */
  static Freshness of(Grant grant, Duration age, Instant wall, Policy policy) {
    return of(grant.tokens(), age, wall, grant.version().generation() == 1, policy);
  }

  /** Judges a token of the recipient's, of which only this process's clock knows the age. */
  static Freshness of(TokenSet tokens, Duration age, Instant wall, Policy policy) {
    return of(tokens, age, wall, true, policy);
  }

  private static Freshness of(
      TokenSet tokens, Duration age, Instant wall, boolean trustsWall, Policy policy) {
    Duration life = life(tokens, policy);
    Duration left = left(tokens, life, age, wall, trustsWall, policy);
    Duration margin = Durations.least(policy.clockSkew(), life.dividedBy(10));
    if (left.compareTo(margin) <= 0) {
      return tokens.expiry().certainty() == Certainty.KNOWN ? KNOWN_OVER : ESTIMATED_OVER;
    }
    boolean young = age.compareTo(youngest(life, policy)) < 0;
    return !young && left.compareTo(early(tokens, life, policy)) <= 0 ? STALE : FRESH;
  }

  /** Returns for how long a token stays {@link #FRESH}; zero or less if it is not. */
  static Duration freshFor(Grant grant, Duration age, Instant wall, Policy policy) {
    TokenSet tokens = grant.tokens();
    Duration life = life(tokens, policy);
    Duration left = left(tokens, life, age, wall, true, policy);
    Duration margin = Durations.least(policy.clockSkew(), life.dividedBy(10));
    Duration early = early(tokens, life, policy);
    return left.minus(early.compareTo(margin) > 0 ? early : margin);
  }

  private static Duration life(TokenSet tokens, Policy policy) {
    return tokens
        .expiry()
        .instant()
        .map(end -> Duration.between(tokens.obtainedAt(), end))
        .orElse(policy.sessionLength());
  }

  private static Duration left(
      TokenSet tokens,
      Duration life,
      Duration age,
      Instant wall,
      boolean trustsWall,
      Policy policy) {
    Duration byStore = life.minus(age);
    if (!trustsWall && age.compareTo(youngest(life, policy)) < 0) {
      return byStore;
    }
    return Durations.least(byStore, Duration.between(wall, tokens.obtainedAt().plus(life)));
  }

  private static Duration youngest(Duration life, Policy policy) {
    return Durations.least(policy.youngest(), life.dividedBy(2));
  }

  /** Spread by the consent, so that a thousand grants are not refreshed at once. */
  private static Duration early(TokenSet tokens, Duration life, Policy policy) {
    Duration before = Durations.least(policy.refreshBefore(), life.dividedBy(4));
    long share = Math.floorMod(tokens.consentId().hashCode(), 1000);
    return before.plus(before.multipliedBy(share).dividedBy(2000));
  }
}
