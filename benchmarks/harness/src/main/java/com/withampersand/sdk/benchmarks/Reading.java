package com.withampersand.sdk.benchmarks;

import java.util.Locale;
import java.util.Optional;

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

  /** Returns the reading in the output of a process; empty if it cannot do what was asked. */
  static Optional<Reading> in(String output) {
    return output.lines().filter(text -> text.startsWith(MARK)).findFirst().map(Reading::parse);
  }

  private static Reading parse(String line) {
    String[] parts = line.split(" ", -1);
    return of(Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %.3f %.1f", MARK, cost, bytes);
  }
}
