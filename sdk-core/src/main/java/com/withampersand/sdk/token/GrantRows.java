package com.withampersand.sdk.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The table of grants. Each method takes a connection for itself and gives it back.
 *
 * <p>A row is free, or leased to an owner until an instant of the database's clock. Whoever is
 * turned away by somebody else's lease, or by a conflict with somebody who was at the row at the
 * same time, is told so by an empty or negative result.
 */
final class GrantRows {
  static final String DEFAULT_TABLE = "ampersand_grant";

  private static final int LONGEST_NAME = 255;

  private final DataSource dataSource;
  private final String table;
  private final Duration leaseLength;
  private volatile @Nullable GrantSql sql;

  GrantRows(DataSource dataSource, String table, Duration leaseLength) {
    this.dataSource = dataSource;
    this.table = table;
    this.leaseLength = leaseLength;
  }

  void create() throws SQLException {
    try (SqlSession session = open()) {
      session.update(definition(sql(session).dialect).replace(DEFAULT_TABLE, table));
    }
  }

  private static String definition(SqlDialect dialect) {
    try (InputStream resource =
        Objects.requireNonNull(
            GrantRows.class.getResourceAsStream(dialect.tableResource()),
            dialect.tableResource())) {
      return new String(resource.readAllBytes(), UTF_8)
          .replaceAll("(?m)^ *--.*$", "")
          .replace(";", "")
          .strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the sealed tokens of a grant. */
  Optional<String> find(ConnectionKey key) throws SQLException {
    String id = id(key);
    try (SqlSession session = open()) {
      return session.first(sql(session).find, result -> result.getString(1), id);
    }
  }

  List<ConnectionKey> keys(@Nullable ConnectionKey after, int limit) throws SQLException {
    String id = after == null ? "" : id(after);
    try (SqlSession session = open()) {
      return session.all(sql(session).page, GrantRows::key, id, limit);
    }
  }

  private static ConnectionKey key(ResultSet result) throws SQLException {
    return new ConnectionKey(result.getString(1), result.getString(2), result.getString(3));
  }

  /** Puts tokens into a row that is free or not there, and tells whether it was. */
  boolean save(ConnectionKey key, String tokens) throws SQLException {
    String id = id(key);
    try (SqlSession session = open()) {
      GrantSql words = sql(session);
      return (!words.dialect.hasConflictClause() && session.update(words.replace, tokens, id) == 1)
          || insert(session, words.insert, id, key, tokens);
    } catch (SQLException e) {
      return falseIf(SqlErrors.isConflict(e) || SqlErrors.isDuplicate(e), e);
    }
  }

  private static boolean insert(
      SqlSession session, String sql, String id, ConnectionKey key, String tokens)
      throws SQLException {
    return session.update(
            sql, id, key.provider(), key.groupRef(), key.consumerRef(), tokens, firstVersion())
        == 1;
  }

  /**
   * Not the same for each new row: whoever has been away for long must not take a grant that was
   * deleted and saved again for the one that they knew.
   */
  private static long firstVersion() {
    return ThreadLocalRandom.current().nextLong(Long.MAX_VALUE / 2);
  }

  /** Deletes a row that is free, and tells whether there was one. */
  boolean delete(ConnectionKey key) throws SQLException {
    String id = id(key);
    try (SqlSession session = open()) {
      return session.update(sql(session).delete, id) == 1;
    } catch (SQLException e) {
      return falseIf(SqlErrors.isConflict(e), e);
    }
  }

  /** Leases a row that is free, to an owner who is told apart from all others. */
  Optional<Lease> take(ConnectionKey key) throws SQLException {
    String id = id(key);
    String owner = UUID.randomUUID().toString();
    boolean asked = false;
    try (SqlSession session = open()) {
      asked = true;
      return take(
          session, id, owner, row -> new Lease(key, owner, row.getLong(1), row.getString(2)));
    } catch (SQLException e) {
      if (SqlErrors.isConflict(e)) {
        return Optional.empty();
      }
      if (asked) {
        releaseAfter(e, key, owner);
      }
      throw e;
    }
  }

  private Optional<Lease> take(
      SqlSession session, String id, String owner, SqlSession.Row<Lease> lease)
      throws SQLException {
    GrantSql words = sql(session);
    if (words.dialect.hasReturning()) {
      return session.first(words.take, lease, owner, id);
    }
    return session.update(words.take, owner, id) == 1
        ? session.first(words.taken, lease, id, owner)
        : Optional.empty();
  }

  /** The row may have been leased although no answer came, and nobody would know of the lease. */
  private void releaseAfter(SQLException e, ConnectionKey key, String owner) {
    try {
      release(key, owner);
    } catch (SQLException another) {
      e.addSuppressed(another);
    }
  }

  /**
   * Puts tokens in place of those that a lease came with and ends the lease, unless somebody else
   * has changed them. May be repeated after an error: what was stored although the answer was lost
   * is recognized.
   *
   * @return whether the row has these tokens now
   */
  boolean write(Lease lease, String tokens) throws SQLException {
    String id = id(lease.key());
    try (SqlSession session = open()) {
      GrantSql words = sql(session);
      return session.update(words.write, tokens, lease.owner(), lease.owner(), id, lease.version())
              == 1
          || session
              .first(words.find, result -> result.getString(1), id)
              .filter(tokens::equals)
              .isPresent();
    }
  }

  /** Ends a lease, if it still is this owner's. */
  void release(ConnectionKey key, String owner) throws SQLException {
    try (SqlSession session = open()) {
      session.update(sql(session).release, id(key), owner);
    }
  }

  /** Returns whether a row is free; empty if there is none. */
  Optional<Boolean> isFree(ConnectionKey key) throws SQLException {
    String id = id(key);
    try (SqlSession session = open()) {
      return session.first(sql(session).look, result -> result.getInt(1) == 1, id);
    }
  }

  private static boolean falseIf(boolean expected, SQLException e) throws SQLException {
    if (expected) {
      return false;
    }
    throw e;
  }

  private SqlSession open() throws SQLException {
    return SqlSession.open(dataSource);
  }

  /** Two threads may find it out at once, and find the same. */
  private GrantSql sql(SqlSession session) throws SQLException {
    GrantSql known = sql;
    if (known == null) {
      known = new GrantSql(SqlDialect.of(session.connection()), table, leaseLength);
      sql = known;
    }
    return known;
  }

  private static String id(ConnectionKey key) {
    requireFitting(key.provider(), "provider");
    requireFitting(key.groupRef(), "groupRef");
    requireFitting(key.consumerRef(), "consumerRef");
    return HexFormat.of().formatHex(key.sha256());
  }

  private static void requireFitting(String value, String field) {
    if (value.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          field + " must not be longer than " + LONGEST_NAME + " characters to be stored");
    }
  }
}
