package com.withampersand.sdk.token.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A PostgreSQL server of the tests' own.
 *
 * @param pool connections to it that are made once; making one takes it longer than using it
 */
public record PostgresServer(EmbeddedPostgres server, SmallPool pool) implements AutoCloseable {
  private static final int CONNECTIONS = 12;

  static PostgresServer start() {
    try {
      EmbeddedPostgres server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
      return new PostgresServer(server, new SmallPool(server.getPostgresDatabase(), CONNECTIONS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns where each connection is a new one. */
  public DataSource dataSource() {
    return server.getPostgresDatabase();
  }

  public int port() {
    return server.getPort();
  }

  String url() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  @Override
  public void close() throws SQLException, IOException {
    pool.close();
    server.close();
  }
}
