package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import java.time.Duration;

/**
 * Decides when a grant is refreshed, and what is done under the lease that was taken for it. No
 * refresh begins while this process backs off or the host is left alone, unless a caller ordered
 * it; none follows in a doubt before the careful wait is over; and a token that is refused right
 * after it was obtained brings no other. Under the lease a refresh is sent only if there is time
 * left to await it and to store what it brings. What callers report of a grant that ended, and a
 * new address of the issuer, are stored under the lease without a request.
 */
final class Renewals {
  private final Draft draft;
  private final Now now;
  private final Policy policy;
  private final Waiters waiters;
  private final Pauses pauses;
  private final Serving serving;

  Renewals(Draft draft, Serving serving) {
    this.draft = draft;
    this.now = draft.now();
    this.policy = draft.policy();
    this.waiters = draft.waiters();
    this.pauses = draft.pauses();
    this.serving = serving;
  }

  /** Begins what the waiters need of a grant that is here and that no one else holds. */
  void begin(Live row, Serving.Needs needs, boolean isSwept) {
    waiters.failAll(Why.TAKE_BACK, Failure.of(Failure.Kind.NOT_HANDING_OVER));
    if (needs.note()) {
      begin(Why.REFUSED, row);
    } else if (waiters.isWanted(Why.HAND_OVER) && mayHandOver(row.state())) {
      begin(Why.HAND_OVER, row);
    } else {
      beginRequest(row, needs, isSwept);
    }
  }

  private void begin(Why why, Live row) {
    draft.begin(draft.newJob(why, row.grant()));
  }

  private boolean mayHandOver(GrantState state) {
    return state instanceof GrantState.Active && !draft.isOpen();
  }

  private void beginRequest(Live row, Serving.Needs needs, boolean isSwept) {
    if (!(row.state() instanceof GrantState.InDoubt)) {
      // A refresh clears a doubt up first; in other states the hand-over waits for nothing.
      waiters.failAll(Why.HAND_OVER, failureIn(row.state(), policy.carefulWait()));
    }
    boolean isNeeded =
        needs.refresh()
            || isSwept
            || waiters.isWanted(Why.HAND_OVER)
            || waiters.isWanted(Why.CHANGE_ISSUER);
    if (waiters.isEmpty() || !isNeeded || isTooEarly(row)) {
      return;
    }
    begin(waiters.isWanted(Why.CHANGE_ISSUER) ? Why.CHANGE_ISSUER : Why.GET, row);
  }

  // When

  /** Tells whether no request may follow yet, and says so to those who would wait for it. */
  private boolean isTooEarly(Live row) {
    if (pauses.isBackingOff()) {
      serving.failUnordered(pauses.duringBackoff());
    }
    NodeTime closed = row.traits().closedUntil();
    if (closed != null && !now.isPast(closed)) {
      serving.failUnordered(Failure.later(Failure.Kind.PROVIDER, null, now.until(closed)));
    }
    return waiters.isEmpty() || isCarefulWait(row) || isJustRefreshed(row);
  }

  private boolean isCarefulWait(Live row) {
    GrantState state = row.state();
    Duration sinceSent = GrantRow.between(row.times().sent(), row.readAt());
    Duration rest = policy.carefulWait(state.tries()).minus(sinceSent);
    if (!state.needsCare() || !row.rotates() || rest.compareTo(Duration.ZERO) <= 0) {
      return false;
    }
    if (state instanceof GrantState.InDoubt) {
      pauses.retryAt(now.in(rest));
    }
    if (!draft.isOpen()) {
      waiters.failAll(failureIn(state, rest.plus(policy.announce())));
    }
    return true;
  }

  private static Failure failureIn(GrantState state, Duration after) {
    if (state instanceof GrantState.NeedsConsent ended) {
      return Failure.of(ended.refusal(), false, null);
    }
    if (state instanceof GrantState.Blocked blocked) {
      return Failure.of(blocked.refusal(), true, after);
    }
    return Failure.later(Failure.Kind.DOUBT, null, after);
  }

  /** A refresh whose own token is refused at once is followed by no other for a while. */
  private boolean isJustRefreshed(Live row) {
    Duration rest = policy.backoff().minus(row.age());
    if (!(row.state() instanceof GrantState.Active)
        || row.grant().version().generation() == 1
        || rest.compareTo(Duration.ZERO) <= 0) {
      return false;
    }
    waiters.failAll(Why.REFUSED, Failure.later(Failure.Kind.PROVIDER, null, rest));
    return waiters.isEmpty();
  }

  // Under the lease

  /** Tells whether the request has to be announced first, now that the lease is there. */
  boolean needsCare(Job holding, Live row) {
    return row.state().needsCare() && row.rotates() && !isNoted(holding);
  }

  /** Does what the lease was taken for. */
  void act(Job holding) {
    Duration left = holding.leaseEnd().since(now.node());
    if (left.compareTo(policy.certainty().plus(policy.timeToStore())) <= 0) {
      draft.giveUp(holding);
    } else if (holding.why() == Why.CHANGE_ISSUER) {
      changeIssuer(holding);
    } else if (isNoted(holding)) {
      note(holding);
    } else {
      send(holding);
    }
  }

  private void send(Job holding) {
    draft.job(holding.in(new Phase.Sent(now.id(), now.node())).withRoom(false));
    draft.act(new Action.Send(now.id(), holding.granted(), holding.lease(), now.node()));
  }

  /** Tells whether the lease was taken only to note that the access token was refused, too. */
  private static boolean isNoted(Job holding) {
    return holding.why() == Why.REFUSED
        && holding.granted().state() instanceof GrantState.NeedsConsent;
  }

  private void note(Job holding) {
    Refusal refusal = ((GrantState.NeedsConsent) holding.granted().state()).refusal();
    Grant noted = holding.step(new GrantState.NeedsConsent(refusal, true));
    draft.putAndRelease(holding, noted, Failure.of(refusal, false, null));
  }

  /** Whatever was said of the grant at the old address is worth nothing at the new one. */
  private void changeIssuer(Job holding) {
    Waiter waiter = waiters.first(Why.CHANGE_ISSUER);
    if (waiter == null || waiter.issuer() == null) {
      draft.giveUp(holding);
      return;
    }
    GrantState before = holding.granted().state();
    GrantState next = before instanceof GrantState.Active ? before : GrantState.InDoubt.NEW;
    TokenSet moved = holding.granted().tokens().toBuilder().issuer(waiter.issuer()).build();
    draft.putAndRelease(holding, holding.step(next, moved), null);
  }
}
