package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * Decides how a job gets to the point where it may act: it waits for room for a request, takes the
 * lease, and then acts. A refresh in a doubt is a careful try: it announces itself by holding the
 * lease for a while, looks at the row meanwhile, and renews the lease before it acts. A lease is
 * counted from before the write that took it, and anything that has to be stored goes first. If the
 * answer to a write was lost, the revision of the row says whether it happened.
 */
final class Leases {
  private final Draft draft;
  private final Now now;
  private final Policy policy;
  private final Waiters waiters;
  private final Rows rows;
  private final Serving serving;
  private final Renewals renewals;
  private final Disconnects disconnects;
  private final HandOvers handOvers;

  Leases(
      Draft draft,
      Rows rows,
      Serving serving,
      Renewals renewals,
      Disconnects disconnects,
      HandOvers handOvers) {
    this.draft = draft;
    this.now = draft.now();
    this.policy = draft.policy();
    this.waiters = draft.waiters();
    this.rows = rows;
    this.serving = serving;
    this.renewals = renewals;
    this.disconnects = disconnects;
    this.handOvers = handOvers;
  }

  // Room for a request

  /** There is room for a request; a host that is left alone is asked only by order. */
  void entered(@Nullable NodeTime closedUntil) {
    Job job = draft.job();
    if (job == null || job.entered() || !isQueued(job.phase())) {
      draft.act(new Action.Leave());
      return;
    }
    draft.job(job.withRoom(true));
    boolean isAsked = job.why() != Why.GET || waiters.isWanted(Why.ORDERED);
    if (closedUntil != null && !now.isPast(closedUntil) && !isAsked) {
      draft.release(job.withRoom(true));
      serving.serveOrFail(Failure.later(Failure.Kind.PROVIDER, null, now.until(closedUntil)));
    }
  }

  private static boolean isQueued(Phase phase) {
    return phase instanceof Phase.Queued
        || (phase instanceof Phase.Announced announced && announced.isQueued());
  }

  /** Does what a job that waits for no answer has to do next. */
  void goOn(Job working) {
    if (working.phase() instanceof Phase.Queued && working.entered()) {
      acquire(working);
    } else if (working.phase() instanceof Phase.Announced announced) {
      announce(working, announced);
    } else if (working.phase() instanceof Phase.Deleting) {
      disconnects.delete(working);
    }
  }

  /** An announcement takes no room from others. It ends by a look once there is room again. */
  private void announce(Job working, Phase.Announced announced) {
    boolean isOver = now.isPast(announced(announced));
    if (isOver && !working.entered() && !announced.isQueued()) {
      draft.job(working.in(announced.queued()));
      draft.act(new Action.Enter());
    } else if (isOver ? working.entered() : now.isPast(nextLook(working, announced))) {
      draft.ask();
    }
  }

  /**
   * Returns when a job that announces a careful try goes on by itself: it looks at the row again,
   * or queues for room; null if it waits for room.
   */
  @Nullable NodeTime nextLook(Job working, Phase.Announced announced) {
    if (announced.isQueued() && !working.entered()) {
      return null;
    }
    return NodeTime.earlier(
        announced.looked().plus(policy.announce().dividedBy(4)), announced(announced));
  }

  private NodeTime announced(Phase.Announced announced) {
    return announced.since().plus(policy.announce());
  }

  // Taking the lease

  private void acquire(Job working) {
    GrantRow row = draft.known();
    if (row == null) {
      draft.ask();
    } else if (row instanceof Live live && isUnchanged(working, live)) {
      acquire(working, live);
    } else {
      draft.endJob();
      draft.decideAgain();
    }
  }

  private boolean isUnchanged(Job working, Live row) {
    return row.grant().version().equals(working.granted().version())
        && !row.isHeldByOther(policy.holder());
  }

  private void acquire(Job working, Live row) {
    NextRow next = rows.acquired(row);
    draft.job(
        working
            .holding(next.leases(), now.node())
            .in(new Phase.Acquiring(next.revision(), row.revision(), now.node())));
    draft.write(row, next, Purpose.JOB);
  }

