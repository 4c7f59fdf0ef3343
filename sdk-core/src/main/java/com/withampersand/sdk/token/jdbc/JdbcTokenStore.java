package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.TokenStore;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps grants in a table of PostgreSQL, MySQL, MariaDB or H2, for any number of processes on any
 * number of hosts.
 *
 * <pre>{@code
 * JdbcTokenStore store = JdbcTokenStore.of(dataSource);
 * store.migrate();
 * }</pre>
 *
 * <p>{@link #migrate} creates the table, or brings that of an earlier version up to date. Its
 * definition comes with the SDK as {@code com/withampersand/sdk/token/jdbc/postgresql.sql}, {@code
 * mysql.sql} and {@code h2.sql}, for those who create tables by other means.
 *
 * <p><b>The data source</b> is best a pool of the store's own, of any size, with auto-commit and a
 * limit to how long {@code getConnection} may wait: the store cannot limit that. Each operation
 * takes one connection for one statement, which is a transaction of its own, and gives it back. A
 * call inside a transaction of the application needs a second connection; from a pool that both
 * share, enough such calls at once wait for each other until the pool gives up. A connection
 * without auto-commit is refused, since the store would commit whatever else was done on it; see
 * {@link Builder#withManualCommit}. All connections must go to the one server that takes writes,
 * never to a replica.
 *
 * <p>A statement may take 10 s, and a database may be silent for 15 s. Every instant is the
 * database server's; neither the processes' clocks nor time zones matter. Any isolation level will
 * do.
 *
 * <p><b>Failures</b> are {@linkplain TokenStoreException#isRetryable() retryable} unless it is
 * certain that the same statement fails again: a missing table or permission, or data that does not
 * fit. A write whose statement was sent has an {@linkplain TokenStoreException#isOutcomeUnknown()
 * unknown outcome}, unless the database refused it for certain. Messages and causes quote no data.
 *
 * <p>The parts of a key may have 255 characters each. Safe to share between threads.
 */
public final class JdbcTokenStore implements TokenStore {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcTokenStore.class);

  private static final int STATEMENT_SECONDS = 10;
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_CLIENT = 2000;

  /** How often a read gives way to other transactions. */
  private static final int READ_TRIES = 10;

  private final DataSource dataSource;
  private final TableName table;
  private final boolean manualCommit;
  private volatile @Nullable GrantSql sql;

  private JdbcTokenStore(Builder builder) {
    this.dataSource = builder.dataSource;
    this.table = builder.table;
    this.manualCommit = builder.manualCommit;
  }

  /**
   * Returns a store over the table {@code ampersand_grant}, with the defaults of {@link Builder}.
   * Connects to nothing yet.
   *
   * @param dataSource where connections come from
   */
  public static JdbcTokenStore of(DataSource dataSource) {
    return builder(dataSource).build();
  }

  /**
   * Starts a store.
   *
   * @param dataSource where connections come from
   */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  /**
   * Creates the table if it is missing, and brings one that an earlier version of the SDK made up
   * to date. Many processes may do so at once, and any number of times; if it fails in between, the
   * next call completes it. Where there is nothing to do, it reads one row and needs no permission
   * for more.
   *
   * <p>Processes with an earlier version of the SDK fail from then on: stop them before. Moving a
   * large table takes minutes; this waits up to an hour for a statement.
   *
   * @throws TokenStoreException if the database fails or does not let this user change tables, or
   *     if a later version of the SDK changed the table already
   */
  public void migrate() {
    new Migration(dataSource, table, manualCommit).run();
  }

  @Override
  public Row read(ConnectionKey key) {
    requireFitting(key);
    String failure = "The grant " + key + " could not be read";
    StoredRow found = query(failure, words -> words.read(key.id())).get(0);
    if (found.id() == null) {
      return Row.absent(key, found.readAt());
    }
    if (found.row() == null) {
      throw new TokenStoreException(
          "%s: %s. Its row was changed by other means than this SDK: restore it, or delete it."
              .formatted(failure, found.problem()),
          false,
          null);
    }
    return found.row();
  }

  @Override
  public boolean write(ConnectionKey key, Row.Revision expected, Row.Change next) {
    requireFitting(key);
    requireFitting(next);
    boolean inserts = expected.equals(Row.Revision.ABSENT);
    if (inserts && next.isRemoval()) {
      return read(key).isAbsent();
    }
    boolean sent = false;
    try (SqlSession session = open()) {
      Command command = command(words(session), key, expected, next);
      sent = true;
      return session.update(command) == 1;
    } catch (SQLException e) {
      if (sent && (SqlErrors.isConflict(e) || (inserts && SqlErrors.isDuplicate(e)))) {
        return false;
      }
      throw SqlErrors.exception(
          "The grant " + key + " could not be written", e, sent && SqlErrors.isOutcomeUnknown(e));
    }
  }

  private static Command command(
      GrantSql words, ConnectionKey key, Row.Revision expected, Row.Change next) {
    if (next.isRemoval()) {
      return words.delete(key.id(), expected);
    }
    return expected.equals(Row.Revision.ABSENT)
        ? words.insert(key, next)
        : words.update(key.id(), expected, next);
  }

  @Override
  public List<Row> rows(RowFilter filter, @Nullable ConnectionKey after, int limit) {
    requireLimit(limit);
    Objects.requireNonNull(filter, "filter");
    String id = after == null ? "" : after.id();
    List<StoredRow> page = page(words -> words.page(filter, id, limit));
    List<Row> rows = readable(page, filter);
    while (rows.isEmpty() && page.size() == limit) {
      String last = Objects.requireNonNull(page.get(limit - 1).id());
      page = page(words -> words.page(filter, last, limit));
      rows = readable(page, filter);
    }
    return rows;
  }

  @Override
  public List<Row> due(Row.@Nullable Cursor after, int limit) {
    requireLimit(limit);
    List<StoredRow> page = page(words -> words.due(after, limit));
    List<Row> rows = readable(page, RowFilter.all());
    while (rows.isEmpty() && page.size() == limit) {
      StoredRow last = page.get(limit - 1);
      Row.Cursor cursor = new Row.Cursor(last.lookAt(), Objects.requireNonNull(last.id()));
      page = page(words -> words.due(cursor, limit));
      rows = readable(page, RowFilter.all());
    }
    return rows;
  }

  /** Leaves out what cannot be read, and what only a collation took for equal. */
  private static List<Row> readable(List<StoredRow> page, RowFilter filter) {
    return page.stream()
        .filter(JdbcTokenStore::isReadable)
        .map(stored -> Objects.requireNonNull(stored.row()))
        .filter(filter::fits)
        .toList();
  }

  private static boolean isReadable(StoredRow stored) {
    if (stored.row() == null) {
      LOG.warn(
          "The row with grant_id {} is left out, since it cannot be read: {}",
          stored.id(),
          stored.problem());
    }
    return stored.row() != null;
  }

  private List<StoredRow> page(Function<GrantSql, Command> command) {
    return query("The grants could not be listed", command);
  }

  /** Others that got in the way are gone in a moment, and a read may be repeated. */
  private List<StoredRow> query(String failure, Function<GrantSql, Command> command) {
    for (int tries = 1; ; tries++) {
      try (SqlSession session = open()) {
        return session.query(command.apply(words(session)), StoredRow::read);
      } catch (SQLException e) {
        if (!SqlErrors.isConflict(e) || tries == READ_TRIES) {
          throw SqlErrors.exception(failure, e, false);
        }
      }
    }
  }

  private SqlSession open() throws SQLException {
    return SqlSession.open(dataSource, STATEMENT_SECONDS, manualCommit);
  }

  /** Two threads may find it out at once, and find the same. */
  private GrantSql words(SqlSession session) throws SQLException {
    GrantSql known = sql;
    if (known == null) {
      SqlDialect dialect = SqlDialect.of(session.connection());
      known = new GrantSql(dialect, table.quoted(dialect, session.connection()));
      sql = known;
    }
    return known;
  }

  private static void requireFitting(ConnectionKey key) {
    requireFitting(key.provider(), "provider", LONGEST_NAME);
    requireFitting(key.groupRef(), "groupRef", LONGEST_NAME);
    requireFitting(key.consumerRef(), "consumerRef", LONGEST_NAME);
  }

  /** Not every server refuses what is too long for a column: MySQL may be set to cut it. */
  private static void requireFitting(Row.Change next) {
    requireFitting(next.client(), "client", LONGEST_CLIENT);
    requireFitting(next.consent(), "consent", LONGEST_NAME);
    requireFitting(next.state(), "state", LONGEST_NAME);
  }

  private static void requireFitting(@Nullable String value, String field, int longest) {
    if (value != null && value.length() > longest) {
      throw new IllegalArgumentException(
          "%s must not be longer than %d characters to be stored".formatted(field, longest));
    }
  }

  private static void requireLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a page holds at least one row, not " + limit);
    }
  }

  /** Builds a {@link JdbcTokenStore}. Not safe to share between threads. */
  public static final class Builder {
    private final DataSource dataSource;
    private TableName table = TableName.of(TableName.DEFAULT);
    private boolean manualCommit;

    private Builder(DataSource dataSource) {
      this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    }

    /**
     * Sets the table; the default is {@code ampersand_grant}. Beside it there is one of the same
     * name with {@code _schema} at its end, which holds the version of the table's definition.
     *
     * @param table letters, digits and underscores, no digit first, 56 at most; the schema may
     *     stand before it with a dot. A word of SQL is a name, too
     * @throws IllegalArgumentException if it is not so
     */
    public Builder table(String table) {
      this.table = TableName.of(table);
      return this;
    }

    /**
     * Allows connections without auto-commit: the store then commits each of its statements, and
     * with it whatever was done on the same connection before. The default is to refuse them.
     *
     * <p>For a data source whose connections never have auto-commit, and are no part of a
     * transaction of the application.
     */
    public Builder withManualCommit() {
      this.manualCommit = true;
      return this;
    }

    /** Builds the store. Connects to nothing yet. */
    public JdbcTokenStore build() {
      return new JdbcTokenStore(this);
    }
  }
}
