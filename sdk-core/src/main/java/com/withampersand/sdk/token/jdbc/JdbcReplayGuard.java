package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.internal.Sha256;
import com.withampersand.sdk.oauth.ReplayGuard;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers used states in a table of PostgreSQL, MySQL, MariaDB or H2, for any number of nodes: a
 * signed state is accepted once by all of them.
 *
 * <pre>{@code
 * JdbcReplayGuard guard = JdbcReplayGuard.of(dataSource);
 * guard.migrate();
 * StateSigner signer = StateSigner.builder("2026-11", key).replayGuard(guard).build();
 * }</pre>
 *
 * <p>A callback costs one {@code INSERT}. Marks that expired more than an hour ago are deleted by
 * the same calls, every ten minutes at most in each process. The table has a hash of the random
 * part of each state, and no token. Connections are used as by {@link JdbcTokenStore}: with
 * auto-commit, for one statement at a time.
 *
 * <p>If the database fails, so does the callback, with a {@link TokenStoreException}: the same
 * callback may be tried again, and is refused as used if the mark was stored before the connection
 * broke. Safe to share between threads.
 */
public final class JdbcReplayGuard implements ReplayGuard {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcReplayGuard.class);

  private static final String DEFAULT_TABLE = "ampersand_used_state";
  private static final int SECONDS = 10;
  private static final int TRIES = 5;
  private static final Duration BETWEEN_DELETIONS = Duration.ofMinutes(10);
  private static final Duration KEPT_BEYOND_EXPIRY = Duration.ofHours(1);

  private final DataSource dataSource;
  private final TableName table;
  private final Clock clock;
  private final AtomicReference<Instant> nextDeletion = new AtomicReference<>(Instant.EPOCH);

  JdbcReplayGuard(DataSource dataSource, String table, Clock clock) {
    this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    this.table = TableName.of(table);
    this.clock = clock;
  }

  /** Returns a guard over the table {@code ampersand_used_state}. Connects to nothing yet. */
  public static JdbcReplayGuard of(DataSource dataSource) {
    return of(dataSource, DEFAULT_TABLE);
  }

  /**
   * Returns a guard over a table of this name. Connects to nothing yet.
   *
   * @param table letters, digits and underscores, no digit first, 56 at most; the schema may stand
   *     before it with a dot
   * @throws IllegalArgumentException if the name is not so
   */
  public static JdbcReplayGuard of(DataSource dataSource, String table) {
    return new JdbcReplayGuard(dataSource, table, Clock.systemUTC());
  }

  /**
   * Creates the table if it is missing: {@code state_id CHAR(64) NOT NULL PRIMARY KEY, expires_at
   * BIGINT NOT NULL}. Many processes may do so at once, and any number of times.
   *
   * @throws TokenStoreException if the database fails, or does not let this user create tables
   */
  public void migrate() {
    String create =
        "CREATE TABLE IF NOT EXISTS %s (state_id CHAR(64) NOT NULL PRIMARY KEY, expires_at BIGINT NOT NULL)";
    for (int tries = 1; ; tries++) {
      try {
        update(create);
        return;
      } catch (SQLException e) {
        if (!SqlErrors.isDefinitionConflict(e) || tries == TRIES) {
          throw SqlErrors.exception("The table of used states could not be created", e, false);
        }
      }
    }
  }

  @Override
  public boolean markUsed(String nonce, Instant expiresAt) {
    deleteExpired();
    String failure = "A used state could not be stored";
    for (int tries = 1; ; tries++) {
      try {
        update(
            "INSERT INTO %s (state_id, expires_at) VALUES (?, ?)",
            id(nonce), expiresAt.toEpochMilli());
        return true;
      } catch (SQLException e) {
        if (SqlErrors.isDuplicate(e)) {
          return false;
        }
        if (!SqlErrors.isConflict(e) || tries == TRIES) {
          throw SqlErrors.exception(failure, e, SqlErrors.isOutcomeUnknown(e));
        }
      }
    }
  }

  @Override
  public void markUnused(String nonce) {
    try {
      update("DELETE FROM %s WHERE state_id = ?", id(nonce));
    } catch (SQLException e) {
      throw SqlErrors.exception("The mark of a state could not be removed", e, true);
    }
  }

  /** Hexadecimal digits: no collation takes two of them for one. */
  private static String id(String nonce) {
    return HexFormat.of().formatHex(Sha256.of(nonce));
  }

  private void deleteExpired() {
    Instant now = clock.instant();
    Instant due = nextDeletion.get();
    if (now.isBefore(due) || !nextDeletion.compareAndSet(due, now.plus(BETWEEN_DELETIONS))) {
      return;
    }
    try {
      update("DELETE FROM %s WHERE expires_at < ?", now.minus(KEPT_BEYOND_EXPIRY).toEpochMilli());
    } catch (SQLException | TokenStoreException e) {
      LOG.warn(
          "Expired states were not deleted, and are tried again in ten minutes: {}", e.toString());
    }
  }

  private int update(String statement, Object... values) throws SQLException {
    try (SqlSession session = SqlSession.open(dataSource, SECONDS, false)) {
      String name = table.quoted(SqlDialect.of(session.connection()), session.connection());
      return session.update(Command.of(statement.formatted(name), values));
    }
  }
}
