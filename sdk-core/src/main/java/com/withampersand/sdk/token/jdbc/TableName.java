package com.withampersand.sdk.token.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The name of the table, and with it those of its indexes and of the table of its schema version.
 *
 * @param schema the schema with a dot, or empty
 * @param name the name without schema
 */
record TableName(String schema, String name) {
  /** What the resources that come with the SDK call it. */
  static final String DEFAULT = "ampersand_grant";

  /** What {@code _schema} leaves of the 63 characters that PostgreSQL allows. */
  private static final int LONGEST = 56;

  private static final Pattern FORM =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,62}\\.)?([A-Za-z_][A-Za-z0-9_]*)");
  private static final Pattern IN_SCRIPTS = Pattern.compile("\\b" + DEFAULT + "(_[a-z]+)?\\b");

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException if it is none
   */
  static TableName of(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches() || matcher.group(2).length() > LONGEST) {
      throw new IllegalArgumentException(
          "a table's name is made of letters, digits and underscores, %d at most, with the schema"
                  .formatted(LONGEST)
              + " before a dot if needed");
    }
    String schema = matcher.group(1);
    return new TableName(schema == null ? "" : schema, matcher.group(2));
  }

  /** Returns the table's name for a statement. */
  String quoted(SqlDialect dialect, Connection connection) throws SQLException {
    return quoted("", dialect, connection);
  }

  /** Returns the name of the table of the schema version for a statement. */
  String quotedSchemaTable(SqlDialect dialect, Connection connection) throws SQLException {
    return quoted("_schema", dialect, connection);
  }

  private String quoted(String suffix, SqlDialect dialect, Connection connection)
      throws SQLException {
    String table = dialect.quoted(name + suffix, connection);
    return schema.isEmpty()
        ? table
        : dialect.quoted(schema.substring(0, schema.length() - 1), connection) + "." + table;
  }

  /** Returns a script with these names in place of those that it was written with. */
  String in(String script, SqlDialect dialect, Connection connection) throws SQLException {
    String table = quoted(dialect, connection);
    String schemaTable = quotedSchemaTable(dialect, connection);
    String open = dialect.quoted("", connection).substring(0, 1);
    return IN_SCRIPTS
        .matcher(script)
        .replaceAll(
            match ->
                switch (suffix(match)) {
                  case "" -> table;
                  case "_schema" -> schemaTable;
                  default -> open + folded(dialect, match) + open;
                });
  }

  private static String suffix(MatchResult match) {
    return match.group(1) == null ? "" : match.group(1);
  }

  /** An index has no schema of its own, and no statement but the script's names it. */
  private String folded(SqlDialect dialect, MatchResult match) {
    String index = name + suffix(match);
    return dialect == SqlDialect.POSTGRESQL ? index.toLowerCase(Locale.ROOT) : index;
  }
}
