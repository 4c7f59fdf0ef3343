package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.Version;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a caller who wants tokens gets of a grant as it is. */
sealed interface Judgement {
  /**
   * The tokens.
   *
   * @param early whether they should be refreshed meanwhile
   */
  record Serve(boolean early) implements Judgement {}

  /** Nothing before the grant is refreshed. */
  record Refresh() implements Judgement {}

  /** Nothing before it is known who has the grant. */
  record Settle() implements Judgement {}

  /** What the recipient hands out. */
  record Fetch() implements Judgement {}

  /** Nothing; and the refusal of the access token is worth knowing. */
  record Note(Failure failure) implements Judgement {}

  /** Nothing. */
  record Fail(Failure failure) implements Judgement {}

  /** Judges a grant for one caller. */
  static Judgement of(
      Waiter waiter,
      Grant grant,
      GrantRow.Traits traits,
      Duration age,
      Instant wall,
      Policy policy) {
    return new Case(waiter, grant, traits, Freshness.of(grant, age, wall, policy)).judge();
  }

  /** One grant and one caller. */
  record Case(Waiter waiter, Grant grant, GrantRow.Traits traits, Freshness freshness) {

    Judgement judge() {
      GrantState state = grant.state();
      if (state instanceof GrantState.NeedsConsent ended) {
        return ended(ended.refusal(), ended.accessRefused());
      }
      if (state instanceof GrantState.Blocked blocked) {
        return mayBeGood() && !blocked.accessRefused() ? serve(false) : renew();
      }
      if (state instanceof GrantState.HandingOver) {
        return mayBeGood() ? serve(false) : new Settle();
      }
      if (state instanceof GrantState.HandedOver) {
        return new Fetch();
      }
      if (state instanceof GrantState.Disconnecting) {
        return new Fail(Failure.of(Failure.Kind.NOT_CONNECTED));
      }
      return isGood() ? serve(state instanceof GrantState.Active) : renew();
    }

    private Judgement serve(boolean mayRefresh) {
      return new Serve(
          mayRefresh && freshness == Freshness.STALE && traits.isOwned() && traits.canRenew());
    }

    private Judgement ended(Refusal refusal, boolean accessRefused) {
      if (waiter.why() == Why.ORDERED || waiter.why() == Why.CAREFUL) {
        return waiter.why() == Why.ORDERED ? renew() : failed(refusal);
      }
      if (isRefused() && !accessRefused && traits.isOwned()) {
        return new Note(Failure.of(refusal, false, null));
      }
      return mayBeGood() && !accessRefused ? serve(false) : failed(refusal);
    }

    private static Judgement failed(Refusal refusal) {
      return new Fail(Failure.of(refusal, false, null));
    }

    private Judgement renew() {
      boolean onlyEstimated = freshness == Freshness.ESTIMATED_OVER && mayBeGood();
      if (!traits.isOwned()) {
        return onlyEstimated ? serve(false) : new Fail(Failure.of(Failure.Kind.FOREIGN));
      }
      if (!traits.canRenew()) {
        return onlyEstimated ? serve(false) : new Fail(Failure.of(Failure.Kind.OVER));
      }
      return new Refresh();
    }

    /** Tells whether the token is worth a try in the eyes of this caller. */
    private boolean isGood() {
      return mayBeGood()
          && !(waiter.why() == Why.GET && freshness == Freshness.ESTIMATED_OVER)
          && !((waiter.why() == Why.EARLY || waiter.why() == Why.CAREFUL)
              && (freshness != Freshness.FRESH || grant.state().needsCare()));
    }

    /** Tells whether nothing is known against the token. */
    private boolean mayBeGood() {
      if (waiter.why() == Why.ORDERED) {
        return isNewerThan(waiter.from());
      }
      return !isRefused() && freshness != Freshness.KNOWN_OVER;
    }

    private boolean isNewerThan(@Nullable Version from) {
      return from != null
          && (grant.version().consent() > from.consent()
              || (grant.version().consent() == from.consent()
                  && grant.version().generation() > from.generation()));
    }

    private boolean isRefused() {
      return waiter.wasRefused(grant.tokens());
    }
  }
}
