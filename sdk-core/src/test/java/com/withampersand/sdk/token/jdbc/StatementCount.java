package com.withampersand.sdk.token.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/** Counts connections and statements of a data source. */
final class StatementCount implements TappedDataSource.Tap {
  private final List<String> connections = new CopyOnWriteArrayList<>();
  private final List<String> statements = new CopyOnWriteArrayList<>();

  DataSource of(DataSource dataSource) {
    return new TappedDataSource(dataSource, this);
  }

  @Override
  public void opened(Connection connection) {
    connections.add("connection");
  }

  @Override
  public void before(PreparedStatement statement, String sql) {
    statements.add(sql);
  }

  /** Returns the statements. */
  List<String> statements() {
    return statements;
  }

  /** Returns how many connections and statements something takes. */
  String of(Runnable work) {
    connections.clear();
    statements.clear();
    work.run();
    return "%d connections, %d statements".formatted(connections.size(), statements.size());
  }
}
