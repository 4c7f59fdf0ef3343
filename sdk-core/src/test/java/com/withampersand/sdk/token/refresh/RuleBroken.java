package com.withampersand.sdk.token.refresh;

import java.io.Serial;
import java.util.Objects;

/** A rule that must always hold does not hold in a world. */
final class RuleBroken extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  RuleBroken(String rule, String how) {
    super(rule + ": " + how);
  }

  RuleBroken(String rule, Throwable cause) {
    super(rule + ": " + cause, cause);
  }

  /** Returns which rule it is, and how it is broken. */
  String words() {
    return Objects.requireNonNull(getMessage());
  }
}
