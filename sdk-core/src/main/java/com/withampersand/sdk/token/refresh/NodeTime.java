package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.internal.Durations;
import java.time.Duration;

/**
 * An instant of this process's monotonic clock. Not comparable with a {@code StoreTime}, and of no
 * meaning to another process.
 */
record NodeTime(long nanos) implements Comparable<NodeTime> {
  /** Returns the instant that is so much later; nothing is later than by a hundred years. */
  NodeTime plus(Duration duration) {
    return new NodeTime(nanos + Durations.nanos(duration));
  }

  /** Returns the time from the other instant to this one. */
  Duration since(NodeTime other) {
    return Duration.ofNanos(nanos - other.nanos);
  }

  boolean isBefore(NodeTime other) {
    return compareTo(other) < 0;
  }

  static NodeTime earlier(NodeTime a, NodeTime b) {
    return a.isBefore(b) ? a : b;
  }

  @Override
  public int compareTo(NodeTime other) {
    return Long.signum(nanos - other.nanos);
  }
}
