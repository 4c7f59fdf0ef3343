package com.withampersand.sdk.token;

import com.withampersand.sdk.ConnectionKey;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps rows in memory: for tests, and for programs that may lose their grants when they stop.
 *
 * <p>Its time is that of a {@link Clock}. No call waits for another. Looking for due rows takes
 * time in proportion to all rows.
 *
 * <p>Safe to share between threads.
 */
public final class InMemoryTokenStore implements TokenStore {
  private static final Comparator<Row.Cursor> BY_LOOK_AT =
      Comparator.comparing(Row.Cursor::lookAt).thenComparing(Row.Cursor::id);

  private final ConcurrentNavigableMap<String, Row> rows = new ConcurrentSkipListMap<>();
  private final Clock clock;

  /** Creates an empty store with the system's clock. */
  public InMemoryTokenStore() {
    this(Clock.systemUTC());
  }

  /**
   * Creates an empty store.
   *
   * @param clock the store's time
   */
  public InMemoryTokenStore(Clock clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  private StoreTime now() {
    return new StoreTime(clock.millis());
  }

  @Override
  public Row read(ConnectionKey key) {
    Row row = rows.get(key.id());
    return row == null ? Row.absent(key, now()) : row.asOf(now());
  }

  @Override
  public boolean write(ConnectionKey key, Row.Revision expected, Row.Change next) {
    String id = key.id();
    Row row = rows.get(id);
    Row before = row == null ? Row.absent(key, now()) : row;
    if (!before.revision().equals(expected)) {
      return false;
    }
    Row after = before.changed(next, now());
    if (after.isAbsent()) {
      return row == null || rows.remove(id, row);
    }
    return row == null ? rows.putIfAbsent(id, after) == null : rows.replace(id, row, after);
  }

  @Override
  public List<Row> rows(RowFilter filter, @Nullable ConnectionKey after, int limit) {
    requireLimit(limit);
    StoreTime now = now();
    return (after == null ? rows : rows.tailMap(after.id(), false))
        .values().stream().map(row -> row.asOf(now)).filter(filter::fits).limit(limit).toList();
  }

  @Override
  public List<Row> due(Row.@Nullable Cursor after, int limit) {
    requireLimit(limit);
    StoreTime now = now();
    Stream<Row> due =
        rows.values().stream()
            .filter(row -> row.lookAt().compareTo(now) <= 0)
            .filter(row -> after == null || BY_LOOK_AT.compare(row.cursor(), after) > 0);
    return due.sorted(Comparator.comparing(Row::cursor, BY_LOOK_AT))
        .limit(limit)
        .map(row -> row.asOf(now))
        .toList();
  }

  private static void requireLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a page holds one row or more, not " + limit);
    }
  }
}
