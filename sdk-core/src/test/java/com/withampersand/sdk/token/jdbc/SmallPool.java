package com.withampersand.sdk.token.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** A pool of so many connections, like those of applications: one more has to be waited for. */
final class SmallPool extends TestDataSource implements AutoCloseable {
  private static final long LONGEST_WAIT = 30;

  private final BlockingQueue<Connection> idle = new LinkedBlockingQueue<>();
  private final int size;

  SmallPool(DataSource real, int size) throws SQLException {
    this.size = size;
    for (int i = 0; i < size; i++) {
      idle.add(real.getConnection());
    }
  }

  static SmallPool of(DataSource real, int size) {
    try {
      return new SmallPool(real, size);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Refuses threads that are interrupted, as pools do. */
  @Override
  public Connection getConnection() throws SQLException {
    try {
      Connection connection = idle.poll(LONGEST_WAIT, TimeUnit.SECONDS);
      if (connection == null) {
        throw new SQLTransientConnectionException("no connection is free", "08001");
      }
      return lent(connection);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted", "08001", e);
    }
  }

  private Connection lent(Connection connection) {
    return proxy(
        Connection.class,
        (method, arguments) ->
            method.getName().equals("close")
                ? idle.add(connection)
                : call(connection, method, arguments));
  }

  /** Tells whether every connection was given back. */
  boolean isComplete() {
    return idle.size() == size;
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : idle) {
      connection.close();
    }
  }
}
