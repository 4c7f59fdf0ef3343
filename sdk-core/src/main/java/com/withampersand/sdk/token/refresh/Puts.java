package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Seen;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what has to be stored, one put at a time, and decides what follows once it is stored,
 * or once the row has made it worthless; {@link PutRule} decides which of these it is. A put that
 * fails is tried again after a pause, for as long as it takes, but a note that any process can make
 * as well is dropped. What a put says is told to callers and listeners only once it is in the
 * store.
 */
final class Puts {
  private static final Duration[] PAUSES = {
    Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMillis(2500)
  };
  private static final int CONFLICTS = 4;

  private final Draft draft;
  private final Now now;
  private final Waiters waiters;
  private final Pauses pauses;
  private final PutQueue puts;
  private final PutRule rule;
  private final Serving serving;
  private final Disconnects disconnects;
  private final HandOvers handOvers;

  Puts(Draft draft, PutRule rule, Serving serving, Disconnects disconnects, HandOvers handOvers) {
    this.draft = draft;
    this.now = draft.now();
    this.waiters = draft.waiters();
    this.pauses = draft.pauses();
    this.puts = draft.puts();
    this.rule = rule;
    this.serving = serving;
    this.disconnects = disconnects;
    this.handOvers = handOvers;
  }

  // Carrying out

  /** Does what the first put needs next: a read, a write, or nothing any more. */
  void put() {
    lookUpConsent();
    GrantRow row = draft.known();
    if (row == null) {
      draft.ask();
    } else {
      put(puts.first(), row);
    }
  }

  /** The time of a read numbers a consent, so the row is read after the consent came. */
  private void lookUpConsent() {
    if (puts.first() instanceof Put.Consent consent && !consent.isLookedUp()) {
      puts.replaceFirst(consent.lookedUp(true));
      draft.forgetRow();
    }
  }

  private void put(Put put, GrantRow row) {
    PutRule.Decision decision = rule.decide(put, row);
    if (decision instanceof PutRule.Decision.Store store) {
      store(put, row, store.next());
    } else if (decision instanceof PutRule.Decision.Stored) {
      stored(puts.removeFirst());
    } else if (decision instanceof PutRule.Decision.Overtaken overtaken) {
      overtaken(row, overtaken.release());
    } else if (decision instanceof PutRule.Decision.Gone) {
      gone(puts.removeFirst());
    } else {
      draft.forgetRow();
      retry(null, null);
    }
  }

  private void store(Put put, GrantRow row, NextRow next) {
    if (!isWithdrawn(put)) {
      draft.write(row, next, Purpose.PUT);
      return;
    }
    tellOfDelay(puts.removeFirst());
    Job job = draft.job();
    if (job != null) {
      draft.giveUp(job);
    }
  }

  /** What a caller wanted, and was told that it failed, does not happen later. */
  private static boolean isWithdrawn(Put put) {
    return put instanceof Put.State state && state.keepsLease() && put.tries().failures() > 0;
  }

  private void overtaken(GrantRow row, @Nullable NextRow release) {
    if (release != null) {
      draft.write(row, release, Purpose.RELEASE);
    } else {
      overtaken(puts.removeFirst());
    }
  }

  /** The write of the first put happened. */
  void written(Purpose purpose) {
    Put put = puts.removeFirst();
    if (purpose == Purpose.RELEASE) {
      overtaken(put);
    } else {
      stored(put);
    }
  }

  // Once more

  /** Another write came first; after a few of these there is a pause. */
  void changed() {
    Put put = puts.first();
    Tries tries = put.tries();
    boolean often = tries.conflicts() >= CONFLICTS;
    if (often && put instanceof Put.PutBack) {
      puts.removeFirst();
      warnOfReplica();
    } else {
      NodeTime next = often ? now.in(PAUSES[0]) : null;
      puts.retryFirst(new Tries(tries.failures(), tries.conflicts() + 1, next, tries.revision()));
    }
  }

  private void warnOfReplica() {
    draft.tell(
        new Notice.Warned(
            "The store returns older rows than it has: it reads from a replica. Read from the"
                + " writer."));
  }

  /**
   * The read or write that the first put needs failed.
   *
   * @param revision that of a write that may have happened; null if none did
   */
  void retry(@Nullable Throwable cause, @Nullable Revision revision) {
    Put put = puts.first();
    if (put instanceof Put.Lapse || put instanceof Put.Rewrite || put instanceof Put.PutBack) {
      puts.removeFirst();
      return;
    }
    Tries tries = put.tries();
    NodeTime next = now.in(PAUSES[Math.min(tries.failures(), PAUSES.length - 1)]);
    Revision written = revision == null ? tries.revision() : revision;
    puts.retryFirst(new Tries(tries.failures() + 1, tries.conflicts(), next, written));
    if (tries.failures() == 0 && !(put instanceof Put.Release)) {
      draft.tell(new Notice.PendingWrite(cause));
    }
  }

  // Stored

