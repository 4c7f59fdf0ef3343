package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.Memory.Exchange;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Decides when the grant is looked after next although nothing happens: the earliest instant at
 * which something is tried, given up or looked at. What waits for an answer of the store needs no
 * instant of its own, since the shell sees to it that there is an answer.
 */
final class NextWake {
  private final Draft draft;
  private final Leases leases;

  NextWake(Draft draft, Leases leases) {
    this.draft = draft;
    this.leases = leases;
  }

  /** Returns the instant; null if nothing is to be done without an event. */
  @Nullable NodeTime at() {
    NodeTime wake = draft.pauses().retryAt();
    for (Exchange exchange : draft.open()) {
      wake = earlier(wake, exchange.until());
    }
    Job job = draft.job();
    if (job != null && job.phase() instanceof Phase.Sent sent) {
      wake = earlier(wake, sent.at().plus(draft.policy().certainty()));
    }
    return draft.io() == null ? earlier(wake, withoutIo()) : wake;
  }

  /** Returns when the store is to be asked for something. */
  private @Nullable NodeTime withoutIo() {
    if (!draft.puts().isEmpty()) {
      NodeTime next = draft.puts().next();
      return next == null ? draft.now().node() : next;
    }
    Job job = draft.job();
    if (job == null) {
      return draft.waiters().isEmpty() ? null : draft.pollAt();
    }
    return job.phase() instanceof Phase.Announced announced
        ? leases.nextLook(job, announced)
        : null;
  }

  private static @Nullable NodeTime earlier(@Nullable NodeTime a, @Nullable NodeTime b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return NodeTime.earlier(a, b);
  }
}
