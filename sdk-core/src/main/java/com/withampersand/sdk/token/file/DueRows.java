package com.withampersand.sdk.token.file;

import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Cursor;
import com.withampersand.sdk.token.StoreTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Finds due rows by the times of their files, and opens no others.
 *
 * <p>It remembers how far the last walk came and what was listed ahead of it, so that it need not
 * look at each file for each page. What becomes due meanwhile comes behind all that was listed.
 */
final class DueRows {
  private static final int LISTED_AT_ONCE = 10_000;
  private static final Comparator<Cursor> ORDER =
      Comparator.comparing(Cursor::lookAt).thenComparing(Cursor::id);

  private final StoreDirectory directory;
  private final StripeLocks locks;
  private volatile Walk last = new Walk(null, List.of());

  DueRows(StoreDirectory directory, StripeLocks locks) {
    this.directory = directory;
    this.locks = locks;
  }

  /**
   * How far a walk came.
   *
   * @param reached the last row that was returned
   * @param ahead the rows that were listed behind it
   */
  private record Walk(@Nullable Cursor reached, List<Cursor> ahead) {
    Deque<Cursor> from(@Nullable Cursor after) {
      return new ArrayDeque<>(after != null && after.equals(reached) ? ahead : List.of());
    }
  }

  /** Returns the next due rows behind a cursor; none only if there are no more. */
  List<Row> page(@Nullable Cursor after, int limit) throws IOException {
    List<Row> page = new ArrayList<>();
    boolean changed = isFilled(page, after, limit);
    while (page.isEmpty() && changed) {
      changed = isFilled(page, after, limit);
    }
    return page;
  }

  /** Fills a page, and tells whether the time of a file was put right meanwhile. */
  private boolean isFilled(List<Row> page, @Nullable Cursor after, int limit) throws IOException {
    boolean changed = false;
    Deque<Cursor> ahead = last.from(after);
    Cursor at = after;
    while (page.size() < limit) {
      ahead = ahead.isEmpty() ? listed(at) : ahead;
      at = ahead.poll();
      if (at == null) {
        break;
      }
      changed |= isIndexedAnew(at, page);
    }
    Cursor reached = page.isEmpty() ? null : page.get(page.size() - 1).cursor();
    last = new Walk(reached, List.copyOf(ahead));
    return changed;
  }

  /**
   * Adds a row to a page if it is due when its file says so. If not, it was written since it was
   * listed, or its file has a wrong time: that is put right, and told.
   */
  private boolean isIndexedAnew(Cursor listed, List<Row> page) throws IOException {
    Row row = directory.row(listed.id()).readable();
    if (row != null && RowFiles.index(row).equals(listed.lookAt())) {
      page.add(row.asOf(directory.now()));
      return false;
    }
    return row != null && isIndexedAnew(listed.id());
  }

  /** Returns the first rows behind a cursor whose files say that they are due. */
  private Deque<Cursor> listed(@Nullable Cursor after) throws IOException {
    StoreTime now = directory.now();
    PriorityQueue<Cursor> lastFirst = new PriorityQueue<>(ORDER.reversed());
    directory.times(
        cursor -> {
          if (cursor.lookAt().compareTo(now) <= 0
              && (after == null || ORDER.compare(cursor, after) > 0)) {
            lastFirst.add(cursor);
          }
          if (lastFirst.size() > LISTED_AT_ONCE) {
            lastFirst.remove();
          }
        });
    List<Cursor> cursors = new ArrayList<>(lastFirst);
    cursors.sort(ORDER);
    return new ArrayDeque<>(cursors);
  }

  private boolean isIndexedAnew(String id) throws IOException {
    try {
      return locks.ifFree(directory.lock(id), () -> isIndexedAnew(directory.row(id))).orElse(false);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isIndexedAnew(RowFiles files) {
    try {
      return files.isIndexedAnew();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
