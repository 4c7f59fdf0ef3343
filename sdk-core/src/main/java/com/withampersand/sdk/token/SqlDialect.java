package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;

/** What databases say differently. Every clock here is the server's. */
enum SqlDialect {
  POSTGRESQL(
      "postgresql.sql", "clock_timestamp()", "clock_timestamp() + INTERVAL '%d milliseconds'"),
  /** MySQL and MariaDB, in UTC: a local time comes twice on the night when summer ends. */
  MYSQL("mysql.sql", "UTC_TIMESTAMP(6)", "UTC_TIMESTAMP(6) + INTERVAL %d000 MICROSECOND"),
  H2("h2.sql", "CURRENT_TIMESTAMP(6)", "DATEADD('MILLISECOND', %d, CURRENT_TIMESTAMP(6))");

  private final String tableResource;
  private final String now;
  private final String later;

  SqlDialect(String tableResource, String now, String later) {
    this.tableResource = tableResource;
    this.now = now;
    this.later = later;
  }

  /**
   * Returns what the database behind a connection speaks.
   *
   * @throws TokenStoreException if it is none of these
   */
  static SqlDialect of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return switch (product.toLowerCase(Locale.ROOT)) {
      case "postgresql" -> POSTGRESQL;
      case "mysql", "mariadb" -> MYSQL;
      case "h2" -> H2;
      default ->
          throw new TokenStoreException(
              "JdbcTokenStore speaks PostgreSQL, MySQL, MariaDB and H2, but the database is "
                  + product
                  + ". Use one of those, or implement TokenStore.",
              false,
              null);
    };
  }

  /** Returns the name of the resource that creates the table. */
  String tableResource() {
    return tableResource;
  }

  /** Returns the expression for the present instant. */
  String now() {
    return now;
  }

  /** Returns the expression for the instant that is so much later. */
  String later(Duration length) {
    return String.format(Locale.ROOT, later, length.toMillis());
  }

  /** Tells whether one statement can insert a row or change the one that is there. */
  boolean hasConflictClause() {
    return this == POSTGRESQL;
  }

  /** Tells whether an {@code UPDATE} can return what it changed. */
  boolean hasReturning() {
    return this == POSTGRESQL;
  }
}
