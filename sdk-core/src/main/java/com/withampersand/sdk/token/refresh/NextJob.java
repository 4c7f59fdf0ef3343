package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;

/**
 * Decides by the row what is due: serves whom it serves, and chooses the one job that those who go
 * on waiting need. What every process has to know is written down first, such as the doubt that a
 * lapsed lease leaves. Then a deletion comes before anything else, a disconnect that was begun is
 * finished whether or not someone wants it, what another process holds is waited for, and only then
 * the grant is disconnected, settled, handed over or refreshed.
 */
final class NextJob {
  private final Draft draft;
  private final Policy policy;
  private final Waiters waiters;
  private final PutQueue puts;
  private final Serving serving;
  private final Renewals renewals;
  private final Disconnects disconnects;
  private final HandOvers handOvers;
  private final KeptTokens keptTokens;

  NextJob(
      Draft draft,
      Serving serving,
      Renewals renewals,
      Disconnects disconnects,
      HandOvers handOvers,
      KeptTokens keptTokens) {
    this.draft = draft;
    this.policy = draft.policy();
    this.waiters = draft.waiters();
    this.puts = draft.puts();
    this.serving = serving;
    this.renewals = renewals;
    this.disconnects = disconnects;
    this.handOvers = handOvers;
    this.keptTokens = keptTokens;
  }

  /** Serves whom the row serves, and begins what the others need. */
  void decide() {
    GrantRow row = draft.known();
    if (row == null && draft.isFree()) {
      draft.lookIfAwaited();
    } else if (row instanceof Live live && draft.io() == null) {
      decide(live);
    } else if (row instanceof GrantRow.Unreadable unreadable && draft.isIdle()) {
      unreadable(unreadable);
    } else if (row instanceof GrantRow.Stone stone && draft.isIdle()) {
      absent(stone.lookAt().compareTo(stone.readAt()) <= 0);
    } else if (row instanceof GrantRow.Absent && draft.isIdle()) {
      absent(false);
    }
  }

  // Without a grant

  private void unreadable(GrantRow.Unreadable row) {
    if (waiters.isWanted(Why.FORGET)) {
      disconnects.forget(null);
    } else {
      waiters.failAll(new Failure(Failure.Kind.UNREADABLE, null, row.why(), true, null));
    }
  }

  /** A sweep that finds a stone whose time is over removes it; others find no grant. */
  private void absent(boolean isOver) {
    for (Waiter waiter : waiters.all()) {
      if (isOver && waiter.why() == Why.KEEP_ALIVE) {
        disconnects.forget(null);
        return;
      }
      absent(waiter);
    }
  }

  private void absent(Waiter waiter) {
    switch (waiter.why()) {
      case KEEP_ALIVE, FORGET, DISCONNECT -> waiters.done(waiter, Outcome.of(Outcome.Kind.ABSENT));
      default -> waiters.fail(waiter, Failure.of(Failure.Kind.NOT_CONNECTED));
    }
  }

  // With a grant

  private void decide(Live row) {
    Serving.Needs needs = serving.serveWaiting(row);
    if (!draft.isFree()) {
      return;
    }
    if (row.traits().isOwned()) {
      writeDown(row);
    }
    if (puts.isEmpty() && !(isForeign(row) && isDoneAsForeign())) {
      begin(row, needs);
    }
  }

  /** Writes down what every process has to know, before anything else. */
  private void writeDown(Live row) {
    GrantState state = row.grant().state();
    boolean isBeingSettled =
        state instanceof GrantState.HandingOver || state instanceof GrantState.Disconnecting;
    if (row.isLapsed() && !isBeingSettled) {
      puts.add(new Put.Lapse(Tries.NONE));
    } else if (row.isOutdated() && (row.lease() == null || row.isLapsed())) {
      puts.add(new Put.Rewrite(Tries.NONE));
    }
  }

  private void begin(Live row, Serving.Needs needs) {
    if (waiters.isWanted(Why.FORGET)) {
      disconnects.forget(row.grant());
      return;
    }
    if (!(row.state() instanceof GrantState.HandedOver)) {
      waiters.removeIf(waiter -> waiter.why() == Why.NOTICE);
    }
    boolean isDue = isDueForSweep(row);
    if (!isDue) {
      answerSweep(row);
    }
    if (puts.isEmpty()) {
      beginDue(row, needs, isDue);
    }
  }

