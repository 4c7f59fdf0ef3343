package com.withampersand.sdk.token;

import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("mariadb")
@ExtendWith(DatabaseServers.class)
class MariaDbJdbcTokenStoreTest extends JdbcTokenStoreContract {
  private final DataSource dataSource;

  MariaDbJdbcTokenStoreTest(MariaDbServer server) {
    dataSource = server.dataSource();
  }

  @Override
  DataSource dataSource() {
    return dataSource;
  }

  @Override
  String timeZone(String offset) {
    return "SET time_zone = '" + offset + "'";
  }

  @Override
  int statementsToInsert() {
    return 2;
  }

  @Override
  int statementsToUpdate() {
    return 3;
  }
}
