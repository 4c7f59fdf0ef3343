package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A row of the store, opened. */
sealed interface GrantRow {
  /** Returns the revision that a write has to expect. */
  Revision revision();

  /** Returns the number of the last lease. */
  long leases();

  /** Returns the store's time at the read. */
  StoreTime readAt();

  /** There is no row. */
  record Absent(StoreTime readAt) implements GrantRow {
    @Override
    public Revision revision() {
      return Revision.ABSENT;
    }

    @Override
    public long leases() {
      return 0;
    }
  }

  /** What is left of a deleted grant. */
  record Stone(
      Revision revision,
      long leases,
      StoreTime readAt,
      Version version,
      @Nullable String consent,
      StoreTime lookAt)
      implements GrantRow {}

  /** A row that does not open: the key is missing, or it was altered. */
  record Unreadable(
      Revision revision,
      long leases,
      StoreTime readAt,
      @Nullable Version version,
      @Nullable String consent,
      @Nullable Throwable why)
      implements GrantRow {}

  /**
   * A grant.
   *
   * @param isOutdated whether it has to be written again: an earlier SDK wrote it, or plain and
   *     sealed version differ
   */
  record Live(
      Revision revision,
      long leases,
      StoreTime readAt,
      Grant grant,
      @Nullable Lease lease,
      Times times,
      Traits traits,
      boolean isOutdated)
      implements GrantRow {

    /** Tells whether there is a lease that has lapsed. */
    boolean isLapsed() {
      return lease != null && lease.isOver(readAt);
    }

    /** Tells whether another instance has the grant now. */
    boolean isHeldByOther(String holder) {
      return lease != null && !lease.isOver(readAt) && !lease.holder().equals(holder);
    }

    /** Returns how long ago the lease was taken or renewed, if leases are of this length. */
    Duration heldFor(Duration leaseLength) {
      return lease == null ? Duration.ZERO : leaseLength.minus(between(readAt, lease.until()));
    }

    /** Returns the state as every reader has to see it: a lapsed lease is a doubt. */
    GrantState state() {
      GrantState state = grant.state();
      if (!isLapsed() || !state.isDoubtfulAfterLapse()) {
        return state;
      }
      return afterLapse();
    }

    /** Returns the doubt that a lapsed lease leaves. */
    GrantState.InDoubt afterLapse() {
      return grant.state().doubt(since());
    }

    /** Returns when the present state began. */
    StoreTime since() {
      if (grant.state() instanceof GrantState.InDoubt doubt && doubt.since() != null) {
        return doubt.since();
      }
      if (grant.state() instanceof GrantState.Blocked blocked && blocked.since() != null) {
        return blocked.since();
      }
      return times.state();
    }

    /** Returns how old the tokens are, by the store's clock. */
    Duration age() {
      return between(times.tokens(), readAt);
    }

    /** Tells whether a request that had no answer may have used the refresh token up. */
    boolean rotates() {
      return traits.rotates() || grant.rotates();
    }
  }

  /** The instants that a store stamps. */
  record Times(StoreTime tokens, StoreTime state, StoreTime sent, StoreTime look) {}

  /**
   * What the renewer of a grant says about it.
   *
   * @param isOwned whether exactly one renewer here owns it
   * @param canRenew whether it can be renewed without its user
   * @param rotates whether a refresh may end the refresh token
   * @param grace for how long a used refresh token is taken once more; null if it is not
   * @param longestExchange how long a request may stay open
   * @param keptAlive whether it ends if it is not refreshed for long
   * @param closedUntil until when the host of the issuer is left alone; null if it is not
   */
  record Traits(
      boolean isOwned,
      boolean canRenew,
      boolean rotates,
      @Nullable Duration grace,
      Duration longestExchange,
      boolean keptAlive,
      @Nullable NodeTime closedUntil) {}

  /** Returns the time between two instants of the store, or the longest there is. */
  static Duration between(StoreTime from, StoreTime to) {
    long difference = to.millis() - from.millis();
    boolean isOver = ((to.millis() ^ from.millis()) & (to.millis() ^ difference)) < 0;
    return Duration.ofMillis(
        isOver ? (to.millis() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : difference);
  }
}
