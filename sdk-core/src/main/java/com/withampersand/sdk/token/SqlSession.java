package com.withampersand.sdk.token;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for a statement or two, each a transaction of its own and each bounded in time. It
 * goes back to where it came from as it was.
 *
 * <p>Drivers quote statements and rows in their messages, so what they say about a statement goes
 * no further than here. What is said about connections does: it holds nothing of ours.
 */
final class SqlSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqlSession.class);

  /** After this the server is told to stop. */
  static final int STATEMENT_SECONDS = 10;

  /** After this the connection is given up: the server or the network has gone silent. */
  static final int SILENCE_MILLIS = 15_000;

  private static final int UNCHANGED = -1;

  private final Connection connection;
  private boolean manualCommit;
  private int silenceBefore = UNCHANGED;

  private SqlSession(Connection connection) {
    this.connection = connection;
  }

  static SqlSession open(DataSource dataSource) throws SQLException {
    SqlSession session = new SqlSession(dataSource.getConnection());
    try {
      session.limitSilence();
      session.commitByItself();
      return session;
    } catch (Throwable t) {
      session.close();
      throw t;
    }
  }

  private void limitSilence() throws SQLException {
    try {
      int before = connection.getNetworkTimeout();
      if (before == 0 || before > SILENCE_MILLIS) {
        connection.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
        silenceBefore = before;
      }
    } catch (SQLFeatureNotSupportedException e) {
      LOG.trace("The driver cannot limit how long a database is silent");
    }
  }

  private void commitByItself() throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.setAutoCommit(true);
      manualCommit = true;
    }
  }

  Connection connection() {
    return connection;
  }

  /** Runs a statement and returns how many rows it changed. */
  int update(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw SqlErrors.withoutData(e);
    }
  }

  <T> Optional<T> first(String sql, Row<T> row, Object... parameters) throws SQLException {
    return all(sql, row, parameters).stream().findFirst();
  }

  <T> List<T> all(String sql, Row<T> row, Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters);
        ResultSet result = statement.executeQuery()) {
      List<T> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(row.read(result));
      }
      return rows;
    } catch (SQLException e) {
      throw SqlErrors.withoutData(e);
    }
  }

  private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      statement.setQueryTimeout(STATEMENT_SECONDS);
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return statement;
    } catch (Throwable t) {
      statement.close();
      throw t;
    }
  }

  /** Gives the connection back. Whatever was done stays done if that fails. */
  @Override
  public void close() {
    quietly(this::restore);
    quietly(connection::close);
  }

  private void restore() throws SQLException {
    if (manualCommit) {
      connection.setAutoCommit(false);
    }
    if (silenceBefore != UNCHANGED) {
      connection.setNetworkTimeout(Runnable::run, silenceBefore);
    }
  }

  private static void quietly(Step step) {
    try {
      step.run();
    } catch (SQLException e) {
      LOG.debug("A connection could not be given back in order, SQLState {}", e.getSQLState());
    }
  }

  /** Makes something of the row that a result is at. */
  interface Row<T> {
    T read(ResultSet result) throws SQLException;
  }

  private interface Step {
    void run() throws SQLException;
  }
}
