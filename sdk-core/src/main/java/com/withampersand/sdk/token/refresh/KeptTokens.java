package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Reason;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Kept;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Seen;

/**
 * Decides what becomes of callers while the recipient has the grant: they get the tokens that the
 * recipient hands out, which are kept in memory alone. If the user has to consent again, the
 * listeners hear of it once, and only after the row was seen to be handed over still.
 */
final class KeptTokens {
  private final Draft draft;
  private final Policy policy;
  private final Waiters waiters;
  private final Pauses pauses;
  private final Serving serving;

  KeptTokens(Draft draft, Serving serving) {
    this.draft = draft;
    this.policy = draft.policy();
    this.waiters = draft.waiters();
    this.pauses = draft.pauses();
    this.serving = serving;
  }

  /** Asks the recipient for tokens; no lease is needed for that. */
  void fetch(GrantState.HandedOver handed) {
    if (pauses.isBackingOff()) {
      waiters.failAll(Waiter::wantsTokens, pauses.duringBackoff());
      return;
    }
    boolean force = waiters.isWanted(Why.ORDERED) || waiters.isWanted(Why.REFUSED);
    draft.job(
        draft.newJob(Why.GET, null).forced(force).in(new Phase.Fetching(handed.connection())));
    draft.act(new Action.AskTokens(handed.connection(), force));
  }

  void fetched(TokenSet tokens) {
    Job job = draft.job();
    if (job == null || !(job.phase() instanceof Phase.Fetching fetching)) {
      return;
    }
    draft.endJob();
    if (!isStillHandedOver(fetching)) {
      draft.decideAgain();
      return;
    }
    pauses.endBackoff();
    draft.keep(new Kept(tokens, fetching.connection(), draft.now().node()));
    for (Waiter waiter : waiters.all(Waiter::wantsTokens)) {
      if (waiter.wasRefused(tokens)) {
        waiters.fail(waiter, Failure.later(Failure.Kind.PROVIDER, null, policy.backoff()));
      } else {
        waiters.serve(waiter, tokens);
      }
    }
    draft.decideAgain();
  }

  void failed(Event.KeptFailed event) {
    Job job = draft.job();
    if (job == null || !(job.phase() instanceof Phase.Fetching fetching)) {
      return;
    }
    draft.endJob();
    if (!isStillHandedOver(fetching)) {
      draft.decideAgain();
    } else if (event.refusal() == null) {
      serving.serveOrFail(pauses.backOff(Failure.Kind.PROVIDER, event.cause()));
    } else {
      refused(event.refusal(), event.cause());
    }
  }

  /**
   * A consent may have come while the recipient was asked, and then its answer is worth nothing.
   */
  private boolean isStillHandedOver(Phase.Fetching fetching) {
    Seen seen = draft.seen();
    return seen == null
        || (seen.grant().state() instanceof GrantState.HandedOver handed
            && handed.connection().equals(fetching.connection()));
  }

  private void refused(Refusal refusal, Throwable cause) {
    boolean isTold = isTold(refusal.reason());
    Failure failure = new Failure(Failure.Kind.REFUSED, refusal, cause, false, null);
    pauses.backOff(policy.backoff(), failure);
    waiters.failAll(Waiter::wantsTokens, failure);
    if (isTold) {
      draft.decideAgain();
    } else {
      // The grant may have been disconnected meanwhile, and then no one is to be asked.
      waiters.want(Why.NOTICE);
      draft.look();
    }
  }

  private boolean isTold(Reason reason) {
    Refusal told = pauses.refusal();
    return told != null && told.reason() == reason;
  }

  /** Tells of the refusal, now that the row was seen to be handed over still. */
  void tellOfRefusal() {
    Refusal refusal = pauses.refusal();
    for (Waiter waiter : waiters.all(Why.NOTICE)) {
      waiters.remove(waiter);
      if (refusal != null) {
        draft.tell(new Notice.ConsentNeeded(refusal));
      }
    }
  }
}
