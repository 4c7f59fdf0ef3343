package com.withampersand.sdk.platform;

import com.withampersand.sdk.ConnectionKey;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of the connections that were used last. Entries with an ask under way are
 * kept, whatever the size.
 */
final class ConnectionCache {
  /** Unused tokens do not stay in memory for longer. */
  private static final Duration LONGEST_UNUSED = Duration.ofHours(1);

  private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(1);

  /** Uses are told apart by this much, so that not each one writes to memory that threads share. */
  private static final long USE_MILLIS = 1000;

  private final Map<ConnectionKey, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong sweptAt = new AtomicLong();
  private final int size;

  ConnectionCache(int size) {
    this.size = size;
  }

  /** What is known of one connection, changed by compare-and-set. */
  static final class Entry {
    private final AtomicReference<KnownConnection> known =
        new AtomicReference<>(KnownConnection.NOTHING);
    private volatile long usedAt;

    private Entry(long now) {
      this.usedAt = now;
    }

    KnownConnection known() {
      return Objects.requireNonNull(known.get());
    }

    void update(UnaryOperator<KnownConnection> event) {
      known.updateAndGet(event);
    }

    /** Returns false, and changes nothing, if {@code before} is not what is known any more. */
    boolean replace(KnownConnection before, KnownConnection after) {
      return known.compareAndSet(before, after);
    }

    void use(long now) {
      if (Math.abs(now - usedAt) >= USE_MILLIS) {
        usedAt = now;
      }
    }

    private boolean isIdle() {
      return known().ask() == null;
    }
  }

  @Nullable Entry find(ConnectionKey key) {
    return entries.get(key);
  }

  Entry get(ConnectionKey key, long now) {
    Entry found = entries.get(key);
    if (found != null) {
      found.use(now);
      return found;
    }
    trim(now);
    return entries.computeIfAbsent(key, absent -> new Entry(now));
  }

  void remove(ConnectionKey key) {
    entries.remove(key);
  }

  void clear() {
    entries.clear();
  }

  int size() {
    return entries.size();
  }

  /** Removes what was not used for long, and what was used least if there is too much. */
  void trim(long now) {
    long swept = sweptAt.get();
    boolean due = Math.abs(now - swept) >= BETWEEN_SWEEPS.toMillis();
    if (due && sweptAt.compareAndSet(swept, now)) {
      long oldest = now - LONGEST_UNUSED.toMillis();
      entries.values().removeIf(entry -> entry.usedAt < oldest && entry.isIdle());
    }
    int surplus = entries.size() - size;
    if (surplus > 0) {
      leastUsed(surplus + size / 10).forEach(entries::remove);
    }
  }

  private List<ConnectionKey> leastUsed(int count) {
    record Use(ConnectionKey key, long at) {}
    return entries.entrySet().stream()
        .filter(entry -> entry.getValue().isIdle())
        .map(entry -> new Use(entry.getKey(), entry.getValue().usedAt))
        .sorted(Comparator.comparingLong(Use::at))
        .limit(count)
        .map(Use::key)
        .toList();
  }
}
