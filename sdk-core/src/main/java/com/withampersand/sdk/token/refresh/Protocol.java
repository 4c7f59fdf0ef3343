package com.withampersand.sdk.token.refresh;

/** Decides what becomes of a grant. */
final class Protocol {
  private Protocol() {}

  /** Returns what this process knows after an event, and what it does about it. */
  static Step step(Memory memory, Event event, Now now, Policy policy) {
    throw new UnsupportedOperationException();
  }
}