  private static boolean isForeign(Live row) {
    return !row.traits().isOwned() && !row.grant().state().isKept();
  }

  /** Tells whether nothing is left to be begun of a grant that no renewer here owns. */
  private boolean isDoneAsForeign() {
    foreign();
    return draft.job() != null || waiters.isEmpty();
  }

  /** Ends all waits but those for another issuer, at which a renewer here owns the grant. */
  private void foreign() {
    for (Waiter waiter : waiters.all(w -> !w.wantsTokens() && w.why() != Why.CHANGE_ISSUER)) {
      if (waiter.why() == Why.KEEP_ALIVE) {
        waiters.done(waiter, Outcome.of(Outcome.Kind.FOREIGN));
      } else if (waiter.why() == Why.FORGET) {
        disconnects.forget(null);
        return;
      } else {
        waiters.fail(waiter, Failure.of(Failure.Kind.FOREIGN));
      }
    }
    waiters.failAll(Waiter::wantsTokens, Failure.of(Failure.Kind.FOREIGN));
  }

  // A sweep

  /** A row that says that a look is due, which it is not, is written once more. */
  private void answerSweep(Live row) {
    boolean isMarked = row.times().look().compareTo(row.readAt()) <= 0;
    if (isMarked && waiters.isWanted(Why.KEEP_ALIVE)) {
      puts.add(new Put.Rewrite(Tries.NONE));
    }
    waiters.doneAll(Why.KEEP_ALIVE, Outcome.of(Outcome.Kind.NOT_DUE));
  }

  private boolean isDueForSweep(Live row) {
    GrantState state = row.state();
    boolean canRenew = row.traits().canRenew();
    Duration sinceSent = GrantRow.between(row.times().sent(), row.readAt());
    if (state instanceof GrantState.Active) {
      return canRenew && row.traits().keptAlive() && row.age().compareTo(policy.idle()) >= 0;
    }
    if (state instanceof GrantState.InDoubt) {
      return canRenew && sinceSent.compareTo(policy.longestSession()) >= 0;
    }
    if (state instanceof GrantState.NeedsConsent) {
      Duration sinceEnd = GrantRow.between(row.times().state(), row.readAt());
      return canRenew
          && sinceSent.compareTo(Policy.RECHECK) >= 0
          && sinceEnd.compareTo(Policy.RECHECKS_END) < 0;
    }
    if (state instanceof GrantState.Blocked) {
      return canRenew && sinceSent.compareTo(Policy.RECHECK) >= 0;
    }
    return !(state instanceof GrantState.HandedOver);
  }

  // What is due

  private void beginDue(Live row, Serving.Needs needs, boolean isSwept) {
    if (isDisconnectCutOff(row)) {
      disconnects.begin(row);
    } else if (waiters.isEmpty()) {
      return;
    } else if (row.state() instanceof GrantState.HandedOver handed) {
      handedOver(row, handed, needs);
    } else if (row.isHeldByOther(policy.holder())) {
      serving.waitForOther(row.heldFor(policy.lease()));
    } else if (waiters.isWanted(Why.DISCONNECT)) {
      disconnects.begin(row);
    } else if (row.state() instanceof GrantState.HandingOver) {
      handOvers.beginSettling(row);
    } else {
      renewals.begin(row, needs, isSwept);
    }
  }

  private boolean isDisconnectCutOff(Live row) {
    return row.state() instanceof GrantState.Disconnecting
        && !row.isHeldByOther(policy.holder())
        && !draft.pauses().isBackingOff();
  }

  private void handedOver(Live row, GrantState.HandedOver handed, Serving.Needs needs) {
    handOvers.finish(handed);
    keptTokens.tellOfRefusal();
    waiters.failAll(Why.CHANGE_ISSUER, Failure.of(Failure.Kind.HANDED_OVER));
    if (!waiters.isWanted(Why.DISCONNECT)) {
      if (needs.fetch()) {
        keptTokens.fetch(handed);
      }
    } else if (row.isHeldByOther(policy.holder())) {
      serving.waitForOther(row.heldFor(policy.lease()));
    } else {
      disconnects.begin(row);
    }
  }
}
