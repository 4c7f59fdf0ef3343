package com.withampersand.sdk.token.refresh;

/**
 * One thing that may happen next in a world.
 *
 * @param node the node that it happens to; -1 for none
 * @param op the index of what is under way at the node, or among what no one waits for
 * @param millis how much time passes
 */
record Move(What what, int node, int op, long millis) {

  /** Kinds of moves. Those that are faults cost one. */
  enum What {
    CALL(false),
    GET(false),
    REFUSED(false),
    ORDER(false),
    CONSENT(false),
    DISCONNECT(false),
    DISCONNECT_ANYWAY(false),
    FORGET(false),
    HAND_OVER(false),
    TAKE_BACK(false),
    CHANGE_ISSUER(false),
    SWEEP(false),
    LEAVE(false),
    TIME_OVER(false),
    WAKE(false),
    DELIVER(false),
    START(false),
    HAPPEN(false),
    RESUME(false),
    STORE_UP(false),
    EXPIRE(false),
    EVICT(false),
    END_AT_PROVIDER(false),
    TIME(false),
    FAIL(true),
    FAIL_MAYBE(true),
    FAIL_AFTER(true),
    FAIL_LATE(true),
    STALE(true),
    UNREADABLE(true),
    HOST_CLOSED(true),
    NEVER_SENT(true),
    PASSING(true),
    PASSING_AFTER(true),
    THROTTLED(true),
    UNKNOWN(true),
    BLOCKED(true),
    SLOW(true),
    CRASH(true),
    PAUSE(true),
    STORE_DOWN(true),
    STORE_BACK_IN_TIME(true);

    final boolean isFault;

    What(boolean isFault) {
      this.isFault = isFault;
    }
  }

  static Move of(What what, int node) {
    return new Move(what, node, -1, 0);
  }

  static Move of(What what, int node, int op) {
    return new Move(what, node, op, 0);
  }

  static Move time(long millis) {
    return new Move(What.TIME, -1, -1, millis);
  }
}
