package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import java.time.Duration;

/**
 * Decides what state a request without new tokens leaves a grant in. A final refusal ends the
 * grant, a blocking one blocks it, and anything else leaves a doubt, in which every further request
 * counts as a try. Unknown words end a grant only if they were heard again and again in a doubt
 * that has lasted for a while. A grant that is blocked remembers the doubt that it came from, so
 * that the doubt goes on where it was.
 */
final class RefusalRule {
  private static final Duration UNKNOWN_WORDS = Duration.ofMinutes(15);
  private static final int UNKNOWN_TIMES = 4;

  private final Draft draft;

  RefusalRule(Draft draft) {
    this.draft = draft;
  }

  /** Returns the state after a refusal. */
  GrantState after(Grant grant, Refusal refusal) {
    if (refusal.verdict() == Verdict.FINAL) {
      return ended(grant, refusal);
    }
    if (refusal.verdict() == Verdict.BLOCKED) {
      return blocked(grant, refusal);
    }
    GrantState.InDoubt doubt = doubt(grant);
    return refusal.verdict() == Verdict.UNKNOWN ? unknown(grant, refusal, doubt) : doubt;
  }

  /** Returns the state after a request that has no usable answer. */
  GrantState.InDoubt doubt(Grant grant) {
    return draft.known() instanceof Live live
        ? grant.state().doubt(live.since())
        : GrantState.InDoubt.NEW;
  }

  private GrantState ended(Grant grant, Refusal refusal) {
    return new GrantState.NeedsConsent(refusal, isAccessRefused(grant));
  }

  private GrantState unknown(Grant grant, Refusal refusal, GrantState.InDoubt doubt) {
    int times = doubt.unknown() + 1;
    return times >= UNKNOWN_TIMES && hasLasted(grant)
        ? ended(grant, refusal)
        : new GrantState.InDoubt(doubt.since(), doubt.tries(), times);
  }

  private boolean hasLasted(Grant grant) {
    return draft.known() instanceof Live live
        && grant.state() instanceof GrantState.InDoubt
        && GrantRow.between(live.since(), live.readAt()).compareTo(UNKNOWN_WORDS) >= 0;
  }

  private GrantState blocked(Grant grant, Refusal refusal) {
    if (grant.state() instanceof GrantState.Blocked before) {
      boolean accessRefused = before.accessRefused() || isAccessRefused(grant);
      return new GrantState.Blocked(refusal, accessRefused, before.since(), before.origin());
    }
    GrantState.InDoubt origin = grant.state() instanceof GrantState.InDoubt doubt ? doubt : null;
    return new GrantState.Blocked(
        refusal,
        isAccessRefused(grant),
        origin != null && draft.known() instanceof Live live ? live.since() : null,
        origin);
  }

  private boolean isAccessRefused(Grant grant) {
    return draft.waiters().areAny(waiter -> waiter.wasRefused(grant.tokens()))
        || (grant.state() instanceof GrantState.NeedsConsent ended && ended.accessRefused());
  }
}
