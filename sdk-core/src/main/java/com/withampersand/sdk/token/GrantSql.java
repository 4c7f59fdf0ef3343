package com.withampersand.sdk.token;

import java.time.Duration;

/** The statements of one table, in one database's words. */
final class GrantSql {
  private static final String NO_LEASE = "lease_until = NULL, lease_owner = NULL";

  final SqlDialect dialect;
  final String find;
  final String insert;
  final String replace;
  final String delete;
  final String take;
  final String taken;
  final String write;
  final String release;
  final String look;
  final String page;

  GrantSql(SqlDialect dialect, String table, Duration leaseLength) {
    String row = "WHERE grant_id = ?";
    String free = free("", dialect);
    this.dialect = dialect;
    find = "SELECT tokens FROM %s %s".formatted(table, row);
    insert = insert(table, dialect);
    replace =
        "UPDATE %s SET tokens = ?, version = version + 1, %s %s AND %s"
            .formatted(table, NO_LEASE, row, free);
    delete = "DELETE FROM %s %s AND %s".formatted(table, row, free);
    take =
        "UPDATE %s SET lease_owner = ?, lease_until = %s %s AND %s"
                .formatted(table, dialect.later(leaseLength), row, free)
            + (dialect.hasReturning() ? " RETURNING version, tokens" : "");
    taken = "SELECT version, tokens FROM %s %s AND lease_owner = ?".formatted(table, row);
    write = write(table, row);
    release = "UPDATE %s SET %s %s AND lease_owner = ?".formatted(table, NO_LEASE, row);
    look = "SELECT CASE WHEN %s THEN 1 ELSE 0 END FROM %s %s".formatted(free, table, row);
    page =
        "SELECT provider, group_ref, consumer_ref FROM %s WHERE grant_id > ? ORDER BY grant_id LIMIT ?"
            .formatted(table);
  }

  /** Nobody has the grant, or whoever had it did not come back in time. */
  private static String free(String prefix, SqlDialect dialect) {
    return "(%1$slease_owner IS NULL OR %1$slease_until <= %2$s)".formatted(prefix, dialect.now());
  }

  private static String insert(String table, SqlDialect dialect) {
    String insert =
        "INSERT INTO %s (grant_id, provider, group_ref, consumer_ref, tokens, version) VALUES (?, ?, ?, ?, ?, ?)";
    if (!dialect.hasConflictClause()) {
      return insert.formatted(table);
    }
    return insert.formatted(table + " AS present")
        + " ON CONFLICT (grant_id) DO UPDATE SET tokens = EXCLUDED.tokens,"
        + " version = present.version + 1, %s WHERE %s"
            .formatted(NO_LEASE, free("present.", dialect));
  }

  /**
   * The version alone decides: late, but not too late, is welcome. A lease that is somebody else's
   * by then stays theirs. MySQL assigns from left to right, so the owner comes last.
   */
  private static String write(String table, String row) {
    return """
        UPDATE %s SET tokens = ?, version = version + 1,
          lease_until = CASE WHEN lease_owner = ? THEN NULL ELSE lease_until END,
          lease_owner = CASE WHEN lease_owner = ? THEN NULL ELSE lease_owner END
          %s AND version = ?"""
        .formatted(table, row);
  }
}
