package com.withampersand.sdk.benchmarks.scale;

import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A PostgreSQL of this run's own, with memory for a million rows and without waits for a disk. */
final class Database implements AutoCloseable {
  private static final String COPY =
      """
      INSERT INTO ampersand_grant (grant_id, provider, group_ref, consumer_ref, rev, version,
          consent_id, state, client, tokens_at, state_at, sent_at, look_at, leases, sealed)
        SELECT encode(sha256(('copy-' || n)::bytea), 'hex'), provider, group_ref, 'copy-' || n, rev,
          version, consent_id, state, client, tokens_at, state_at, sent_at, look_at, leases, sealed
        FROM (SELECT * FROM ampersand_grant LIMIT 1) one, generate_series(%d, %d) n
      """;

  private final EmbeddedPostgres server;
  private final HikariDataSource pool;

  private Database(EmbeddedPostgres server, HikariDataSource pool) {
    this.server = server;
    this.pool = pool;
  }

  static Database start() throws IOException {
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setServerConfig("fsync", "off")
            .setServerConfig("synchronous_commit", "off")
            .setServerConfig("shared_buffers", "2GB")
            .setServerConfig("max_wal_size", "8GB")
            .setServerConfig("maintenance_work_mem", "512MB")
            .setServerConfig("max_connections", "200")
            .start();
    Database database = new Database(server, pool(server.getJdbcUrl("postgres", "postgres"), 16));
    JdbcTokenStore.of(database.pool).migrate();
    return database;
  }

  /** Returns connections to a database that another process has started. */
  static HikariDataSource pool(String url, int connections) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(connections);
    return new HikariDataSource(config);
  }

  DataSource pool() {
    return pool;
  }

  String url() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  /** Adds rows that count, and are never opened. */
  void addCopies(int from, int to) throws SQLException {
    run(COPY.formatted(from, to));
    run("VACUUM ANALYZE ampersand_grant");
  }

  void run(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  long number(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Override
  public void close() throws IOException {
    pool.close();
    server.close();
  }
}
