package com.withampersand.sdk.token.refresh;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a step of the protocol may use beside what it is given.
 *
 * @param node the process's monotonic time
 * @param wall the process's wall clock; used only to judge when an access token ends
 * @param id a fresh random id: for the one revision, call or attempt that a step may need
 * @param jitter a random number from 0 to 1
 */
record Now(NodeTime node, Instant wall, String id, double jitter) {

  /** Tells whether an instant has come; one that is not set never comes. */
  boolean isPast(@Nullable NodeTime time) {
    return time != null && !node.isBefore(time);
  }

  /** Returns how long it is until an instant; zero if it has come. */
  Duration until(NodeTime time) {
    Duration rest = time.since(node);
    return rest.isNegative() ? Duration.ZERO : rest;
  }

  /** Returns the instant that comes after a time. */
  NodeTime in(Duration duration) {
    return node.plus(duration);
  }

  /** Returns a random part of a duration: half of it at least. */
  Duration jittered(Duration duration) {
    return Duration.ofMillis((long) (duration.toMillis() * (0.5 + jitter / 2)));
  }
}
