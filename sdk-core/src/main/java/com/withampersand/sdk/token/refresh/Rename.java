package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantRow.Stone;
import com.withampersand.sdk.token.refresh.Opener.NodeClock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gives a grant another name: takes the lease of the old row, puts the grant into the new row, puts
 * a stone in place of the old row, and ends the lease of the new row. Used once, by one thread.
 *
 * <p>A store writes one row at a time, so between two of these writes both rows have the refresh
 * token. The new row is therefore written with a lease that does not lapse: no process refreshes
 * the grant there until the old row is a stone. If the rename is cut off before that, the old row
 * goes on as after any lease that lapsed, and the new row waits for the next call.
 *
 * <p>Each round reads both rows and makes the one write that is next, so a call goes on wherever an
 * earlier one ended, and whatever was refreshed meanwhile. The holder of both leases is the same
 * for each rename of these two names: that is how a later call knows them, and that nothing was
 * sent under them.
 */
final class Rename {
  private static final long POLL_NANOS = 100_000_000;
  private static final int CONFLICTS = 100;
  private static final String PREFIX = "rename-";
  private static final int HOLDER_LENGTH = 36;

  private final TokenStore store;
  private final Opener opener;
  private final Policy policy;
  private final ConnectionKey from;
  private final ConnectionKey to;
  private final String holder;
  private int conflicts;
  private boolean hasTaken;
  private boolean hasMoved;

  /** What a round has come to. */
  private enum Round {
    WRITTEN,
    CHANGED_MEANWHILE,
    HAS_TO_WAIT,
    DONE
  }

  Rename(TokenStore store, Opener opener, Policy policy, ConnectionKey from, ConnectionKey to) {
    this.store = store;
    this.opener = opener;
    this.policy = policy;
    this.from = from;
    this.to = to;
    String both = new ConnectionKey("rename", from.id(), to.id()).id();
    this.holder = PREFIX + both.substring(0, HOLDER_LENGTH - PREFIX.length());
  }

  /** Tells whether a lease is that of a rename, under which nothing is sent. */
  static boolean isOfRename(Lease lease) {
    return lease.holder().startsWith(PREFIX);
  }

  void run(NodeTime end, NodeClock clock) {
    try {
      Round round = next();
      while (round != Round.DONE) {
        if (round == Round.HAS_TO_WAIT) {
          await(end, clock);
        }
        round = next();
      }
    } catch (Throwable t) {
      free(t);
      throw t;
    }
  }

  private void await(NodeTime end, NodeClock clock) {
    if (!clock.now().isBefore(end) || Thread.currentThread().isInterrupted()) {
      throw new TokenStoreException(
          "The grant of " + from + " is in use, in doubt or blocked. Rename it later.", true, null);
    }
    LockSupport.parkNanos(POLL_NANOS);
  }

  private Round next() {
    GrantRow old = opener.open(store.read(from));
    GrantRow there = opener.open(store.read(to));
    if (old instanceof GrantRow.Unreadable) {
      throw Failures.exception(from, Failure.of(Failure.Kind.UNREADABLE));
    }
    if (!(old instanceof Live row)) {
      return finish(old, there);
    }
    if (there instanceof Live copy) {
      requireSame(row, copy);
      return isOwn(row.lease()) && !row.isLapsed() ? merge(row, copy) : take(row, true);
    }
    if (there instanceof GrantRow.Unreadable) {
      throw isTaken();
    }
    return isOwn(row.lease()) && !row.isLapsed()
        ? write(to, there, keeping().carried(there, row, row.grant()))
        : take(row, false);
  }

  private boolean isOwn(@Nullable Lease lease) {
    return lease != null && lease.holder().equals(holder);
  }

  private void requireSame(Live row, Live copy) {
    boolean isNewer = row.grant().version().isAfter(copy.grant().version());
    if (!row.grant().consent().equals(copy.grant().consent())
        || (isNewer && copy.state() instanceof GrantState.HandedOver && !isHandedOver(row))) {
      throw isTaken();
    }
  }

  private static boolean isHandedOver(Live row) {
    return row.state() instanceof GrantState.HandedOver;
  }

  private TokenStoreException isTaken() {
    return new TokenStoreException(
        "There is another grant of " + to + "; nothing was renamed.", false, null);
  }

  // The old row

