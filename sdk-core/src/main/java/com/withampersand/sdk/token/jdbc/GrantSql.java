package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statements of one table, in one database's words. */
final class GrantSql {
  private static final String COLUMNS =
      "grant_id, provider, group_ref, consumer_ref, rev, version, consent_id, state, client,"
          + " lease_no, lease_holder, lease_until, leases, tokens_at, state_at, sent_at, look_at,"
          + " sealed";

  private final SqlDialect dialect;
  private final String table;
  private final String read;
  private final String delete;
  private final String page;
  private final String due;

  GrantSql(SqlDialect dialect, String table) {
    this.dialect = dialect;
    this.table = table;
    this.read =
        "SELECT %s, read_at FROM (SELECT %s AS read_at) present LEFT JOIN %s ON grant_id = ?"
            .formatted(COLUMNS, dialect.readTime(), table);
    this.delete = "DELETE FROM %s WHERE grant_id = ? AND rev = ?".formatted(table);
    this.page =
        "SELECT %s, %s AS read_at FROM %s WHERE grant_id > ?"
            .formatted(COLUMNS, dialect.readTime(), table);
    this.due =
        "SELECT %s, %s AS read_at FROM %s WHERE look_at <= %s"
            .formatted(COLUMNS, dialect.readTime(), table, dialect.comparedTime());
  }

  /** Returns one row, with nothing but the time where there is no grant. */
  Command read(String id) {
    return Command.of(read, id);
  }

  Command insert(ConnectionKey key, Row.Change next) {
    Assignments assignments =
        new Assignments(dialect.writeTime())
            .set("grant_id", key.id())
            .set("provider", key.provider())
            .set("group_ref", key.groupRef())
            .set("consumer_ref", key.consumerRef());
    assignments.setAll(next);
    for (Row.Stamp stamp : Row.Stamp.values()) {
      if (!next.stamps().contains(stamp)) {
        assignments.setLater(Assignments.column(stamp), 0);
      }
    }
    return new Command(
        "INSERT INTO %s (%s) VALUES (%s)%s"
            .formatted(
                table, assignments.columns(), assignments.expressions(), dialect.unlessPresent()),
        assignments.values());
  }

  Command update(String id, Row.Revision expected, Row.Change next) {
    Assignments assignments = new Assignments(dialect.writeTime());
    assignments.setAll(next);
    List<@Nullable Object> values = new ArrayList<>(assignments.values());
    values.add(id);
    values.add(expected.text());
    return new Command(
        "UPDATE %s SET %s WHERE grant_id = ? AND rev = ?"
            .formatted(table, assignments.assignments()),
        values);
  }

  Command delete(String id, Row.Revision expected) {
    return Command.of(delete, id, expected.text());
  }

  /** Returns the query for a page behind an id; the empty one is before all. */
  Command page(RowFilter filter, String after, int limit) {
    StringBuilder sql = new StringBuilder(page);
    List<@Nullable Object> values = new ArrayList<>();
    values.add(after);
    equal("state", filter.state(), sql, values);
    equal("provider", filter.provider(), sql, values);
    equal("group_ref", filter.groupRef(), sql, values);
    if (filter.leaseLapsed()) {
      sql.append(" AND lease_until IS NOT NULL AND lease_until <= ").append(dialect.comparedTime());
    }
    values.add((long) limit);
    return new Command(sql.append(" ORDER BY grant_id LIMIT ?").toString(), values);
  }

  private static void equal(
      String column, @Nullable String value, StringBuilder sql, List<@Nullable Object> values) {
    if (value != null) {
      sql.append(" AND ").append(column).append(" = ?");
      values.add(value);
    }
  }

  /** Returns the query for a page of rows that are due. */
  Command due(Row.@Nullable Cursor after, int limit) {
    StringBuilder sql = new StringBuilder(due);
    List<@Nullable Object> values = new ArrayList<>();
    if (after != null) {
      sql.append(" AND ").append(dialect.behindCursor());
      for (int i = dialect.behindCursor().split("\\?", -1).length - 1; i > 1; i--) {
        values.add(after.lookAt().millis());
      }
      values.add(after.id());
    }
    values.add((long) limit);
    return new Command(sql.append(" ORDER BY look_at, grant_id LIMIT ?").toString(), values);
  }
}
