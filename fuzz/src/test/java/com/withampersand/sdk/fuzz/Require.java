package com.withampersand.sdk.fuzz;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Properties that hold for every input. */
final class Require {
  private static final int LINE_SEPARATOR = 0x2028;
  private static final int PARAGRAPH_SEPARATOR = 0x2029;

  private Require() {}

  static void that(boolean holds, String property) {
    if (!holds) {
      throw new AssertionError("does not hold: " + property);
    }
  }

  /** Tells whether a character could end or change a line of a log. */
  static boolean endsLine(int c) {
    return Character.isISOControl(c) || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR;
  }

  static void same(@Nullable Object expected, @Nullable Object found, String property) {
    if (!Objects.equals(expected, found)) {
      throw new AssertionError(
          "does not hold: " + property + ": expected " + expected + ", found " + found);
    }
  }
}
