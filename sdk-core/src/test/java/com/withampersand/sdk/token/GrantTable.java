package com.withampersand.sdk.token;

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
  static final TokenCipher CIPHER = TokenCipher.builder("k1", TokenCipher.newKey()).build();
  private static final AtomicInteger TABLES = new AtomicInteger();

  static GrantTable create(DataSource dataSource) {
    GrantTable table = missing(dataSource);
    table.store().createTableIfMissing();
    return table;
  }

  static GrantTable missing(DataSource dataSource) {
    return new GrantTable(dataSource, "grant_" + TABLES.incrementAndGet());
  }

  JdbcTokenStore.Builder builder() {
    return builder(dataSource);
  }

  JdbcTokenStore.Builder builder(DataSource other) {
    return JdbcTokenStore.builder(other, CIPHER).table(name);
  }

  /** Returns one more store over the table, as another process would have it. */
  JdbcTokenStore store() {
    return builder().build();
  }

  /** Makes whoever has a grant look dead. */
  void endLeases() {
    run("UPDATE # SET lease_until = TIMESTAMP '2026-01-01 00:00:00' WHERE lease_owner IS NOT NULL");
  }

  /** Returns how many grants are leased. */
  long leases() {
    return Long.parseLong(read("SELECT COUNT(lease_owner) FROM #").get(0));
  }

  List<String> envelopes() {
    return read("SELECT tokens FROM # ORDER BY grant_id");
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