  /**
   * Takes the lease of the old row.
   *
   * @param isRepeated whether the new row has the grant, too, so that it has to end in one of them
   */
  private Round take(Live row, boolean isRepeated) {
    if (isOwn(row.lease())) {
      return taken(row);
    }
    if (isRepeated && row.isLapsed()) {
      return write(from, row, rows().lapsed(row));
    }
    return row.lease() == null && (isSteady(row) || (isRepeated && isOverlooked(row)))
        ? taken(row)
        : Round.HAS_TO_WAIT;
  }

  private Round taken(Live row) {
    hasTaken = true;
    return write(from, row, new Rows(policy.heldBy(holder), Ids.next()).acquired(row));
  }

  private static boolean isSteady(Live row) {
    GrantState state = row.grant().state();
    return state instanceof GrantState.Active
        || state instanceof GrantState.NeedsConsent
        || state instanceof GrantState.HandedOver;
  }

  /** Tells whether a process that has an answer has had the time to store it here. */
  private boolean isOverlooked(Live row) {
    GrantState state = row.grant().state();
    Duration sinceSent = GrantRow.between(row.times().sent(), row.readAt());
    return (state instanceof GrantState.InDoubt || state instanceof GrantState.Blocked)
        && (!row.rotates() || sinceSent.compareTo(policy.carefulWait(state.tries())) >= 0);
  }

  // Both rows

  /** Has the new row keep what is newest and every doubt about it, and then leaves a stone. */
  private Round merge(Live row, Live copy) {
    if (!isOwn(copy.lease())) {
      return takeCopy(copy);
    }
    Grant newest = newest(row, copy);
    if (newest.version().isAfter(copy.grant().version())) {
      return write(to, copy, keeping().carried(copy, row, newest));
    }
    Grant gone = row.grant();
    Round round = write(from, row, rows().stone(row, gone.version(), gone.consent()));
    hasMoved |= round == Round.WRITTEN;
    return round;
  }

  private Round takeCopy(Live copy) {
    GrantState state = copy.grant().state();
    if (copy.isLapsed()) {
      return write(to, copy, rows().lapsed(copy));
    }
    boolean isInUse =
        copy.lease() != null
            || state instanceof GrantState.HandingOver
            || state instanceof GrantState.Disconnecting;
    return isInUse ? Round.HAS_TO_WAIT : write(to, copy, keeping().acquired(copy));
  }

  private static Grant newest(Live row, Live copy) {
    boolean isNewer = row.grant().version().isAfter(copy.grant().version());
    Grant newer = isNewer ? row.grant() : copy.grant();
    Grant older = isNewer ? copy.grant() : row.grant();
    long lease = Math.max(row.leases(), copy.leases()) + 1;
    return older.state() instanceof GrantState.InDoubt
            && newer.state() instanceof GrantState.Active
            && newer.version().generation() == older.version().generation()
        ? newer.with(older.state(), newer.stateAt(lease, 0))
        : newer;
  }

  // The new row alone

  /** Ends the lease of the new row, once the old one is gone. */
  private Round finish(GrantRow old, GrantRow there) {
    if (there instanceof Live copy && !isOlder(copy, old)) {
      if (isOwn(copy.lease())) {
        hasMoved = true;
        return write(to, copy, rows().released(copy));
      }
      if (old instanceof Stone stone && copy.grant().consent().equals(stone.consent())) {
        return Round.DONE;
      }
    }
    if (hasMoved) {
      return Round.DONE;
    }
    throw new NotConnectedException(from);
  }

  private static boolean isOlder(Live copy, GrantRow old) {
    return old instanceof Stone stone && stone.version().isAfter(copy.grant().version());
  }

  // Writes

  private Rows rows() {
    return new Rows(policy, Ids.next());
  }

  /** Makes rows with a lease that does not lapse. */
  private Rows keeping() {
    return new Rows(policy.heldBy(holder, Policy.NEVER), Ids.next());
  }

  private Round write(ConnectionKey key, GrantRow row, NextRow next) {
    boolean isStone = next.grant() == null;
    if (store.write(
        key,
        row.revision(),
        Opener.change(next, isStone ? bytes -> "" : opener.sealer().prepare(key)))) {
      return Round.WRITTEN;
    }
    if (++conflicts > CONFLICTS) {
      throw new TokenStoreException(
          "The grant of " + key + " changed again and again. Rename it later.", true, null);
    }
    return Round.CHANGED_MEANWHILE;
  }

  /** Ends the lease of the old row after a failure; nothing was sent under it. */
  private void free(Throwable failure) {
    if (!hasTaken || hasMoved) {
      return;
    }
    try {
      if (opener.open(store.read(from)) instanceof Live row && isOwn(row.lease())) {
        write(from, row, rows().released(row));
      }
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
