package com.withampersand.sdk.token;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of rows with compare-and-set: where grants live between one call and the next, for as
 * many processes as share what is behind it. Implement it over a database of your own; {@code
 * TokenStoreContract} in this module's test-jar tests what this page says.
 *
 * <p>A store decides nothing. It keeps rows, writes one if no one else has written it since, and
 * tells the time: every instant in a row comes from one clock, that of the database or the server,
 * and no two processes may see different ones. What it keeps is sealed: it never sees a token.
 *
 * <p>A row comes back as it was written. Null and the empty text are two things. Each character of
 * a text counts, its case and a space at its end among them, in a filter, too. A store takes every
 * {@link ConnectionKey} whose parts have up to 255 characters, and sealed texts of up to 1 MiB.
 *
 * <p>Each call is a transaction of its own, waits a bounded time, and reads from the writer, never
 * from a replica. If the calling thread is interrupted, a call may fail; it keeps the interrupt
 * flag. Implementations are safe to share between threads.
 */
public interface TokenStore {
  /**
   * Returns the row of a grant as it was written last; an {@linkplain Row#isAbsent() absent} one if
   * there is none.
   *
   * @throws TokenStoreException if the store fails, or the row's plain values cannot be read
   */
  Row read(ConnectionKey key);

  /**
   * Writes a row if it still has a revision, in one atomic step.
   *
   * @param expected the revision that the row must have; {@link Row.Revision#ABSENT} to insert
   * @param next what becomes of it
   * @return whether it was written; false if the row has another revision, or is there although
   *     none was expected, or is not although one was: read it again
   * @throws TokenStoreException if the store fails. {@link TokenStoreException#isOutcomeUnknown()}
   *     tells whether the row may have been written all the same
   */
  boolean write(ConnectionKey key, Row.Revision expected, Row.Change next);

  /**
   * Returns one page of rows, for walking through a store that is too big to list at once. The
   * order is the store's own and always the same. A walk sees each row that is there all the while
   * exactly once. A row whose plain values cannot be read is logged and left out; it does not end
   * the walk.
   *
   * @param filter which rows
   * @param after the key behind which the page begins, whether or not it is still there; null to
   *     begin with the first
   * @param limit how many rows to return at most
   * @return the next rows; empty only if there are no more
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @throws TokenStoreException if the store fails
   */
  List<Row> rows(RowFilter filter, @Nullable ConnectionKey after, int limit);

  /**
   * Returns one page of the rows at which a sweep should look now, by {@link Row#lookAt()} and then
   * by {@link ConnectionKey#id()}, by an index: rows that are not due cost nothing. Stones are
   * among them.
   *
   * @param after where the last page ended; null to begin with the first
   * @param limit how many rows to return at most
   * @return the next rows; empty only if there are no more
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @throws TokenStoreException if the store fails
   */
  List<Row> due(Row.@Nullable Cursor after, int limit);
}
