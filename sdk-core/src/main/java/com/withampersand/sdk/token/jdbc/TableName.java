package com.withampersand.sdk.token.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
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

  private static final String SCHEMA_TABLE = "_schema";

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
    Matcher matcher = FORM.matcher(text);
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
    return quoted(SCHEMA_TABLE, dialect, connection);
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
    StringBuilder named = new StringBuilder();
    Matcher found = IN_SCRIPTS.matcher(script);
    while (found.find()) {
      String suffix = found.group(1) == null ? "" : found.group(1);
      found.appendReplacement(
          named, Matcher.quoteReplacement(replacement(suffix, dialect, connection)));
    }
    return found.appendTail(named).toString();
  }

  /** Everything but the two tables is an index, which lives where its table does. */
  private String replacement(String suffix, SqlDialect dialect, Connection connection)
      throws SQLException {
    return suffix.isEmpty() || suffix.equals(SCHEMA_TABLE)
        ? quoted(suffix, dialect, connection)
        : dialect.quoted(name + suffix, connection);
  }
}
