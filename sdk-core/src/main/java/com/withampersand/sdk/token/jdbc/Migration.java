package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.TokenStoreException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * Creates the table of grants, or changes it into what this version needs.
 *
 * <p>Every statement may be repeated: databases other than PostgreSQL commit each change of a
 * table, and a process may die between two. One process at a time does the work, by a lock of the
 * database. H2 has none: there it is one thread of each process, and a statement that fails since
 * another process was faster begins the work again.
 */
final class Migration {
  /** Of the definition that comes with this version. The first had no number. */
  private static final int SCHEMA = 2;

  /** Only a table of the first definition has it. The migration drops it last. */
  private static final String MARK_OF_FIRST = "lease_owner";

  private static final int SECONDS = 3600;
  private static final int TRIES = 20;

  /** Changes of one table at the same time make H2 fail in ways of its own. */
  private static final ReentrantLock H2_LOCK = new ReentrantLock();

  private final DataSource dataSource;
  private final TableName table;
  private final boolean manualCommit;

  Migration(DataSource dataSource, TableName table, boolean manualCommit) {
    this.dataSource = dataSource;
    this.table = table;
    this.manualCommit = manualCommit;
  }

  void run() {
    int tries = 1;
    while (!isDone(tries)) {
      tries++;
    }
  }

  private boolean isDone(int tries) {
    try (SqlSession session = SqlSession.open(dataSource, SECONDS, manualCommit)) {
      SqlDialect dialect = SqlDialect.of(session.connection());
      new Work(session, dialect).run();
      return true;
    } catch (SQLException e) {
      if (SqlErrors.isDefinitionConflict(e) && tries < TRIES) {
        return false;
      }
      throw SqlErrors.exception("The table of grants could not be migrated", e, false);
    }
  }

  /** What is done on one connection. */
  private final class Work {
    private final SqlSession session;
    private final SqlDialect dialect;

    Work(SqlSession session, SqlDialect dialect) {
      this.session = session;
      this.dialect = dialect;
    }

    void run() throws SQLException {
      if (isOutdated()) {
        switch (dialect) {
          case POSTGRESQL -> inOneTransaction();
          case MYSQL -> underNamedLock();
          case H2 -> underLockOfThisProcess();
        }
      }
    }

    private void inOneTransaction() throws SQLException {
      session.begin();
      ask("SELECT pg_advisory_xact_lock(hashtext('ampersand_grant'))");
      runScripts();
      session.commit();
    }

    private void underNamedLock() throws SQLException {
      ask("SELECT GET_LOCK('ampersand_grant', " + SECONDS + ")");
      try {
        runScripts();
      } finally {
        ask("SELECT RELEASE_LOCK('ampersand_grant')");
      }
    }

    private void underLockOfThisProcess() throws SQLException {
      H2_LOCK.lock();
      try {
        runScripts();
      } finally {
        H2_LOCK.unlock();
      }
    }

    private void runScripts() throws SQLException {
      if (isOutdated()) {
        if (isThere(MARK_OF_FIRST)) {
          run(dialect.resource() + "-from-1.sql");
        }
        run(dialect.resource() + ".sql");
      }
    }

    private void run(String script) throws SQLException {
      for (Script.Step step : Script.read(script)) {
        if (step.column() == null || isThere(step.column()) == step.present()) {
          session.update(Command.of(table.in(step.statement(), dialect, session.connection())));
        }
      }
    }

    private boolean isOutdated() throws SQLException {
      int version = version();
      if (version > SCHEMA) {
        throw new TokenStoreException(
            "The table of grants has schema version %d, and this version of the SDK knows %d: use a"
                    .formatted(version, SCHEMA)
                + " later one.",
            false,
            null);
      }
      return version < SCHEMA;
    }

    /** Returns 0 where none was recorded. */
    private int version() throws SQLException {
      String name = table.quotedSchemaTable(dialect, session.connection());
      try {
        return attempt("SELECT COALESCE(MAX(version), 0) FROM " + name).get(0);
      } catch (SQLException e) {
        return otherwiseIf(SqlErrors.isTableMissing(e), e, 0);
      }
    }

    private boolean isThere(String column) throws SQLException {
      String name = table.quoted(dialect, session.connection());
      try {
        return attempt("SELECT COUNT(%s) FROM %s WHERE 1 = 0".formatted(column, name)).size() == 1;
      } catch (SQLException e) {
        return otherwiseIf(SqlErrors.isTableMissing(e) || SqlErrors.isColumnMissing(e), e, false);
      }
    }

    private List<Integer> attempt(String query) throws SQLException {
      return session.attempt(Command.of(query), result -> result.getInt(1));
    }

    private void ask(String query) throws SQLException {
      session.query(Command.of(query), result -> "");
    }
  }

  private static <T> T otherwiseIf(boolean expected, SQLException e, T otherwise)
      throws SQLException {
    if (expected) {
      return otherwise;
    }
    throw e;
  }
}
