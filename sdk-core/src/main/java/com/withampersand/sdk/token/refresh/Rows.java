package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantRow.Times;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What each step makes of a row. Pure, and the only place where rows are made. */
final class Rows {
  private final Policy policy;
  private final Revision revision;

  /** Makes rows with this new revision. */
  Rows(Policy policy, String revision) {
    this.policy = policy;
    this.revision = new Revision(revision);
  }

  /** Takes the lease of a row that is free, lapsed or one's own. Says nothing else anew. */
  NextRow acquired(Live row) {
    long number = leases(row, row.grant()) + 1;
    return next(row, row.grant(), hold(number), number, Set.of());
  }

  /** Gives a lease that has not lapsed its full length again. */
  NextRow renewed(Live row) {
    return next(row, row.grant(), hold(row.leases()), row.leases(), Set.of());
  }

  /** Counts on from what a version names: a store that went back in time has counted less. */
  private static long leases(Live row, Grant grant) {
    return Math.max(row.leases(), Math.max(grant.version().lease(), grant.version().stateLease()));
  }

  private LeaseChange hold(long number) {
    return new LeaseChange.Hold(number, policy.holder(), policy.lease());
  }

  /** Ends the lease and changes nothing else. */
  NextRow released(Live row) {
    return next(row, row.grant(), new LeaseChange.Clear(), row.leases(), Set.of());
  }

  /** Writes the same once more. */
  NextRow rewritten(Live row) {
    return next(row, row.grant(), new LeaseChange.Keep(), row.leases(), Set.of());
  }

  /** Records what a lapsed lease means. */
  NextRow lapsed(Live row) {
    long number = leases(row, row.grant()) + 1;
    Grant grant =
        row.grant().state().isDoubtfulAfterLapse()
            ? row.grant().with(row.afterLapse(), row.grant().stateAt(number, 0))
            : row.grant();
    NextRow next = next(row, grant, new LeaseChange.Clear(), number, Set.of(Stamp.SENT));
    return row.traits().grace() == null || row.lease() == null
        ? next
        : new NextRow(
            next.revision(),
            next.version(),
            next.consent(),
            next.grant(),
            next.lease(),
            next.leases(),
            next.lookIn(),
            next.stamps(),
            GrantRow.between(row.lease().until(), row.readAt()));
  }

  /** Puts a description in place of a row's. */
  NextRow put(Live row, Grant grant, LeaseChange lease, Set<Stamp> stamps) {
    return next(row, grant, lease, leases(row, grant), stamps);
  }

  /**
   * Puts a grant into another row, and takes the lease there.
   *
   * @param there what is in that row
   * @param row the row that the grant comes from
   * @param grant the grant as it is to be there
   */
  NextRow carried(GrantRow there, Live row, Grant grant) {
    long number = Math.max(there.leases(), leases(row, grant)) + 1;
    return new NextRow(
        revision,
        grant.version(),
        grant.consent(),
        grant,
        hold(number),
        number,
        policy.lease(),
        EnumSet.allOf(Stamp.class),
        notNegative(between(row.times().sent(), row)));
  }

  private NextRow next(Live row, Grant grant, LeaseChange lease, long leases, Set<Stamp> given) {
    Set<Stamp> stamps = EnumSet.noneOf(Stamp.class);
    stamps.addAll(given);
    if (row.isOutdated() || !grant.state().name().equals(row.grant().state().name())) {
      stamps.add(Stamp.STATE);
    }
    Duration lookIn =
        lookIn(
            grant.state(),
            row.traits().keptAlive(),
            stamps.contains(Stamp.TOKENS) ? Duration.ZERO : row.age(),
            stamps.contains(Stamp.STATE) ? Duration.ZERO : between(row.times().state(), row),
            stamps.contains(Stamp.SENT) ? Duration.ZERO : between(row.times().sent(), row));
    boolean held =
        lease instanceof LeaseChange.Hold
            || (lease instanceof LeaseChange.Keep && row.lease() != null);
    return new NextRow(
        revision,
        grant.version(),
        grant.consent(),
        grant,
        lease,
        leases,
        // A crash is found at the end of the lease, and no sweep meets what is under way.
        held || lookIn.compareTo(policy.lease()) < 0 ? policy.lease() : lookIn,
        stamps,
        Duration.ZERO);
  }

