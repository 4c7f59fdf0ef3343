package com.withampersand.sdk.soak;

import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A PostgreSQL that goes away and comes back. */
final class Database implements AutoCloseable {
  private static final String NAME = "soak";
  private final EmbeddedPostgres server;

  Database() throws IOException, SQLException {
    this.server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    run("CREATE DATABASE " + NAME);
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      JdbcTokenStore.of(pool).migrate();
    }
  }

  String url() {
    return server.getJdbcUrl("postgres", NAME);
  }

  /** Ends all connections, and takes no new one. */
  void goAway() throws SQLException {
    run("ALTER DATABASE " + NAME + " ALLOW_CONNECTIONS false");
    run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + NAME + "'");
  }

  void comeBack() throws SQLException {
    run("ALTER DATABASE " + NAME + " ALLOW_CONNECTIONS true");
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