  private void acquired(Job working, Live row, NodeTime since) {
    Job holding = working.on(row.grant()).holding(row.leases(), since.plus(policy.lease()));
    if (!draft.puts().isEmpty()) {
      draft.giveUp(holding);
      return;
    }
    if (working.why() == Why.DISCONNECT) {
      disconnects.acquired(holding);
    } else if (working.why() == Why.HAND_OVER || working.why() == Why.TAKE_BACK) {
      handOvers.acquired(holding);
    } else if (renewals.needsCare(holding, row)) {
      draft.job(draft.leaveRoom(holding).in(Phase.Announced.at(now.node())));
    } else {
      renewals.act(holding);
    }
  }

  /** The write failed, or the read is from a replica that lags: another try now would loop. */
  private void notAcquired() {
    draft.endJob();
    draft.pauses().goAway(null);
    serving.serveOrFail(draft.pauses().storeFailed(null));
  }

  // A careful try

  private void looked(Job working, Phase.Announced announced, GrantRow row) {
    if (!(row instanceof Live live) || !isStillHeld(working, live) || !draft.puts().isEmpty()) {
      draft.giveUp(working);
    } else if (now.isPast(announced(announced)) && working.entered()) {
      renew(working, live);
    } else {
      draft.job(working.in(announced.lookedAt(now.node())));
    }
  }

  private static boolean isStillHeld(Job working, Live row) {
    return row.grant().version().equals(working.granted().version())
        && row.lease() != null
        && row.lease().number() == working.lease()
        && !row.isLapsed();
  }

  /** A process that had an answer has had the time to store it, so none is awaited any more. */
  private void renew(Job working, Live row) {
    draft.close(exchange -> true);
    NextRow next = rows.renewed(row);
    draft.job(working.in(new Phase.Renewing(next.revision(), now.node())));
    draft.write(row, next, Purpose.JOB);
  }

  private void renewed(Job working, Live row, NodeTime since) {
    Job holding = working.on(row.grant()).holding(working.lease(), since.plus(policy.lease()));
    if (draft.puts().isEmpty()) {
      renewals.act(holding);
    } else {
      draft.giveUp(holding);
    }
  }

  // What the store says to a job

  /** The job's write happened. */
  void written(Io.Writing writing) {
    Job job = draft.job();
    if (job == null) {
      return;
    }
    GrantRow row = draft.known();
    if (job.phase() instanceof Phase.Acquiring && row instanceof Live live) {
      acquired(job, live, writing.since());
    } else if (job.phase() instanceof Phase.Renewing && row instanceof Live live) {
      renewed(job, live, writing.since());
    } else if (job.phase() instanceof Phase.Deleting) {
      disconnects.deleted();
    }
  }

  /** The row was read: because the job looks, or because the answer to its write was lost. */
  void read(Job job, GrantRow row) {
    if (job.phase() instanceof Phase.Acquiring acquiring) {
      lookedAfterAcquiring(job, acquiring, row);
    } else if (job.phase() instanceof Phase.Renewing renewing) {
      lookedAfterRenewing(job, renewing, row);
    } else if (job.phase() instanceof Phase.Announced announced) {
      looked(job, announced, row);
    } else if (job.phase() instanceof Phase.Deleting) {
      disconnects.looked(row);
    }
  }

  private void lookedAfterAcquiring(Job job, Phase.Acquiring acquiring, GrantRow row) {
    if (row.revision().equals(acquiring.revision()) && row instanceof Live live) {
      acquired(job, live, acquiring.since());
    } else if (row.revision().equals(acquiring.expected())) {
      notAcquired();
    } else {
      draft.endJob();
    }
  }

  private void lookedAfterRenewing(Job job, Phase.Renewing renewing, GrantRow row) {
    if (row.revision().equals(renewing.revision()) && row instanceof Live live) {
      renewed(job, live, renewing.since());
    } else {
      draft.giveUp(job);
    }
  }

  /** The row was not read. A careful try announces itself anew; anything else is given up. */
  void readFailed(Job job) {
    if (job.phase() instanceof Phase.Announced) {
      draft.job(draft.leaveRoom(job).in(Phase.Announced.at(now.node())));
    } else {
      draft.giveUp(job);
    }
  }
}