  private static Duration between(StoreTime from, GrantRow row) {
    return GrantRow.between(from, row.readAt());
  }

  private Duration lookIn(
      GrantState state, boolean keptAlive, Duration age, Duration stateAge, Duration sentAge) {
    if (state instanceof GrantState.Active) {
      return keptAlive ? rest(policy.idle(), age) : Policy.NEVER;
    }
    if (state instanceof GrantState.InDoubt) {
      return rest(policy.longestSession(), sentAge);
    }
    if (state instanceof GrantState.NeedsConsent) {
      return stateAge.compareTo(Policy.RECHECKS_END) < 0
          ? rest(Policy.RECHECK, sentAge)
          : Policy.NEVER;
    }
    if (state instanceof GrantState.Blocked) {
      return rest(Policy.RECHECK, sentAge);
    }
    if (state instanceof GrantState.HandingOver) {
      return policy.cutOff();
    }
    return state instanceof GrantState.Disconnecting ? policy.lease() : Policy.NEVER;
  }

  private static Duration rest(Duration whole, Duration passed) {
    return notNegative(whole.minus(passed));
  }

  private static Duration notNegative(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }

  /**
   * Stores a consent, whatever was there; it waits for no lease and ends whichever is there.
   *
   * @param row what is there: nothing, a stone, a grant or something unreadable
   */
  NextRow consented(GrantRow row, Grant grant) {
    return new NextRow(
        revision,
        grant.version(),
        grant.consent(),
        grant,
        new LeaseChange.Clear(),
        row.leases(),
        policy.idle(),
        row instanceof Live live && live.grant().state().name().equals(grant.state().name())
            ? Set.of(Stamp.TOKENS)
            : Set.of(Stamp.TOKENS, Stamp.STATE),
        Duration.ZERO);
  }

  /** Leaves a stone. */
  NextRow stone(GrantRow row, Version version, @Nullable String consent) {
    return NextRow.stone(revision, version, consent, row.leases());
  }

  /** Returns the row as a write has left it, with the time of the read that it was based on. */
  static GrantRow after(GrantRow row, NextRow next, GrantRow.Traits traits) {
    if (next.revision().equals(Revision.ABSENT)) {
      return new GrantRow.Absent(row.readAt());
    }
    if (next.grant() == null) {
      return new GrantRow.Stone(
          next.revision(),
          next.leases(),
          row.readAt(),
          next.version(),
          next.consent(),
          later(row.readAt(), next.lookIn()));
    }
    return new Live(
        next.revision(),
        next.leases(),
        row.readAt(),
        next.grant(),
        lease(row, next.lease()),
        times(row, next),
        traits,
        false);
  }

  private static @Nullable Lease lease(GrantRow row, LeaseChange change) {
    if (change instanceof LeaseChange.Hold hold) {
      return new Lease(hold.number(), hold.holder(), later(row.readAt(), hold.length()));
    }
    return change instanceof LeaseChange.Keep && row instanceof Live live ? live.lease() : null;
  }

  private static Times times(GrantRow row, NextRow next) {
    StoreTime now = row.readAt();
    Times old = row instanceof Live live ? live.times() : new Times(now, now, now, now);
    return new Times(
        next.stamps().contains(Stamp.TOKENS) ? now : old.tokens(),
        next.stamps().contains(Stamp.STATE) ? now : old.state(),
        next.stamps().contains(Stamp.SENT) ? later(now, next.sentAgo().negated()) : old.sent(),
        later(now, next.lookIn()));
  }

  private static StoreTime later(StoreTime time, Duration duration) {
    return new StoreTime(time.millis() + duration.toMillis());
  }
}
