package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides how a grant goes to the recipient. Under the lease the recipient is asked first whether
 * it has the grant; if not, it is stored that the grant is being handed over, and then the grant is
 * offered, within the time that the lease leaves. What a hand-over that was cut off came to is
 * found out the same way: the recipient has the grant, or it is offered again, or, if it is to be
 * taken back, it is in doubt. A refused offer leaves a doubt, too.
 */
final class HandOvers {
  private final Draft draft;
  private final Now now;
  private final Policy policy;
  private final Waiters waiters;
  private final Pauses pauses;
  private final Serving serving;

  HandOvers(Draft draft, Serving serving) {
    this.draft = draft;
    this.now = draft.now();
    this.policy = draft.policy();
    this.waiters = draft.waiters();
    this.pauses = draft.pauses();
    this.serving = serving;
  }

  /** Begins to settle a hand-over, once the process that began it had the time to finish it. */
  void beginSettling(Live row) {
    Duration since = GrantRow.between(row.times().state(), row.readAt());
    if (since.compareTo(policy.cutOff()) < 0) {
      serving.waitForOther(since);
      return;
    }
    if (pauses.isBackingOff()) {
      serving.failUnordered(pauses.duringBackoff());
      if (waiters.isEmpty()) {
        return;
      }
    }
    Why why = waiters.isWanted(Why.TAKE_BACK) ? Why.TAKE_BACK : Why.HAND_OVER;
    draft.begin(draft.newJob(why, row.grant()));
  }

  // Asking

  /** Goes on under the lease. */
  void acquired(Job holding) {
    draft.job(holding.in(new Phase.Asking()));
    draft.act(new Action.AskRecipient());
  }

  void recipientHas(@Nullable String connection) {
    Job job = draft.job();
    if (job == null || !(job.phase() instanceof Phase.Asking)) {
      return;
    }
    if (connection != null) {
      goOnWithConnection(job, connection);
    } else {
      goOnWithoutConnection(job);
    }
  }

  private void goOnWithConnection(Job job, String connection) {
    if (job.granted().state() instanceof GrantState.HandingOver) {
      putHandedOver(job, connection);
    } else {
      draft.giveUp(job);
      waiters.failAll(Why.HAND_OVER, Failure.of(Failure.Kind.RECIPIENT_HAS_ONE));
    }
  }

  private void goOnWithoutConnection(Job job) {
    GrantState state = job.granted().state();
    if (job.why() == Why.TAKE_BACK) {
      putBackInDoubt(job, null);
    } else if (state instanceof GrantState.HandingOver) {
      // A step of its own, so that nothing which the attempt before left behind fits any more.
      draft.putAndHold(job, state);
    } else if (timeToImport(job).compareTo(policy.longestImport()) >= 0) {
      draft.putAndHold(job, new GrantState.HandingOver(now.id()));
    } else {
      draft.giveUp(job);
    }
  }

  private Duration timeToImport(Job working) {
    return working.leaseEnd().since(now.node()).minus(policy.timeToStore());
  }

  // Offering

  /** Offers the grant, now that it is stored that it is being handed over. */
  void offer(Job working, GrantState.HandingOver handing) {
    Duration limit = timeToImport(working);
    if (limit.compareTo(Pauses.SHORTEST) < 0) {
      draft.giveUp(working);
      return;
    }
    draft.job(working.in(new Phase.Importing(handing.attempt())));
    draft.act(
        new Action.Import(
            handing.attempt(),
            working.granted().tokens(),
            limit.compareTo(policy.longestImport()) < 0 ? limit : policy.longestImport()));
  }

  void imported(Event.Imported event) {
    Job job = importing(event.attempt());
    if (job != null) {
      putHandedOver(job, event.connection());
    }
  }

  void importRefused(Event.ImportRefused event) {
    Job job = importing(event.attempt());
    if (job != null) {
      putBackInDoubt(job, new Failure(Failure.Kind.RECIPIENT, null, event.cause(), false, null));
    }
  }

  void importLost(Event.ImportLost event) {
    Job job = importing(event.attempt());
    if (job != null) {
      lost(job, event.cause());
    }
  }

  void recipientFailed(Throwable cause) {
    Job job = draft.job();
    if (job != null && job.phase() instanceof Phase.Asking) {
      lost(job, cause);
    }
  }

  /** Returns the job that waits for the answer to an offer; null if none does. */
  private @Nullable Job importing(String attempt) {
    Job job = draft.job();
    return job != null
            && job.phase() instanceof Phase.Importing importing
            && importing.attempt().equals(attempt)
        ? job
        : null;
  }

  private void putHandedOver(Job working, String connection) {
    Grant step =
        working.step(
            new GrantState.HandedOver(connection),
            working.granted().tokens().withoutRefreshToken());
    draft.putAndRelease(working, step, null);
  }

  private void putBackInDoubt(Job working, @Nullable Failure failure) {
    draft.settle(working, GrantState.InDoubt.NEW, failure);
  }

  private void lost(Job working, Throwable cause) {
    draft.release(working);
    serving.serveOrFail(pauses.backOff(Failure.Kind.RECIPIENT, cause));
  }

  /** Answers those who waited for the end of a hand-over, if this is its end. */
  void finish(GrantState state) {
    if (state instanceof GrantState.HandedOver handed) {
      waiters.doneAll(
          waiter -> waiter.why() == Why.HAND_OVER || waiter.why() == Why.KEEP_ALIVE,
          new Outcome(Outcome.Kind.DONE, handed.connection()));
      waiters.failAll(Why.TAKE_BACK, Failure.of(Failure.Kind.HANDED_OVER));
    }
  }
}
