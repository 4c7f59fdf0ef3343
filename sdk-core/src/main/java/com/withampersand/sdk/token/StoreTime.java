package com.withampersand.sdk.token;

/**
 * An instant by the clock of a {@link TokenStore}, which is one clock for all processes. Never
 * compared with a process's own clock.
 *
 * @param millis milliseconds since 1970-01-01T00:00:00Z, by that clock
 */
public record StoreTime(long millis) implements Comparable<StoreTime> {
  @Override
  public int compareTo(StoreTime other) {
    return Long.compare(millis, other.millis);
  }

  /** Returns this instant as ISO 8601 writes it. */
  @Override
  public String toString() {
    return java.time.Instant.ofEpochMilli(millis).toString();
  }
}
