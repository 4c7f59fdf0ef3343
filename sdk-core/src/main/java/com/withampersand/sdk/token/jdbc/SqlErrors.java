package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.internal.Throwables;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the errors of databases mean, by their SQLState and code.
 *
 * <p>Both questions are asked the other way round: whether trying again <i>cannot</i> help, and
 * whether a write <i>cannot</i> have happened. What is not known for certain counts as curable and
 * as perhaps written: tokens that exist nowhere else may depend on it.
 */
final class SqlErrors {
  /** Data, constraint, statement or permission: the same statement fails again. */
  private static final Set<String> INCURABLE_CLASSES = Set.of("22", "23", "42");

  /** PostgreSQL behind a pooler: the prepared statement's name is taken on this connection. */
  private static final String NAME_TAKEN = "42P05";

  /** MySQL and MariaDB say 42000 for limits, too: connections, queries, prepared statements. */
  private static final Set<Integer> MYSQL_LIMITS = Set.of(1203, 1226, 1461);

  /** Refused as a whole. 57, for one, is not here: the server may have stopped after the commit. */
  private static final Set<String> REFUSED_CLASSES = Set.of("22", "23", "25", "42", "53", "55");

  private static final String STATEMENT_CANCELED = "57014";
  private static final String COMPLETION_UNKNOWN = "40003";

  /** MySQL and MariaDB: read-only, with a SQLState that says nothing. */
  private static final int MYSQL_READ_ONLY = 1290;

  /**
   * MySQL and MariaDB: waited too long for a lock. Each driver has a SQLState of its own for it.
   */
  private static final int MYSQL_LOCKED = 1205;

  private static final Set<String> NO_TABLE = Set.of("42P01", "42S02", "42S03", "42S04");
  private static final Set<String> NO_COLUMN = Set.of("42703", "42S22");

  /** PostgreSQL: another process created the table, or the type of its rows, a moment ago. */
  private static final Set<String> CREATED_MEANWHILE = Set.of("42P07", "42710");

  private static final int MYSQL_DUPLICATE = 1062;

  /** MariaDB: the row has changed since it was read. */
  private static final int MARIADB_CHANGED = 1020;

  /** H2: deadlock, or the row was changed at the same time. */
  private static final Set<Integer> H2_CONFLICTS = Set.of(40001, 50200, 90131);

  private SqlErrors() {}

  /** Tells whether the row that was to be inserted is there. */
  static boolean isDuplicate(SQLException e) {
    return state(e).equals("23505")
        || (state(e).equals("23000") && e.getErrorCode() == MYSQL_DUPLICATE);
  }

  /** Tells whether other statements got in the way, and nothing was done. */
  static boolean isConflict(SQLException e) {
    return isRolledBack(e)
        || (state(e).equals("HY000") && e.getErrorCode() == MARIADB_CHANGED)
        || H2_CONFLICTS.contains(e.getErrorCode());
  }

  private static boolean isRolledBack(SQLException e) {
    return state(e).startsWith("40")
        && !state(e).equals(COMPLETION_UNKNOWN)
        && e.getErrorCode() != MYSQL_LOCKED;
  }

  /** Tells whether a table is missing. */
  static boolean isTableMissing(SQLException e) {
    return NO_TABLE.contains(state(e));
  }

  /** Tells whether a column is missing. */
  static boolean isColumnMissing(SQLException e) {
    return NO_COLUMN.contains(state(e));
  }

  /** Tells whether a table is not, or no longer, as a change of its definition expects. */
  static boolean isDefinitionConflict(SQLException e) {
    return state(e).startsWith("42S")
        || CREATED_MEANWHILE.contains(state(e))
        || isConflict(e)
        || isDuplicate(e);
  }

  /** Tells whether the same statement may succeed later. */
  static boolean isCurable(SQLException e) {
    return !INCURABLE_CLASSES.contains(stateClass(e))
        || state(e).equals(NAME_TAKEN)
        || MYSQL_LIMITS.contains(e.getErrorCode());
  }

  /** Tells whether a statement that was sent may have done its work all the same. */
  static boolean isOutcomeUnknown(SQLException e) {
    return !isConflict(e)
        && !REFUSED_CLASSES.contains(stateClass(e))
        && !state(e).equals(STATEMENT_CANCELED)
        && e.getErrorCode() != MYSQL_READ_ONLY
        && e.getErrorCode() != MYSQL_LOCKED;
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }

  private static String stateClass(SQLException e) {
    return state(e).length() < 2 ? "" : state(e).substring(0, 2);
  }

  /**
   * Returns the exception to throw.
   *
   * @param what says what could not be done to which grant
   * @param maybeDone whether a write may have happened
   */
  static TokenStoreException exception(String what, SQLException e, boolean maybeDone) {
    keepInterrupt(e);
    return new TokenStoreException(
        "%s (SQLState %s, error %d). %s"
            .formatted(what, e.getSQLState(), e.getErrorCode(), remedy(e)),
        isCurable(e),
        maybeDone,
        e);
  }

  /** Not every pool sets the flag again. */
  private static void keepInterrupt(Throwable e) {
    if (Throwables.causes(e).stream().anyMatch(InterruptedException.class::isInstance)) {
      Thread.currentThread().interrupt();
    }
  }

  private static String remedy(SQLException e) {
    if (isTableMissing(e)) {
      return "The table is missing: call migrate(), or run the SQL that comes with the SDK.";
    }
    if (isColumnMissing(e)) {
      return "The table belongs to another version of the SDK: call migrate(), or update the SDK.";
    }
    return isCurable(e)
        ? "The database could not be reached, was overloaded, or refused for now: try again."
        : "Trying again does not help: look the code up in the manual of the database.";
  }

  /** Returns what an error is, without what it says: drivers quote statements and rows. */
  static SQLException withoutData(SQLException e) {
    keepInterrupt(e);
    String what = names(e) + "; messages left out";
    SQLException bare =
        isCurable(e)
            ? new SQLTransientException(what, e.getSQLState(), e.getErrorCode())
            : new SQLException(what, e.getSQLState(), e.getErrorCode());
    bare.setStackTrace(e.getStackTrace());
    return bare;
  }

  /** Returns the same for what a driver should not throw. */
  static SQLException withoutData(RuntimeException e) {
    keepInterrupt(e);
    SQLException bare = new SQLTransientException(names(e) + "; messages left out");
    bare.setStackTrace(e.getStackTrace());
    return bare;
  }

  private static String names(Throwable e) {
    return Throwables.causes(e).stream()
        .map(each -> each.getClass().getName())
        .collect(Collectors.joining(" by "));
  }
}
