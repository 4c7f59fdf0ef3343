package com.withampersand.sdk.benchmarks;

import java.util.Locale;

/**
 * What one process measured.
 *
 * @param cost of one call, in any unit
 * @param bytes allocated by one call
 */
record Reading(double cost, double bytes) {
  private static final String MARK = "READING";

  static Reading of(double cost, double bytes) {
    return new Reading(cost, bytes);
  }

  /** Returns the reading in the output of a process. */
  static Reading in(String output) {
    String line =
        output
            .lines()
            .filter(text -> text.startsWith(MARK))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("nothing was measured:\n" + output));
    String[] parts = line.split(" ", -1);
    return of(Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %.3f %.1f", MARK, cost, bytes);
  }
}
