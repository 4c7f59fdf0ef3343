package com.withampersand.sdk.benchmarks.sdk;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the guard allows: of bytes, about one and a half times what was counted last. Lower a limit
 * when a cause of cost is gone; nothing else has to change.
 */
enum Limit {
  /** Counted: 1,512. */
  BYTES_URL_GIVEN(2_300),
  /** Counted: 1,976. */
  BYTES_URL_FRESH(3_000),
  /** Counted: 784. */
  BYTES_CALLBACK(1_200),
  /** Counted: 9,336. */
  BYTES_PARSE(14_000),
  /** Counted: 16,688. */
  BYTES_REFRESH(25_000),
  /** Counted: 0. Less than the smallest object, for each call. */
  BYTES_VALID_KEPT(15),
  /** Counted: 24, the key. */
  BYTES_VALID_FRESH(100),
  /** Counted: 1; a second one would end the grant. */
  REQUESTS_OF_A_STORM(1),
  /** Counted: 0. */
  REFUSALS_IN_A_STORM(0),
  /** Counted: 0 in a hundred calls. */
  THREADS_OF_VALID_TOKENS(0),
  /** Counted: 0 to 3 in a hundred calls, server and client together. */
  THREADS_OF_REFRESHES(10),
  /** Counted: 2,630, those of the JDK among them. */
  CLASSES_OF_A_COLD_START(3_000);

  private final long most;

  Limit(long most) {
    this.most = most;
  }

  /** Fails if more was counted. */
  void requireKept(double counted) {
    System.out.printf("%s: %.0f of %d%n", name(), counted, most);
    assertThat(counted).as(name()).isLessThanOrEqualTo((double) most);
  }
}
