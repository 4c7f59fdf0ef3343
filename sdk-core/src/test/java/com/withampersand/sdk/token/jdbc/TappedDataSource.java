package com.withampersand.sdk.token.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A real data source whose connections and statements a test watches, and may let fail. */
final class TappedDataSource extends TestDataSource {
  private final DataSource real;
  private final Tap tap;

  TappedDataSource(DataSource real, Tap tap) {
    this.real = real;
    this.tap = tap;
  }

  /** What to do on each occasion; nothing, unless told otherwise. */
  interface Tap {
    /** A connection was got from where they come from. */
    default void opened(Connection connection) throws SQLException {}

    /** A connection is about to be given back. */
    default void closing(Connection connection) throws SQLException {}

    /** A statement is about to be run. */
    default void before(PreparedStatement statement, String sql) throws SQLException {}

    /** A statement was run, and its caller has not heard of it yet. */
    default void after(String sql) throws SQLException {}
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = real.getConnection();
    try {
      tap.opened(connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return proxy(
        Connection.class,
        (method, arguments) -> {
          if (method.getName().equals("close")) {
            tap.closing(connection);
          }
          Object result = call(connection, method, arguments);
          return result instanceof PreparedStatement statement
              ? tapped(statement, (String) arguments[0])
              : result;
        });
  }

  private PreparedStatement tapped(PreparedStatement statement, String sql) {
    return proxy(
        PreparedStatement.class,
        (method, arguments) -> {
          if (!method.getName().startsWith("execute")) {
            return call(statement, method, arguments);
          }
          tap.before(statement, sql);
          Object result = call(statement, method, arguments);
          tap.after(sql);
          return result;
        });
  }
}
