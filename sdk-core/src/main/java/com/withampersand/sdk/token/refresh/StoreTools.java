package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.Opener.NodeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done with rows as they are: lists, copies, other names and other keys. */
final class StoreTools {
  private static final int PAGE = 100;
  private static final int COPY_TRIES = 100;
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);

  private final TokenStore store;
  private final Opener opener;
  private final Policy policy;

  StoreTools(TokenStore store, Opener opener, Policy policy) {
    this.store = store;
    this.opener = opener;
    this.policy = policy;
  }

  Row read(ConnectionKey key) {
    return store.read(key);
  }

  Page<GrantStatus> statuses(
      Statuses statuses, StatusFilter filter, @Nullable ConnectionKey after, int limit) {
    List<Row> rows = store.rows(filter.rows(), after, limit);
    List<GrantStatus> found =
        rows.stream().filter(filter::mayFit).map(statuses::of).filter(filter::fits).toList();
    return new Page<>(found, rows.isEmpty() ? null : rows.get(rows.size() - 1).key());
  }

  Page<ConnectionKey> keys(
      String provider, String groupRef, @Nullable ConnectionKey after, int limit) {
    List<Row> rows = store.rows(RowFilter.group(provider, groupRef), after, limit);
    return new Page<>(
        rows.stream().filter(row -> row.sealed() != null).map(Row::key).toList(),
        rows.isEmpty() ? null : rows.get(rows.size() - 1).key());
  }

  Map<ConnectionKey, RuntimeException> forEach(
      String provider, String groupRef, Runnable before, Consumer<ConnectionKey> work) {
    Map<ConnectionKey, RuntimeException> failed = new LinkedHashMap<>();
    Page<ConnectionKey> page = keys(provider, groupRef, null, PAGE);
    while (true) {
      for (ConnectionKey key : page.items()) {
        requireUninterrupted(provider, groupRef);
        before.run();
        try {
          work.accept(key);
        } catch (RuntimeException e) {
          failed.put(key, e);
        }
      }
      if (page.next() == null) {
        return failed;
      }
      page = keys(provider, groupRef, page.next(), PAGE);
    }
  }

  private static void requireUninterrupted(String provider, String groupRef) {
    if (Thread.currentThread().isInterrupted()) {
      throw new TransportException(
          "The thread was interrupted, so the rest of the group "
              + groupRef
              + " of "
              + provider
              + " was left as it is. Call this again.",
          true,
          false,
          null);
    }
  }

  ReencryptionReport reencryptAll(@Nullable ConnectionKey after, int limit) {
    List<Row> rows = store.rows(RowFilter.all(), after, limit);
    List<ConnectionKey> failed = new ArrayList<>();
    int done = 0;
    for (Row row : rows) {
      try {
        if (row.sealed() == null || !opener.sealer().isOutdated(row.sealed())) {
          continue;
        }
        if (reencrypt(row, row.sealed())) {
          done++;
          continue;
        }
      } catch (Throwable t) {
        UserCode.rethrowFatal(t);
        log.warn("{} was not encrypted anew: {}", row.key(), t.toString());
      }
      failed.add(row.key());
    }
    return new ReencryptionReport(
        rows.size(), done, failed, rows.isEmpty() ? null : rows.get(rows.size() - 1).key());
  }

  private boolean reencrypt(Row row, String sealed) {
    byte[] grant = opener.sealer().open(row.key(), sealed);
    String anew =
        Objects.requireNonNull(
            opener.sealer().prepare(row.key()).seal(grant), "the sealer sealed to nothing");
    return store.write(
        row.key(), row.revision(), same(row, new LeaseChange.Keep(), Set.of(), anew));
  }

  /** Returns a change that keeps everything that is plain. */
  private static Row.Change same(Row row, LeaseChange lease, Set<Stamp> stamps, String sealed) {
    return new Row.Change(
        Revision.random(),
        row.version() == null ? Version.OLD : row.version(),
        row.consent(),
        row.state(),
        row.client(),
        lease,
        row.leases(),
        rest(row, row.lookAt()),
        stamps,
        Duration.ZERO,
        sealed);
  }

  private static Duration rest(Row row, StoreTime until) {
    Duration rest = GrantRow.between(row.readAt(), until);
    return rest.isNegative() ? Duration.ZERO : rest;
  }

  long copyTo(TokenStore other) {
    TokenStore target = new GuardedStore(other);
    long copied = 0;
    ConnectionKey last = null;
    List<Row> page = store.rows(RowFilter.all(), null, PAGE);
    while (!page.isEmpty()) {
      for (Row row : page) {
        last = row.key();
        if (row.sealed() != null && copy(row, row.sealed(), target)) {
          copied++;
        }
      }
      page = store.rows(RowFilter.all(), last, PAGE);
    }
    return copied;
  }

  private boolean copy(Row row, String sealed, TokenStore target) {
    Row.Change copied = copied(row, sealed);
    for (int i = 0; i < COPY_TRIES; i++) {
      Row there = target.read(row.key());
      if (there.version() != null && !copied.version().isAfter(there.version())) {
        return false;
      }
      if (target.write(row.key(), there.revision(), copied)) {
        return true;
      }
    }
    throw new TokenStoreException(
            "The other store did not take a grant, as often as it was offered. Something else"
                + " writes to it, or its write(...) compares wrongly.",
            true,
            null)
        .forCall(row.key(), true, null);
  }

  /** Returns a row as another store gets it: a lease here is none there. */
  private Row.Change copied(Row row, String sealed) {
    Lease lease = row.lease();
    if (lease == null) {
      return same(row, new LeaseChange.Clear(), EnumSet.allOf(Stamp.class), sealed);
    }
    if (!Rename.isOfRename(lease) && opener.open(row) instanceof GrantRow.Live live) {
      NextRow doubtful = new Rows(policy, Ids.next()).lapsed(live);
      return Opener.change(doubtful.stampedNow(), opener.sealer().prepare(row.key()));
    }
    // Nothing is sent under the lease of a rename; what cannot be opened is a doubt once it lapses.
    Duration rest = Rename.isOfRename(lease) ? rest(row, lease.until()) : Duration.ZERO;
    LeaseChange hold = new LeaseChange.Hold(lease.number(), lease.holder(), rest);
    return same(row, hold, EnumSet.allOf(Stamp.class), sealed);
  }

  void rename(ConnectionKey from, ConnectionKey to, NodeTime end, NodeClock clock) {
    if (from.equals(to)) {
      throw new IllegalArgumentException("a grant cannot be renamed to its own name");
    }
    new Rename(store, opener, policy, from, to).run(end, clock);
  }
}
