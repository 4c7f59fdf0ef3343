package com.withampersand.sdk.token.refresh;

import java.io.Serial;

/** A rule that must always hold does not hold in a world. */
final class RuleBroken extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final transient String rule;

  RuleBroken(String rule, String how) {
    super(rule + ": " + how);
    this.rule = rule;
  }

  RuleBroken(String rule, Throwable cause) {
    super(rule + ": " + cause, cause);
    this.rule = rule;
  }

  String rule() {
    return rule;
  }
}
