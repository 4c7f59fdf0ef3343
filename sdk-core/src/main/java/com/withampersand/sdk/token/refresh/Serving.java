package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Kept;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Seen;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of the callers who wait are served by the tokens at hand, and who is failed. Tokens
 * at hand are those that this process obtained and could not store yet, else those of the newest
 * description that it has seen; of a grant that was handed over, those that the recipient handed
 * out last. The {@link Judgement} of a caller says whether they will do. Who is neither served nor
 * failed goes on waiting, and what such callers need is what the next job is chosen by.
 */
final class Serving {
  private static final Duration SHORTEST_POLL = Duration.ofMillis(25);
  private static final Duration LONGEST_POLL = Duration.ofMillis(250);

  private final Draft draft;
  private final Now now;
  private final Policy policy;
  private final Waiters waiters;
  private final Pauses pauses;

  Serving(Draft draft) {
    this.draft = draft;
    this.now = draft.now();
    this.policy = draft.policy();
    this.waiters = draft.waiters();
    this.pauses = draft.pauses();
  }

  /** What the waiters that were not served need. */
  static final class Needs {
    private boolean refresh;
    private boolean fetch;
    private boolean note;
    private boolean early;

    /** Tells whether someone needs the grant to be refreshed. */
    boolean refresh() {
      return refresh;
    }

    /** Tells whether someone needs what the recipient hands out. */
    boolean fetch() {
      return fetch;
    }

    /** Tells whether a refusal of the access token is to be noted. */
    boolean note() {
      return note;
    }
  }

  Judgement judge(Waiter waiter, Seen newest) {
    return Judgement.of(
        waiter, newest.grant(), newest.traits(), newest.ageAt(now.node()), now.wall(), policy);
  }

  // What is at hand

  /** Hands out what this process has obtained and the store did not take. */
  boolean isServedUnsaved(Waiter waiter) {
    Grant unsaved = unsaved();
    if (unsaved == null) {
      return false;
    }
    Judgement judgement =
        Judgement.of(waiter, unsaved, draft.traits(), Duration.ZERO, now.wall(), policy);
    if (judgement instanceof Judgement.Serve) {
      waiters.serve(waiter, unsaved.tokens());
      return true;
    }
    return false;
  }

  boolean hasUnsaved() {
    return unsaved() != null;
  }

  private @Nullable Grant unsaved() {
    Grant newest = null;
    for (Put put : draft.puts().all()) {
      if (put.tries().failures() == 0) {
        continue;
      }
      if (put instanceof Put.Consent consent) {
        return PutRule.grant(consent.consent(), consent.tokens(), 1);
      }
      if (put instanceof Put.Result result && isNewer(result.grant())) {
        newest = result.grant();
      }
    }
    return newest;
  }

  private boolean isNewer(Grant grant) {
    Seen seen = draft.seen();
    return seen == null || grant.version().isAfter(seen.grant().version());
  }

  /** A token whose end was only estimated is better than a store that does not answer. */
  boolean isServedWhileAway(Waiter waiter, Seen newest) {
    if (!pauses.isAway() || waiter.why() == Why.ORDERED) {
      return false;
    }
    Waiter modest = new Waiter(waiter.id(), Why.CALL, waiter.refused(), null, null, false);
    if (judge(modest, newest) instanceof Judgement.Serve) {
      waiters.serve(waiter, newest.grant().tokens());
      return true;
    }
    return false;
  }

  /** Hands out what the recipient handed out last, while that is good. */
  boolean isServedKept(Waiter waiter, Grant grant) {
    Kept kept = draft.kept();
    if (kept == null || !isOf(kept, grant) || !isGood(kept) || !mayHave(waiter, kept)) {
      return false;
    }
    waiters.serve(waiter, kept.tokens());
    return true;
  }

  private static boolean isOf(Kept kept, Grant grant) {
    return grant.state() instanceof GrantState.HandedOver handed
        && handed.connection().equals(kept.connection());
  }

  private static boolean mayHave(Waiter waiter, Kept kept) {
    return waiter.why() != Why.ORDERED && !waiter.wasRefused(kept.tokens());
  }

  private boolean isGood(Kept kept) {
    Duration age = now.node().since(kept.at());
    return kept.tokens().expiry().instant().isPresent()
        ? Freshness.of(kept.tokens(), age, now.wall(), policy) == Freshness.FRESH
        : age.compareTo(policy.backoff()) < 0;
  }

  // By the row that is known

