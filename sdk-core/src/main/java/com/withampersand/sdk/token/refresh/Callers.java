package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Seen;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;

/**
 * Decides what becomes of a caller who comes or leaves. Who comes is answered from memory if what
 * was seen is young, or if nothing newer can be had at once because something is under way or the
 * store is away; else the row is read. Who orders a refresh while a job is under way gets whatever
 * is newer than what was seen then. Who wants a deletion while another is under way has the row
 * looked at again after it, since a consent may have come meanwhile. Who leaves because the time is
 * over is told what took so long.
 */
final class Callers {
  private final Draft draft;
  private final Now now;
  private final Policy policy;
  private final Waiters waiters;
  private final Pauses pauses;
  private final PutQueue puts;
  private final Serving serving;

  Callers(Draft draft, Serving serving) {
    this.draft = draft;
    this.now = draft.now();
    this.policy = draft.policy();
    this.waiters = draft.waiters();
    this.pauses = draft.pauses();
    this.puts = draft.puts();
    this.serving = serving;
  }

  // Who comes

  void wanted(Waiter wanted) {
    Waiter waiter = joining(wanted);
    waiters.add(waiter);
    if (!isServedFromMemory(waiter) && draft.isIdle()) {
      draft.look();
    } else if (puts.isStuck() && waiters.contains(waiter) && waiter.wantsTokens()) {
      waiters.fail(waiter, stuck());
    }
  }

  /** Notes what is under way as a caller comes, if the caller's wish is about what follows it. */
  private Waiter joining(Waiter wanted) {
    Job job = draft.job();
    Seen seen = draft.seen();
    if (job == null) {
      return wanted;
    }
    if (wanted.why() == Why.ORDERED && seen != null) {
      return wanted.from(seen.grant().version());
    }
    return deletes(job.why()) && deletes(wanted.why()) && job.grant() != null
        ? wanted.from(job.grant().version())
        : wanted;
  }

  private static boolean deletes(Why why) {
    return why == Why.DISCONNECT || why == Why.FORGET;
  }

  void swept(Event.Swept event) {
    waiters.add(event.waiter());
    if (draft.isIdle()) {
      draft.adopt(event.row());
      draft.decideAgain();
    }
  }

  void consented(Event.Consented event) {
    waiters.add(event.waiter());
    puts.add(
        new Put.Consent(
            event.tokens().consentId(),
            event.tokens(),
            event.traits(),
            event.exchangedAt(),
            event.waiter().id(),
            false,
            Tries.NONE));
  }

  /** The next try in a doubt is wanted by the protocol itself. */
  void woke() {
    if (now.isPast(pauses.retryAt())) {
      pauses.endRetry();
      waiters.want(Why.CAREFUL);
      draft.look();
    }
  }

  // From memory

  private boolean isServedFromMemory(Waiter waiter) {
    if (!waiter.wantsTokens()) {
      return false;
    }
    if (serving.isServedUnsaved(waiter)) {
      return true;
    }
    if (serving.hasUnsaved()) {
      return false;
    }
    Seen seen = draft.seen();
    if (seen == null) {
      return isFailedWhileAway(waiter);
    }
    boolean young = now.node().since(seen.at()).compareTo(policy.cacheFor()) < 0;
    return (young || !mayRead()) && isAnsweredFromMemory(waiter, seen, young);
  }

  /** Tells whether the row can be read now. */
  private boolean mayRead() {
    return isUnoccupied() && !pauses.isAway();
  }

  private boolean isUnoccupied() {
    return draft.job() == null && draft.io() == null;
  }

  private boolean isAnsweredFromMemory(Waiter waiter, Seen newest, boolean young) {
    Judgement judgement = serving.judge(waiter, newest);
    if (judgement instanceof Judgement.Serve serve) {
      serve(waiter, newest, serve.early() && young);
      return true;
    }
    if (judgement instanceof Judgement.Fetch && serving.isServedKept(waiter, newest.grant())) {
      return true;
    }
    return (young && isFailedAtOnce(waiter, judgement))
        || serving.isServedWhileAway(waiter, newest)
        || isFailedWhileAway(waiter);
  }

  private void serve(Waiter waiter, Seen newest, boolean early) {
    waiters.serve(waiter, newest.grant().tokens());
    if (early) {
      wantEarly();
    }
    serving.rememberToRetry(newest, Duration.ZERO);
  }

  private void wantEarly() {
    if (draft.job() == null && !pauses.isBackingOff() && !waiters.isWanted(Why.EARLY)) {
      waiters.want(Why.EARLY);
      draft.look();
    }
  }

  private boolean isFailedAtOnce(Waiter waiter, Judgement judgement) {
    if (judgement instanceof Judgement.Fail failure) {
      waiters.fail(waiter, failure.failure());
      return true;
    }
    if (judgement instanceof Judgement.Refresh && isPaused(waiter)) {
      waiters.fail(waiter, pauses.duringBackoff());
      return true;
    }
    return false;
  }

  /** Tells whether no refresh may begin now, by what this process knows. */
  private boolean isPaused(Waiter waiter) {
    return waiter.why() != Why.ORDERED
        && draft.job() == null
        && !draft.isOpen()
        && pauses.isBackingOff();
  }

  private boolean isFailedWhileAway(Waiter waiter) {
    if (!pauses.isAway() || !isUnoccupied()) {
      return false;
    }
    waiters.fail(waiter, pauses.whileAway());
    return true;
  }

  // Who leaves

  void left(Event.WaiterLeft event) {
    for (Waiter waiter : waiters.all(w -> w.id() == event.waiter())) {
      if (event.wantsFailure()) {
        waiters.fail(waiter, whyNot());
      } else {
        waiters.remove(waiter);
      }
    }
  }

  private Failure whyNot() {
    Seen seen = draft.seen();
    if (puts.isStuck()) {
      return stuck();
    }
    if (draft.isOpen() && seen != null) {
      return Failure.later(
          Failure.Kind.DOUBT, null, policy.carefulTry(seen.grant().state().tries()));
    }
    return Failure.later(whatIsAwaited(), null, Pauses.SHORTEST);
  }

  private Failure.Kind whatIsAwaited() {
    if (draft.job() != null) {
      return Failure.Kind.PROVIDER;
    }
    return draft.io() == null ? Failure.Kind.BUSY : Failure.Kind.STORE;
  }

  private Failure stuck() {
    NodeTime next = puts.next();
    return Failure.later(
        Failure.Kind.STORE, null, next == null ? Pauses.SHORTEST : now.until(next));
  }
}
