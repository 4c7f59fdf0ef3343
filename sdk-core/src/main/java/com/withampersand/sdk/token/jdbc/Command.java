package com.withampersand.sdk.token.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement and the values for it.
 *
 * @param sql the statement
 * @param values texts, longs, or null for an absent text
 */
record Command(String sql, List<@Nullable Object> values) {
  static Command of(String sql, @Nullable Object... values) {
    return new Command(sql, Arrays.asList(values));
  }

  void bind(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i);
      if (value instanceof Long number) {
        statement.setLong(i + 1, number);
      } else {
        statement.setString(i + 1, (String) value);
      }
    }
  }

  /** Returns the statement; values are not shown. */
  @Override
  public String toString() {
    return sql;
  }
}
