package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * Decides how a grant ends on request. To disconnect is to store under the lease that the grant is
 * being disconnected, then to revoke it, or to have the recipient delete its connection, and then
 * to delete the row; to forget is to delete the row alone, without a lease. A revocation that fails
 * deletes nothing unless the caller forces it. A row of a later consent is left alone, and newer
 * tokens of the same consent are revoked before they are deleted.
 */
final class Disconnects {
  private final Draft draft;
  private final Waiters waiters;
  private final Rows rows;

  Disconnects(Draft draft, Rows rows) {
    this.draft = draft;
    this.waiters = draft.waiters();
    this.rows = rows;
  }

  /** Begins to disconnect; the lease comes first. */
  void begin(Live row) {
    Waiter waiter = waiters.first(Why.DISCONNECT);
    draft.begin(draft.newJob(Why.DISCONNECT, row.grant()).forced(waiter != null && waiter.force()));
  }

  /**
   * Begins to delete a row without a revocation.
   *
   * @param grant what is to be deleted; null for whatever is there
   */
  void forget(@Nullable Grant grant) {
    draft.job(draft.newJob(Why.FORGET, grant).in(new Phase.Deleting()));
  }

  // Revoking

  /** Goes on under the lease: the state comes before the revocation. */
  void acquired(Job holding) {
    GrantState state = holding.granted().state();
    if (state instanceof GrantState.Disconnecting disconnecting) {
      revoke(holding, disconnecting);
      return;
    }
    String connection = state instanceof GrantState.HandedOver handed ? handed.connection() : null;
    draft.putAndHold(holding, new GrantState.Disconnecting(connection));
  }

  /** Revokes the grant, or has the recipient delete its connection. */
  void revoke(Job holding, GrantState.Disconnecting state) {
    if (state.connection() == null) {
      draft.job(holding.in(new Phase.Revoking()));
      draft.act(new Action.Revoke(holding.granted().tokens()));
    } else {
      draft.job(holding.in(new Phase.DeletingConnection()));
      draft.act(new Action.DeleteConnection(state.connection()));
    }
  }

  void revoked() {
    Job job = draft.job();
    if (job != null && job.phase() instanceof Phase.Revoking) {
      beginDeleting(job);
    }
  }

  void connectionDeleted() {
    Job job = draft.job();
    if (job != null && job.phase() instanceof Phase.DeletingConnection) {
      beginDeleting(job);
    }
  }

  private void beginDeleting(Job working) {
    draft.job(working.in(new Phase.Deleting()));
  }

  /** The grant was not revoked, or the recipient's connection was not deleted. */
  void failed(Throwable cause) {
    Job job = draft.job();
    if (job == null || !isRevoking(job.phase())) {
      return;
    }
    if (job.force()) {
      beginDeleting(job);
    } else {
      draft.release(job);
      Failure failure = draft.pauses().backOff(Failure.Kind.PROVIDER, cause);
      waiters.failAll(waiter -> waiter.why() != Why.SAVE, failure);
    }
  }

  private static boolean isRevoking(Phase phase) {
    return phase instanceof Phase.Revoking || phase instanceof Phase.DeletingConnection;
  }

  // Deleting

  /** Deletes the row, unless it is that of a later consent. */
  void delete(Job working) {
    GrantRow row = draft.known();
    if (row == null) {
      draft.ask();
    } else if (row instanceof Live live) {
      delete(working, live);
    } else if (row instanceof GrantRow.Unreadable unreadable) {
      delete(working, unreadable);
    } else if (row instanceof GrantRow.Stone && isRemovingStone(working)) {
      draft.write(row, NextRow.removed(), Purpose.JOB);
    } else {
      deleted();
    }
  }

  private boolean isRemovingStone(Job working) {
    return working.grant() == null && waiters.isWanted(Why.KEEP_ALIVE);
  }

  private void delete(Job working, GrantRow.Unreadable row) {
    Version version = row.version() == null ? Version.OLD : row.version();
    if (isLater(version, working)) {
      deleted();
    } else {
      draft.write(row, rows.stone(row, version, row.consent()), Purpose.JOB);
    }
  }

  private void delete(Job working, Live row) {
    Grant grant = row.grant();
    boolean isSame = working.grant() != null && grant.version().equals(working.grant().version());
    if (isLater(grant.version(), working)) {
      deleted();
    } else if (working.why() == Why.DISCONNECT && !isSame) {
      revokeAgain(working, grant);
    } else {
      draft.write(row, rows.stone(row, grant.version(), grant.consent()), Purpose.JOB);
    }
  }

  /** Tells whether a version is that of a consent after the one that is to go. */
  private static boolean isLater(Version version, Job working) {
    return working.grant() != null && version.consent() > working.grant().version().consent();
  }

  /** Newer tokens came meanwhile: those have to be revoked, too. */
  private void revokeAgain(Job working, Grant newer) {
    if (newer.state() instanceof GrantState.Disconnecting disconnecting) {
      revoke(working.on(newer), disconnecting);
    } else {
      draft.giveUp(working);
      draft.decideAgain();
    }
  }

  /** The answer to the write that deletes was lost, and the row was read. */
  void looked(GrantRow row) {
    if (row instanceof GrantRow.Stone) {
      deleted();
    }
  }

  /** The row is deleted, or there is nothing to delete any more. */
  void deleted() {
    Job job = draft.job();
    Why why = job == null ? Why.FORGET : job.why();
    draft.endJob();
    if (draft.known() instanceof Live) {
      draft.adoptKnown();
    } else {
      draft.forgetGrant();
    }
    waiters.all(w -> w.why() == why || w.endsWithTheGrant()).forEach(this::ended);
    draft.decideAgain();
  }

  private void ended(Waiter waiter) {
    if (waiter.from() == null) {
      waiters.done(waiter, Outcome.of(Outcome.Kind.DONE));
    } else {
      // It came after this began, and may mean a consent that came meanwhile.
      waiters.replace(waiter, waiter.from(null));
      draft.forgetRow();
    }
  }
}
