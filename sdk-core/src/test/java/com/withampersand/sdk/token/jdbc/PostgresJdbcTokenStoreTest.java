package com.withampersand.sdk.token.jdbc;

import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DatabaseServers.class)
class PostgresJdbcTokenStoreTest extends JdbcTokenStoreContract {
  private final PostgresServer server;

  PostgresJdbcTokenStoreTest(PostgresServer server) {
    this.server = server;
  }

  @Override
  DataSource dataSource() {
    return server.pool();
  }

  @Override
  DataSource newConnections() {
    return server.dataSource();
  }
}
