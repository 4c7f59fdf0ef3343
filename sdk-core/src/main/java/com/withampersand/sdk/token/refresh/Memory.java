package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one process knows of one grant. A process that crashes forgets all of it; nothing here is
 * needed to keep the grant but what is {@linkplain #pending pending} or {@linkplain #open open}.
 *
 * @param seen the newest description of the grant that is stored; never goes to an older one
 * @param known the row as this process saw or wrote it last; null if it has to be read
 * @param pending what has to be stored, in this order
 * @param job what is being done; null if nothing is
 * @param open requests whose certainty is gone and whose answer is still wanted
 * @param io the one read or write that is under way; null if none is
 * @param kept tokens that the recipient handed out
 * @param waiters callers, the latest last
 * @param backoff after a failed refresh
 * @param away after a failed read
 * @param pollAt when to read again although nothing happened here; null if not
 * @param retryAt when to try again in a doubt; null if no one asked lately
 */
record Memory(
    @Nullable Seen seen,
    @Nullable GrantRow known,
    List<Put> pending,
    @Nullable Job job,
    List<Exchange> open,
    @Nullable Io io,
    @Nullable Kept kept,
    List<Waiter> waiters,
    @Nullable Backoff backoff,
    @Nullable Backoff away,
    @Nullable NodeTime pollAt,
    @Nullable NodeTime retryAt) {

  static final Memory EMPTY =
      new Memory(
          null, null, List.of(), null, List.of(), null, null, List.of(), null, null, null, null);

  /** Tells whether nothing is lost if this is forgotten. */
  boolean isForgettable() {
    return pending.isEmpty() && open.isEmpty() && job == null && io == null && waiters.isEmpty();
  }

  /**
   * A description of the grant, as every reader has to see it.
   *
   * @param grant the state in it is that after a lapse
   * @param age how old the tokens were, by the store's clock
   * @param at when that was so
   */
  record Seen(Grant grant, GrantRow.Traits traits, Duration age, NodeTime at) {
    Duration ageAt(NodeTime now) {
      return age.plus(now.since(at));
    }
  }

  /** The one read or write that is under way. */
  sealed interface Io {
    /** A read. */
    record Reading() implements Io {}

    /**
     * A write.
     *
     * @param purpose what it is written for
     */
    record Writing(NextRow next, Purpose purpose, NodeTime since) implements Io {}
  }

  /** What a write is for. */
  enum Purpose {
    /** It is the job's. */
    JOB,
    /** It is that of the first pending put. */
    PUT,
    /** It ends the lease of the first pending put, which something newer has overtaken. */
    RELEASE
  }

  /** Tokens that the recipient handed out; they are in memory alone. */
  record Kept(TokenSet tokens, String connection, NodeTime at) {}

  /** A pause after failures. */
  record Backoff(int failures, NodeTime until, Failure failure) {}

  /** A request whose certainty is gone. */
  record Exchange(String call, Grant grant, long lease, NodeTime sentAt, NodeTime until) {}

  /** Something that has to be stored, whatever happens. */
  sealed interface Put {
    /** Returns how often it failed, and when it is tried next. */
    Tries tries();

    /** Returns the same with other tries. */
    Put with(Tries tries);

    /**
     * New tokens.
     *
     * @param lease the number of the lease that they were obtained under
     */
    record Result(Grant grant, long lease, Duration took, Tries tries) implements Put {
      @Override
      public Put with(Tries other) {
        return new Result(grant, lease, took, other);
      }
    }

    /**
     * A state.
     *
     * @param decidedOn the version of the description that it was decided on
     * @param keepsLease whether the lease goes on
     */
    record State(
        Grant grant,
        Version decidedOn,
        long lease,
        boolean keepsLease,
        Set<Stamp> stamps,
        @Nullable Failure failure,
        Tries tries)
        implements Put {
      @Override
      public Put with(Tries other) {
        return new State(grant, decidedOn, lease, keepsLease, stamps, failure, other);
      }
    }

    /**
     * The tokens of a consent.
     *
     * @param isLookedUp whether the row was read since: its time numbers the consent
     */
    record Consent(
        String consent,
        TokenSet tokens,
        GrantRow.Traits traits,
        NodeTime exchangedAt,
        int waiter,
        boolean isLookedUp,
        Tries tries)
        implements Put {
      @Override
      public Put with(Tries other) {
        return new Consent(consent, tokens, traits, exchangedAt, waiter, isLookedUp, other);
      }

      Put lookedUp(boolean is) {
        return new Consent(consent, tokens, traits, exchangedAt, waiter, is, tries);
      }
    }

    /** The end of a lease under which nothing was sent. */
    record Release(long lease, Tries tries) implements Put {
      @Override
      public Put with(Tries other) {
        return new Release(lease, other);
      }
    }

    /** The doubt that another's lapsed lease leaves. */
    record Lapse(Tries tries) implements Put {
      @Override
      public Put with(Tries other) {
        return new Lapse(other);
      }
    }

    /** The same once more, for its form or for when to look at it next. */
    record Rewrite(Tries tries) implements Put {
      @Override
      public Put with(Tries other) {
        return new Rewrite(other);
      }
    }

    /** A description that the store had and lost. */
    record PutBack(Grant grant, Tries tries) implements Put {
      @Override
      public Put with(Tries other) {
        return new PutBack(grant, other);
      }
    }
  }

  /**
   * How often something failed.
   *
   * @param conflicts how often another write came first
   * @param next when it is tried next; null for at once
   * @param revision that of a write whose answer was lost; null if there was none
   */
  record Tries(int failures, int conflicts, @Nullable NodeTime next, @Nullable Revision revision) {
    static final Tries NONE = new Tries(0, 0, null, null);
  }

  /**
   * What is being done.
   *
   * @param grant what it was decided on; null before the row was read
   * @param lease the number of the lease; 0 before there is one
   * @param leaseEnd when the lease may be over, by this process's clock
   * @param steps the writes under this lease
   */
  record Job(
      Why why,
      Phase phase,
      @Nullable Grant grant,
      long lease,
      NodeTime leaseEnd,
      int steps,
      boolean force,
      boolean entered) {

    Job in(Phase next) {
      return new Job(why, next, grant, lease, leaseEnd, steps, force, entered);
    }

    Job holding(long number, NodeTime end) {
      return new Job(why, phase, grant, number, end, steps, force, entered);
    }

    Job on(Grant other) {
      return new Job(why, phase, other, lease, leaseEnd, steps, force, entered);
    }

    Job stepped() {
      return new Job(why, phase, grant, lease, leaseEnd, steps + 1, force, entered);
    }

    Job withRoom(boolean has) {
      return new Job(why, phase, grant, lease, leaseEnd, steps, force, has);
    }

    Job forced(boolean on) {
      return new Job(why, phase, grant, lease, leaseEnd, steps, on, entered);
    }

    /** Returns what it was decided on, once the row was read. */
    Grant granted() {
      return Objects.requireNonNull(grant);
    }

    /** Returns the grant as the next step under the lease leaves it. */
    Grant step(GrantState next, TokenSet tokens) {
      Grant before = granted();
      return new Grant(
          before.stateAt(lease, steps + 1), before.consent(), next, before.rotates(), tokens);
    }

    /** Returns the grant with the state that the next step under the lease leaves. */
    Grant step(GrantState next) {
      return step(next, granted().tokens());
    }
  }

  /** How far a job is. */
  sealed interface Phase {
    /** It waits for room for a request. */
    record Queued() implements Phase {}

    /**
     * It takes the lease.
     *
     * @param revision what the row has if it did; the answer may be lost
     * @param expected what the row had before
     */
    record Acquiring(Revision revision, Revision expected, NodeTime since) implements Phase {}

    /**
     * It announces a careful try.
     *
     * @param since when the announcement began, or a look failed
     * @param looked when the row was last seen unchanged
     * @param isQueued whether it waits for room, so that the announcement can end
     */
    record Announced(NodeTime since, NodeTime looked, boolean isQueued) implements Phase {
      /** Returns an announcement that begins now. */
      static Announced at(NodeTime now) {
        return new Announced(now, now, false);
      }

      Announced lookedAt(NodeTime now) {
        return new Announced(since, now, isQueued);
      }

      Announced queued() {
        return new Announced(since, looked, true);
      }
    }

    /** It renews the lease before a careful try. */
    record Renewing(Revision revision, NodeTime since) implements Phase {}

    /** A refresh was sent. */
    record Sent(String call, NodeTime at) implements Phase {}

    /** A put says what came of it; it is the last of what is pending. */
    record Putting() implements Phase {}

    /** The grant is being revoked. */
    record Revoking() implements Phase {}

    /** The recipient is asked whether it has the grant. */
    record Asking() implements Phase {}

    /** The recipient is offered the grant. */
    record Importing(String attempt) implements Phase {}

    /** The recipient is asked for tokens. */
    record Fetching(String connection) implements Phase {}

    /** The recipient's connection is being deleted. */
    record DeletingConnection() implements Phase {}

    /** The row is being deleted. */
    record Deleting() implements Phase {}
  }
}
