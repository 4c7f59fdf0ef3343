package com.withampersand.sdk.token.jdbc;

import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DatabaseServers.class)
class MariaDbJdbcTokenStoreTest extends JdbcTokenStoreContract {
  private final MariaDbServer server;

  MariaDbJdbcTokenStoreTest(MariaDbServer server) {
    this.server = server;
  }

  @Override
  DataSource dataSource() {
    return server.dataSource();
  }
}