  private void stored(Put put) {
    Seen seen = draft.seen();
    GrantState before = seen == null ? null : seen.grant().state();
    if (draft.known() instanceof Live) {
      draft.adoptKnown();
      if (put instanceof Put.Result && before != null && before.needsCare()) {
        draft.tell(new Notice.Recovered());
      }
    }
    if (!(put instanceof Put.Release)) {
      tellOfDelay(put);
    }
    goOn(put, before);
  }

  private void goOn(Put put, @Nullable GrantState before) {
    if (put instanceof Put.Result result) {
      storedResult(result);
    } else if (put instanceof Put.State state) {
      storedState(state, before);
    } else if (put instanceof Put.Consent consent) {
      storedConsent(consent, before);
    } else {
      draft.decideAgain();
    }
  }

  private void tellOfDelay(Put put) {
    if (put.tries().failures() > 0) {
      draft.tell(new Notice.PendingWriteDone());
    }
  }

  private void storedResult(Put.Result result) {
    pauses.end();
    draft.endPutting();
    draft.tell(new Notice.Refreshed(result.grant().tokens(), result.took()));
    waiters.doneAll(Why.KEEP_ALIVE, Outcome.of(Outcome.Kind.REFRESHED));
    draft.decideAgain();
  }

  private void storedConsent(Put.Consent put, @Nullable GrantState before) {
    if (before instanceof GrantState.HandedOver handed) {
      draft.tell(
          new Notice.Warned(
              "A user consented, and Ampersand still has the connection "
                  + handed.connection()
                  + " of the consent before. Delete it there if nothing uses it."));
    }
    pauses.end();
    draft.keep(null);
    done(put, Outcome.Kind.DONE);
    draft.decideAgain();
  }

  private void done(Put.Consent put, Outcome.Kind outcome) {
    waiters.doneAll(waiter -> waiter.id() == put.waiter(), Outcome.of(outcome));
  }

  private void storedState(Put.State put, @Nullable GrantState before) {
    tellOf(put.grant(), before);
    Job job = draft.job();
    if (job != null && job.phase() instanceof Phase.Putting && job.lease() == put.lease()) {
      goOn(job, put);
    } else if (put.failure() == null) {
      draft.decideAgain();
    } else {
      serving.serveOrFail(put.failure());
    }
  }

  /** Tells what a grant has come to, once. */
  private void tellOf(Grant grant, @Nullable GrantState before) {
    GrantState state = grant.state();
    if (before != null && before.name().equals(state.name())) {
      return;
    }
    if (state instanceof GrantState.NeedsConsent ended
        && !(draft.isOpen() && draft.isRotating(grant))) {
      draft.tell(new Notice.ConsentNeeded(ended.refusal()));
    } else if (state instanceof GrantState.Blocked blocked) {
      draft.tell(new Notice.Blocked(blocked.refusal()));
    } else if (state instanceof GrantState.InDoubt) {
      draft.tell(new Notice.InDoubt());
    }
  }

  private void goOn(Job putting, Put.State put) {
    GrantState state = put.grant().state();
    Job next = putting.on(put.grant());
    if (put.keepsLease() && state instanceof GrantState.Disconnecting disconnecting) {
      disconnects.revoke(next, disconnecting);
    } else if (put.keepsLease() && state instanceof GrantState.HandingOver handing) {
      handOvers.offer(next, handing);
    } else {
      draft.endJob();
      handOvers.finish(state);
      finish(putting.why(), put.failure());
    }
  }

  private void finish(Why why, @Nullable Failure failure) {
    if (failure != null) {
      serving.serveOrFail(failure);
      return;
    }
    if (why == Why.TAKE_BACK || why == Why.CHANGE_ISSUER) {
      waiters.doneAll(why, Outcome.of(Outcome.Kind.DONE));
    }
    if (why == Why.CHANGE_ISSUER && puts.isEmpty() && !draft.isOpen()) {
      // Another renewer may own the grant now.
      draft.forgetRow();
      draft.forgetSeen();
    }
    draft.decideAgain();
  }

  // Worthless

  /** What is there is newer. */
  private void overtaken(Put put) {
    draft.adoptKnown();
    tellOfDelay(put);
    if (put instanceof Put.Consent consent) {
      draft.tell(new Notice.Superseded(consent.tokens()));
      done(consent, Outcome.Kind.SUPERSEDED);
    } else if (put instanceof Put.Result && isHandedOver()) {
      draft.tell(
          new Notice.Warned(
              "Tokens arrived for a grant that was handed over meanwhile. They were dropped."));
    }
    draft.endPutting();
    draft.decideAgain();
  }

  private boolean isHandedOver() {
    return draft.known() instanceof Live live
        && live.grant().state() instanceof GrantState.HandedOver;
  }

  /** There is no such grant any more; what no row keeps is ended at the provider. */
  private void gone(Put put) {
    tellOfDelay(put);
    if (put instanceof Put.Result result) {
      draft.act(new Action.Discard(result.grant().tokens()));
    } else if (put instanceof Put.Consent consent) {
      done(consent, Outcome.Kind.SUPERSEDED);
    }
    draft.endPutting();
    GrantRow row = draft.known();
    if (row != null) {
      draft.adopt(row);
    }
    draft.decideAgain();
  }
}
