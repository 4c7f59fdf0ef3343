package com.withampersand.sdk.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** How often a user may sign in within an hour. Not safe to share between threads. */
final class LoginRate {
  static final int NO_LIMIT = Integer.MAX_VALUE;

  private static final Duration WINDOW = Duration.ofHours(1);

  private final int limit;
  private final Clock clock;
  private final Map<FakeUser, Deque<Instant>> logins = new HashMap<>();

  LoginRate(int limit, Clock clock) {
    this.limit = limit;
    this.clock = clock;
  }

  /** Counts a sign-in, unless it is one too many. */
  boolean admits(FakeUser user) {
    if (limit == NO_LIMIT) {
      return true;
    }
    Instant now = clock.instant();
    Deque<Instant> earlier = logins.computeIfAbsent(user, key -> new ArrayDeque<>());
    while (!earlier.isEmpty() && !earlier.getFirst().isAfter(now.minus(WINDOW))) {
      earlier.removeFirst();
    }
    if (earlier.size() >= limit) {
      return false;
    }
    earlier.addLast(now);
    return true;
  }
}
