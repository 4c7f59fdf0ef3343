package com.withampersand.sdk.fuzz;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Properties that hold for every input. */
final class Require {
  private Require() {}

  static void that(boolean holds, String property) {
    if (!holds) {
      throw new AssertionError("does not hold: " + property);
    }
  }

  static void same(@Nullable Object expected, @Nullable Object found, String property) {
    if (!Objects.equals(expected, found)) {
      throw new AssertionError(
          "does not hold: " + property + ": expected " + expected + ", found " + found);
    }
  }
}
