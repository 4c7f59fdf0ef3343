package com.withampersand.sdk.token.jdbc;

import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** What the store is tested with. */
enum Database {
  POSTGRESQL("postgresql") {
    @Override
    DataSource dataSource(Servers servers) {
      return servers.postgres().pool();
    }

    @Override
    DataSource newConnections(Servers servers) {
      return servers.postgres().dataSource();
    }

    @Override
    String timeZone(String offset) {
      return "SET TIME ZONE INTERVAL '" + offset + "' HOUR TO MINUTE";
    }
  },
  MARIADB("mysql") {
    @Override
    DataSource dataSource(Servers servers) {
      return servers.mariaDb().pool();
    }

    @Override
    DataSource newConnections(Servers servers) {
      return servers.mariaDb().dataSource(MariaDbServer.ROOT);
    }

    @Override
    String timeZone(String offset) {
      return "SET time_zone = '" + offset + "'";
    }
  },
  /** MySQL's driver, with the server that Maven has: MariaDB. */
  MYSQL_DRIVER("mysql") {
    @Override
    DataSource dataSource(Servers servers) {
      return servers.mariaDb().mysqlPool();
    }

    @Override
    DataSource newConnections(Servers servers) {
      return servers.mariaDb().mysqlDataSource(MariaDbServer.ROOT);
    }

    @Override
    String timeZone(String offset) {
      return MARIADB.timeZone(offset);
    }
  },
  H2("h2") {
    @Override
    DataSource dataSource(Servers servers) {
      return h2("grants");
    }

    @Override
    DataSource newConnections(Servers servers) {
      return dataSource(servers);
    }

    @Override
    String timeZone(String offset) {
      return "SET TIME ZONE '" + offset + "'";
    }
  };

  private final String scripts;

  Database(String scripts) {
    this.scripts = scripts;
  }

  /** Returns a database of H2 in memory, for as long as this process lives. */
  static DataSource h2(String name) {
    JdbcDataSource dataSource = new JdbcDataSource();
    dataSource.setURL("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1");
    return dataSource;
  }

  /** Returns where connections come from. */
  abstract DataSource dataSource(Servers servers);

  /** Returns where new connections come from, to which anything may be done. */
  abstract DataSource newConnections(Servers servers);

  /** Returns the statement that sets the time zone of a connection. */
  abstract String timeZone(String offset);

  /** Returns what the names of its scripts begin with. */
  String scripts() {
    return scripts;
  }
}
