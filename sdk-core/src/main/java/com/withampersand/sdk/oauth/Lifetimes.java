package com.withampersand.sdk.oauth;

import java.time.Duration;

/** How long things may live, so that the instant at which they end is a date. */
final class Lifetimes {
  private static final Duration SHORTEST_FOR_STATE = Duration.ofMinutes(15);
  private static final Duration LONGEST = Duration.ofDays(36_525);

  private Lifetimes() {}

  static Duration requireForState(Duration lifetime) {
    if (lifetime.compareTo(SHORTEST_FOR_STATE) < 0) {
      throw new IllegalArgumentException(
          "a state has to live for 15 minutes or more, not " + lifetime);
    }
    return requireDatable(lifetime, "state lifetime");
  }

  static Duration requireDatable(Duration lifetime, String name) {
    if (lifetime.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the " + name + " has to be 100 years at most, not " + lifetime);
    }
    return lifetime;
  }
}
