package com.withampersand.sdk.testkit;

import java.time.Duration;

/**
 * An answer, and how it is sent.
 *
 * @param trickle the time between two bytes of the body; zero sends it in one piece
 */
record Reply(Answer answer, Cut cut, Duration trickle) {

  /** Where the connection is closed. */
  enum Cut {
    NOWHERE,
    BEFORE_THE_ANSWER,
    IN_THE_BODY
  }

  /** Returns a reply that is sent in one piece. */
  static Reply of(Answer answer) {
    return new Reply(answer, Cut.NOWHERE, Duration.ZERO);
  }

  /** Returns a reply that closes the connection. */
  static Reply none() {
    return new Reply(Answer.nothing(), Cut.BEFORE_THE_ANSWER, Duration.ZERO);
  }

  Reply withHeader(String name, String value) {
    return new Reply(answer.withHeader(name, value), cut, trickle);
  }
}
