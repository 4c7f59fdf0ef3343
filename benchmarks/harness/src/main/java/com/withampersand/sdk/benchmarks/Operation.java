package com.withampersand.sdk.benchmarks;

import java.util.function.Predicate;

/** What is measured by JMH: one call, repeated. */
public enum Operation {
  /** An authorization URL with a state that is there. */
  URL_GIVEN("M1", "authorization URL, state given", 1, Fixture::isUrlOfState),
  /** An authorization URL with a state of 256 fresh bits. */
  URL_FRESH("M1", "authorization URL, fresh state", 1, Fixture::isUrl),
  /** The query of a callback to its code, with the state compared. */
  CALLBACK("M2", "callback to code", 1, Fixture.CODE::equals),
  /** A token answer to a typed token. */
  PARSE("M3", "token answer to token", 1, Fixture.ACCESS_TOKEN::equals),
  /** A refresh whose answer is there: everything but the network. */
  REFRESH("M3", "refresh without network", 1, Fixture.ACCESS_TOKEN::equals),
  /** A refresh over HTTP to a server on this machine. */
  ROUND_TRIP("M4", "refresh on loopback, 1 thread", 1, Fixture.ACCESS_TOKEN::equals),
  /** The same by many threads. */
  ROUND_TRIP_MANY("M4", "refresh on loopback, 16 threads", 16, Fixture.ACCESS_TOKEN::equals),
  /** A valid token, by a key that is kept. */
  VALID_KEPT("M5", "valid token, key kept", 1, Fixture.ACCESS_TOKEN::equals),
  /** The same by two threads. */
  VALID_KEPT_TWO("M5", "valid token, key kept, 2 threads", 2, Fixture.ACCESS_TOKEN::equals),
  /** A valid token, by a key that is made for the call. */
  VALID_FRESH("M5", "valid token, fresh key", 1, Fixture.ACCESS_TOKEN::equals);

  private final String measure;
  private final String text;
  private final int threads;
  private final Predicate<String> isRight;

  Operation(String measure, String text, int threads, Predicate<String> isRight) {
    this.measure = measure;
    this.text = text;
    this.threads = threads;
    this.isRight = isRight;
  }

  /** Returns the measure that it belongs to, such as {@code M1}. */
  public String measure() {
    return measure;
  }

  /** Returns what a table calls it. */
  public String text() {
    return text;
  }

  /** Returns how many threads do it at once. */
  public int threads() {
    return threads;
  }

  /** Returns what it is compared with: the floor has no key to make. */
  public Operation floor() {
    return this == VALID_FRESH ? VALID_KEPT : this;
  }

  /** Returns work that was done once and was right. */
  public Work checked(Contestant contestant) throws Exception {
    Work work =
        contestant
            .prepare(this)
            .orElseThrow(() -> new IllegalArgumentException("not an operation of it: " + this));
    String shown = work.once();
    if (!isRight.test(shown)) {
      throw new IllegalStateException("a wrong result of " + this + ": " + shown);
    }
    return work;
  }
}
