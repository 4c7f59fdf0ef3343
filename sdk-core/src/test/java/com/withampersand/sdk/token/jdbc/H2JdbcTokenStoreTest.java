package com.withampersand.sdk.token.jdbc;

import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class H2JdbcTokenStoreTest extends JdbcTokenStoreContract {
  @Override
  DataSource dataSource() {
    JdbcDataSource dataSource = new JdbcDataSource();
    dataSource.setURL("jdbc:h2:mem:grants;DB_CLOSE_DELAY=-1");
    return dataSource;
  }
}