  /** Serves and fails those who can be by now, and tells what the others need. */
  Needs serveWaiting(Live row) {
    Needs needs = new Needs();
    Seen newest = draft.seen();
    if (newest == null) {
      return needs;
    }
    for (Waiter waiter : waiters.all(Waiter::wantsTokens)) {
      answer(orderedFrom(waiter, newest), newest, row, needs);
    }
    if (needs.early && draft.isFree() && !row.isHeldByOther(policy.holder())) {
      waiters.want(Why.EARLY);
      needs.refresh = true;
    }
    return needs;
  }

  /** An order for a refresh is about the tokens that are there when it is first looked after. */
  private Waiter orderedFrom(Waiter waiter, Seen newest) {
    if (waiter.why() != Why.ORDERED || waiter.from() != null) {
      return waiter;
    }
    Waiter ordered = waiter.from(newest.grant().version());
    waiters.replace(waiter, ordered);
    return ordered;
  }

  private void answer(Waiter waiter, Seen newest, Live row, Needs needs) {
    Judgement judgement = judge(waiter, newest);
    if (judgement instanceof Judgement.Serve serve) {
      waiters.serve(waiter, newest.grant().tokens());
      rememberToRetry(newest, sinceSent(row));
      needs.early |= serve.early();
    } else if (judgement instanceof Judgement.Fail failure) {
      waiters.fail(waiter, failure.failure());
    } else if (judgement instanceof Judgement.Note) {
      needs.note = true;
    } else if (judgement instanceof Judgement.Fetch) {
      needs.fetch |= !isServedKept(waiter, newest.grant());
    } else if (!(judgement instanceof Judgement.Settle)) {
      needs.refresh = true;
    }
  }

  private static Duration sinceSent(Live row) {
    return row.isLapsed() ? Duration.ZERO : GrantRow.between(row.times().sent(), row.readAt());
  }

  /** A process that was asked for a grant in doubt wakes when the next try may follow. */
  void rememberToRetry(Seen newest, Duration sinceSent) {
    boolean mayTry = newest.traits().isOwned() && newest.traits().canRenew();
    if (pauses.retryAt() == null
        && mayTry
        && draft.job() == null
        && newest.grant().state() instanceof GrantState.InDoubt doubt) {
      Duration rest = policy.carefulWait(doubt.tries()).minus(sinceSent);
      pauses.retryAt(now.in(rest.isNegative() ? Duration.ZERO : rest));
    }
  }

  // After a failure

  /** Serves those whom the tokens at hand serve, and fails those who waited for what failed. */
  void serveOrFail(Failure failure) {
    boolean isStore = failure.kind() == Failure.Kind.STORE;
    boolean isAskedFor = waiters.areAny(Waiter::wantsTokens);
    for (Waiter waiter : waiters.all()) {
      if (!isServed(waiter, isStore) && !isJobUnderWay() && (isStore || waiter.waitsForRefresh())) {
        waiters.fail(waiter, failure);
      }
    }
    Seen seen = draft.seen();
    if (seen != null && isAskedFor) {
      rememberToRetry(seen, Duration.ZERO);
    }
    draft.lookIfAwaited();
  }

  private boolean isJobUnderWay() {
    Job job = draft.job();
    return job != null && !(job.phase() instanceof Phase.Putting);
  }

  private boolean isServed(Waiter waiter, boolean isStore) {
    if (!waiter.wantsTokens()) {
      return false;
    }
    if (isServedUnsaved(waiter)) {
      return true;
    }
    Seen seen = draft.seen();
    return seen != null && !hasUnsaved() && isServedAs(waiter, seen, isStore);
  }

  private boolean isServedAs(Waiter waiter, Seen newest, boolean isStore) {
    if (judge(waiter, newest) instanceof Judgement.Serve) {
      waiters.serve(waiter, newest.grant().tokens());
      return true;
    }
    return isStore && isServedWhileAway(waiter, newest);
  }

  /** A change of issuer sends nothing to the host that does not answer. */
  void failUnordered(Failure failure) {
    waiters.failAll(
        waiter -> waiter.why() != Why.ORDERED && waiter.why() != Why.CHANGE_ISSUER, failure);
  }

  // While another process has the grant

  void waitForOther(Duration soFar) {
    waiters.removeIf(waiter -> waiter.id() == 0);
    waiters.doneAll(Why.KEEP_ALIVE, Outcome.of(Outcome.Kind.NOT_DUE));
    draft.pollAt(now.in(pollAfter(soFar)));
  }

  /**
   * Returns when to look again: after a third of the time that the other has taken so far, since
   * most requests take a moment, and a long one is not looked for all the time. The time is
   * negative if the other's lease is longer than one's own, as that of a rename is.
   */
  static Duration pollAfter(Duration soFar) {
    return soFar.isNegative()
        ? LONGEST_POLL
        : Durations.least(LONGEST_POLL, Durations.most(SHORTEST_POLL, soFar.dividedBy(3)));
  }
}
