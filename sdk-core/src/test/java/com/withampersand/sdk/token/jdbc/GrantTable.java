package com.withampersand.sdk.token.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A table of a real database for one test, seen from the other side. */
record GrantTable(DataSource dataSource, String name) {
  private static final AtomicInteger TABLES = new AtomicInteger();

  static GrantTable create(DataSource dataSource) {
    GrantTable table = missing(dataSource);
    table.store().migrate();
    return table;
  }

  static GrantTable missing(DataSource dataSource) {
    return new GrantTable(dataSource, "grant_" + TABLES.incrementAndGet());
  }

  JdbcTokenStore.Builder builder() {
    return builder(dataSource);
  }

  JdbcTokenStore.Builder builder(DataSource other) {
    return JdbcTokenStore.builder(other).table(name);
  }

  /** Returns one more store over the table, as another process would have it. */
  JdbcTokenStore store() {
    return builder().build();
  }

  /** Runs a statement, in which {@code #} stands for the table. */
  void run(String sql) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql.replace("#", name));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the first column. */
  List<String> read(String sql) {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql.replace("#", name))) {
      List<String> column = new ArrayList<>();
      while (result.next()) {
        column.add(result.getString(1));
      }
      return column;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
