package com.withampersand.sdk.token;

import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class H2JdbcTokenStoreTest extends JdbcTokenStoreContract {
  @Override
  DataSource dataSource() {
    JdbcDataSource dataSource = new JdbcDataSource();
    dataSource.setURL("jdbc:h2:mem:grants;DB_CLOSE_DELAY=-1");
    return dataSource;
  }

  @Override
  String timeZone(String offset) {
    return "SET TIME ZONE '" + offset + "'";
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
