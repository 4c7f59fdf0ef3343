package com.withampersand.sdk.benchmarks;

/** What is measured by JMH: one call, repeated. */
public enum Operation {
  /** An authorization URL with a state that is there. */
  URL_GIVEN("M1", "authorization URL, state given", 1),
  /** An authorization URL with a state of 256 fresh bits. */
  URL_FRESH("M1", "authorization URL, fresh state", 1),
  /** The query of a callback to its code, with the state compared. */
  CALLBACK("M2", "callback to code", 1),
  /** A token answer to a typed token. */
  PARSE("M3", "token answer to token", 1),
  /** A refresh whose answer is there: everything but the network. */
  REFRESH("M3", "refresh without network", 1),
  /** A refresh over HTTP to a server on this machine. */
  ROUND_TRIP("M4", "refresh on loopback, 1 thread", 1),
  /** The same by many threads. */
  ROUND_TRIP_MANY("M4", "refresh on loopback, 16 threads", 16),
  /** A valid token, by a key that is kept. */
  VALID_KEPT("M5", "valid token, key kept", 1),
  /** The same by two threads. */
  VALID_KEPT_TWO("M5", "valid token, key kept, 2 threads", 2),
  /** A valid token, by a key that is made for the call. */
  VALID_FRESH("M5", "valid token, fresh key", 1),
  /** A token that is over, for the first call; the others find what the first has brought. */
  STORM("M6", "storm", 200);

  private final String measure;
  private final String text;
  private final int threads;

  Operation(String measure, String text, int threads) {
    this.measure = measure;
    this.text = text;
    this.threads = threads;
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
    if (!isRight(shown)) {
      throw new IllegalStateException("a wrong result of " + this + ": " + shown);
    }
    return work;
  }

  private boolean isRight(String shown) {
    return switch (this) {
      case URL_GIVEN -> Fixture.isUrlOfState(shown);
      case URL_FRESH -> Fixture.isUrl(shown);
      case CALLBACK -> Fixture.CODE.equals(shown);
      default -> Fixture.ACCESS_TOKEN.equals(shown);
    };
  }
}
