package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.TokenStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/**
 * What databases say differently. Every clock here is the server's; every instant is a number of
 * milliseconds since 1970 in UTC, so that no session's time zone matters.
 */
enum SqlDialect {
  /**
   * A write has one instant, that of its statement. A read tells the time after its snapshot, so
   * that it is not before what it sees.
   */
  POSTGRESQL(
      "postgresql",
      '"',
      "CAST(floor(extract(epoch FROM statement_timestamp()) * 1000) AS bigint)",
      "CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)"),
  /** MySQL and MariaDB. */
  MYSQL(
      "mysql",
      '`',
      "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6)) DIV 1000)"),
  H2("h2", '"', "CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP(6)) * 1000) AS BIGINT)");

  private final String resource;
  private final char quote;
  private final String writeTime;
  private final String readTime;

  SqlDialect(String resource, char quote, String time) {
    this(resource, quote, time, time);
  }

  SqlDialect(String resource, char quote, String writeTime, String readTime) {
    this.resource = resource;
    this.quote = quote;
    this.writeTime = writeTime;
    this.readTime = readTime;
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
              "JdbcTokenStore supports PostgreSQL, MySQL, MariaDB and H2, but the database is "
                  + product
                  + ". Use one of those, or implement TokenStore.",
              false,
              null);
    };
  }

  /** Returns the first part of the names of the resources for this database. */
  String resource() {
    return resource;
  }

  /** Returns the expression for the instant of a write: the same throughout one statement. */
  String writeTime() {
    return writeTime;
  }

  /** Returns the expression for the instant of a read. */
  String readTime() {
    return readTime;
  }

  /** Returns the expression for the instant of a read, to compare a column with by an index. */
  String comparedTime() {
    return this == POSTGRESQL ? "(SELECT " + readTime + ")" : readTime;
  }

  /**
   * Returns what an insert ends with, so that a row that is there is left alone, if that exists.
   */
  String unlessPresent() {
    return this == POSTGRESQL ? " ON CONFLICT (grant_id) DO NOTHING" : "";
  }

  /**
   * Returns the condition for rows behind an instant and an id, in the form that this database
   * finds by an index: with 2 parameters in PostgreSQL, and 4 elsewhere.
   */
  String behindCursor() {
    return this == POSTGRESQL
        ? "(look_at, grant_id) > (?, ?)"
        : "look_at >= ? AND (look_at > ? OR (look_at = ? AND grant_id > ?))";
  }

  /**
   * Returns a name in quotes, as the database would have read it without: so that words of its own
   * are names, too.
   */
  String quoted(String name, Connection connection) throws SQLException {
    return quote + folded(name, connection) + quote;
  }

  private String folded(String name, Connection connection) throws SQLException {
    return switch (this) {
      case POSTGRESQL -> name.toLowerCase(Locale.ROOT);
      case MYSQL -> name;
      case H2 -> foldedByH2(name, connection);
    };
  }

  /** Settings decide. */
  private static String foldedByH2(String name, Connection connection) throws SQLException {
    if (connection.getMetaData().storesUpperCaseIdentifiers()) {
      return name.toUpperCase(Locale.ROOT);
    }
    return connection.getMetaData().storesLowerCaseIdentifiers()
        ? name.toLowerCase(Locale.ROOT)
        : name;
  }
}
