package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.TokenStoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for a statement or two, each a transaction of its own and each bounded in time. It
 * goes back to where it came from as it was.
 *
 * <p>Drivers quote statements and rows in their messages, so what they say about a statement goes
 * no further than here. What is said about connections does: it holds nothing of a grant.
 */
final class SqlSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqlSession.class);

  private static final int UNCHANGED = -1;
  private static final int MILLIS = 1000;

  /** How much longer than its statements a connection may be silent. */
  private static final int SILENCE_SECONDS = 5;

  private final Connection connection;
  private final int statementSeconds;
  private boolean commits;
  private boolean inTransaction;
  private boolean restoresAutoCommit;
  private int silenceBefore = UNCHANGED;
  private int sessionSecondsBefore = UNCHANGED;

  private SqlSession(Connection connection, int statementSeconds) {
    this.connection = connection;
    this.statementSeconds = statementSeconds;
  }

  /**
   * Takes a connection.
   *
   * @param statementSeconds after how long the server is told to stop a statement; 5 s later the
   *     connection is given up
   * @param manualCommit whether a connection without auto-commit may be used, and committed
   * @throws TokenStoreException if it may not be used
   */
  static SqlSession open(DataSource dataSource, int statementSeconds, boolean manualCommit)
      throws SQLException {
    SqlSession session = new SqlSession(connection(dataSource), statementSeconds);
    try {
      session.checkCommit(manualCommit);
      session.limitSilence();
      return session;
    } catch (Throwable t) {
      session.close();
      throw t;
    }
  }

  private static Connection connection(DataSource dataSource) throws SQLException {
    try {
      return dataSource.getConnection();
    } catch (RuntimeException e) {
      throw SqlErrors.withoutData(e);
    }
  }

  private void checkCommit(boolean manualCommit) throws SQLException {
    commits = !connection.getAutoCommit();
    if (commits && !manualCommit) {
      throw new TokenStoreException(
          "The data source returned a connection without auto-commit, which may be in a transaction"
              + " of the application that the store would commit: give the store a data source of"
              + " its own with auto-commit, or build it with withManualCommit().",
          false,
          null);
    }
  }

  private void limitSilence() throws SQLException {
    int limit = (statementSeconds + SILENCE_SECONDS) * MILLIS;
    try {
      int before = connection.getNetworkTimeout();
      if (before == 0 || before > limit) {
        connection.setNetworkTimeout(Runnable::run, limit);
        silenceBefore = before;
      }
    } catch (SQLFeatureNotSupportedException e) {
      LOG.trace("The driver cannot limit how long a database is silent");
    }
  }

  Connection connection() {
    return connection;
  }

  /** Makes the statements that follow one transaction, up to {@link #commit}. */
  void begin() throws SQLException {
    if (!commits) {
      connection.setAutoCommit(false);
      restoresAutoCommit = true;
    }
    commits = false;
    inTransaction = true;
  }

  /** Commits what {@link #begin} began. */
  void commit() throws SQLException {
    connection.commit();
  }

  /** Runs a statement and returns how many rows it changed. */
  int update(Command command) throws SQLException {
    return run(command, PreparedStatement::executeUpdate);
  }

  /** Runs a query and returns what it finds. */
  <T> List<T> query(Command command, Reader<T> reader) throws SQLException {
    return run(command, statement -> readAll(statement, reader));
  }

  /** Runs a query that may fail, without an end to the transaction that it is part of. */
  <T> List<T> attempt(Command command, Reader<T> reader) throws SQLException {
    if (!inTransaction) {
      return query(command, reader);
    }
    Savepoint before = connection.setSavepoint();
    try {
      return query(command, reader);
    } catch (SQLException e) {
      connection.rollback(before);
      throw e;
    }
  }

  private static <T> List<T> readAll(PreparedStatement statement, Reader<T> reader)
      throws SQLException {
    try (ResultSet result = statement.executeQuery()) {
      List<T> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(reader.read(result));
      }
      return rows;
    }
  }

  private <T> T run(Command command, Work<T> work) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(command.sql())) {
      limitTime(statement);
      command.bind(statement);
      T result = work.run(statement);
      if (commits) {
        connection.commit();
      }
      return result;
    } catch (SQLException e) {
      throw rolledBack(SqlErrors.withoutData(e));
    } catch (RuntimeException e) {
      throw rolledBack(SqlErrors.withoutData(e));
    }
  }

  private SQLException rolledBack(SQLException e) {
    if (commits) {
      quietly(connection::rollback);
    }
    return e;
  }

  /** H2 keeps the limit for its session, which outlives the statement. */
  private void limitTime(Statement statement) throws SQLException {
    int before = statement.getQueryTimeout();
    if (before == 0 || before > statementSeconds) {
      statement.setQueryTimeout(statementSeconds);
      if (sessionSecondsBefore == UNCHANGED) {
        sessionSecondsBefore = before;
      }
    }
  }

  /** Gives the connection back. What was done stays done if that fails. */
  @Override
  public void close() {
    quietly(this::restoreTransaction);
    quietly(this::restoreStatementLimit);
    quietly(this::restoreSilence);
    quietly(connection::close);
  }

  private void restoreTransaction() throws SQLException {
    if (inTransaction) {
      connection.rollback();
    }
    if (restoresAutoCommit) {
      connection.setAutoCommit(true);
    }
  }

  private void restoreStatementLimit() throws SQLException {
    if (sessionSecondsBefore == UNCHANGED) {
      return;
    }
    try (Statement next = connection.createStatement()) {
      if (next.getQueryTimeout() != sessionSecondsBefore) {
        next.setQueryTimeout(sessionSecondsBefore);
      }
    }
  }

  private void restoreSilence() throws SQLException {
    if (silenceBefore != UNCHANGED) {
      connection.setNetworkTimeout(Runnable::run, silenceBefore);
    }
  }

  private static void quietly(Step step) {
    try {
      step.run();
    } catch (SQLException e) {
      LOG.debug("A connection could not be given back in order, SQLState {}", e.getSQLState());
    } catch (RuntimeException e) {
      LOG.debug("A connection could not be given back in order, by {}", e.getClass().getName());
    }
  }

  /** Makes something of the row that a result is at. */
  interface Reader<T> {
    T read(ResultSet result) throws SQLException;
  }

  private interface Work<T> {
    T run(PreparedStatement statement) throws SQLException;
  }

  private interface Step {
    void run() throws SQLException;
  }
}
