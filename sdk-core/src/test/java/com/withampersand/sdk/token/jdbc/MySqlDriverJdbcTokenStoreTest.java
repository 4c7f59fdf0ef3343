package com.withampersand.sdk.token.jdbc;

import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;

/** MySQL's driver, with the server that Maven has: MariaDB. */
@ExtendWith(DatabaseServers.class)
class MySqlDriverJdbcTokenStoreTest extends JdbcTokenStoreContract {
  private final MariaDbServer server;

  MySqlDriverJdbcTokenStoreTest(MariaDbServer server) {
    this.server = server;
  }

  @Override
  DataSource dataSource() {
    return server.mysqlDataSource();
  }
}
