package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import com.withampersand.sdk.token.refresh.Memory.Put;
import java.time.Duration;
import java.util.Objects;

/**
 * Decides what an answer of the store means for the one read or write that is under way: what is
 * known of the row from now on, whether the store counts as away, and who goes on, the job or the
 * first put. An answer that nothing waits for is ignored. A write whose answer was lost is settled
 * by a read, since the row carries the revision of the write if it happened.
 */
final class StoreAnswers {
  private static final Duration LONGEST_READ = Duration.ofMillis(2_500);

  private final Draft draft;
  private final Pauses pauses;
  private final PutQueue pending;
  private final Serving serving;
  private final Leases leases;
  private final Puts puts;

  StoreAnswers(Draft draft, Serving serving, Leases leases, Puts puts) {
    this.draft = draft;
    this.pauses = draft.pauses();
    this.pending = draft.puts();
    this.serving = serving;
    this.leases = leases;
    this.puts = puts;
  }

  // A read

  void read(Event.Read event) {
    if (!(draft.io() instanceof Io.Reading)) {
      return;
    }
    draft.endIo();
    draft.adopt(event.row());
    if (isLate(event.asked()) && needsRowOfNow()) {
      draft.forgetRow();
    }
    Job job = draft.job();
    if (job != null) {
      leases.read(job, event.row());
    }
    draft.decideAgain();
  }

  private boolean isLate(NodeTime asked) {
    return draft.now().node().since(asked).compareTo(LONGEST_READ) > 0;
  }

  /** Tells whether what follows must rest on the row as it is now. */
  private boolean needsRowOfNow() {
    boolean isNumbering = !pending.isEmpty() && pending.first() instanceof Put.Consent;
    return isNumbering || draft.waiters().isWanted(Why.NOTICE);
  }

  void readFailed(Event.ReadFailed event) {
    if (!(draft.io() instanceof Io.Reading)) {
      return;
    }
    draft.endIo();
    pauses.goAway(event.cause());
    Job job = draft.job();
    if (!pending.isEmpty()) {
      puts.retry(event.cause(), null);
    } else if (job != null) {
      leases.readFailed(job);
    }
    serving.serveOrFail(pauses.storeFailed(event.cause()));
  }

  // A write

  void written() {
    if (!(draft.io() instanceof Io.Writing writing)) {
      return;
    }
    draft.endIo();
    pauses.endAway();
    GrantRow before = Objects.requireNonNull(draft.known());
    draft.know(Rows.after(before, writing.next(), traitsAfter(writing)));
    if (writing.purpose() == Purpose.JOB) {
      leases.written(writing);
    } else {
      puts.written(writing.purpose());
    }
  }

  private GrantRow.Traits traitsAfter(Io.Writing writing) {
    return writing.purpose() == Purpose.PUT && pending.first() instanceof Put.Consent consent
        ? consent.traits()
        : draft.traits();
  }

  /** The write did not happen, since the row is another by now. */
  void changed() {
    if (!(draft.io() instanceof Io.Writing writing)) {
      return;
    }
    draft.endIo();
    pauses.endAway();
    draft.forgetRow();
    if (writing.purpose() == Purpose.JOB) {
      draft.ask();
    } else {
      puts.changed();
    }
  }

  void writeFailed(Event.WriteFailed event) {
    if (!(draft.io() instanceof Io.Writing writing)) {
      return;
    }
    draft.endIo();
    draft.forgetRow();
    pauses.goAway(event.cause());
    if (writing.purpose() == Purpose.JOB) {
      jobWriteFailed(event);
    } else {
      puts.retry(event.cause(), event.maybe() ? writing.next().revision() : null);
      serving.serveOrFail(pauses.storeFailed(event.cause()));
    }
  }

  private void jobWriteFailed(Event.WriteFailed event) {
    Job job = draft.job();
    if (job == null) {
      return;
    }
    if (event.maybe()) {
      draft.ask();
    } else {
      draft.giveUp(job);
      serving.serveOrFail(pauses.storeFailed(event.cause()));
    }
  }
}
