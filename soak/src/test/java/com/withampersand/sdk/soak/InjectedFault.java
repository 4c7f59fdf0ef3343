package com.withampersand.sdk.soak;

import com.withampersand.sdk.testkit.Fault;
import java.time.Duration;

/** What can go wrong with a request to Salesforce. */
enum InjectedFault {
  NEVER_ARRIVES,
  IGNORED,
  SERVER_ERROR,
  UNAVAILABLE,
  THROTTLED,
  WEB_PAGE,
  SLOW,
  /** For longer than a refresh counts as certain, and for less than the careful wait. */
  LATE,
  ANSWER_LOST,
  ANSWER_CUT,
  ANSWER_WITHHELD;

  Fault asFault() {
    return switch (this) {
      case NEVER_ARRIVES -> Fault.dropRequest();
      case IGNORED -> Fault.ignoreRequest();
      case SERVER_ERROR -> Fault.respond(500);
      case UNAVAILABLE -> Fault.respond(503);
      case THROTTLED -> Fault.throttle(Duration.ofSeconds(2));
      case WEB_PAGE -> Fault.respond(200, "text/html", "<html><body>Maintenance</body></html>");
      case SLOW, LATE -> Fault.delayAnswer(delay());
      case ANSWER_LOST -> Fault.loseAnswer();
      case ANSWER_CUT -> Fault.truncateAnswer();
      case ANSWER_WITHHELD -> Fault.withholdAnswer();
    };
  }

  /** Returns for how long the answer is held back, if it comes. */
  Duration delay() {
    return switch (this) {
      case SLOW -> Duration.ofSeconds(3);
      case LATE -> Duration.ofSeconds(15);
      default -> Duration.ZERO;
    };
  }

  /** Tells whether the provider does what it is asked to, whatever becomes of its answer. */
  boolean isCarriedOut() {
    return switch (this) {
      case NEVER_ARRIVES, IGNORED, SERVER_ERROR, UNAVAILABLE, THROTTLED, WEB_PAGE -> false;
      case SLOW, LATE, ANSWER_LOST, ANSWER_CUT, ANSWER_WITHHELD -> true;
    };
  }

  /** Tells whether the request was carried out, and no one will ever read what came of it. */
  boolean losesTokens() {
    return this == ANSWER_LOST || this == ANSWER_CUT || this == ANSWER_WITHHELD;
  }
}
