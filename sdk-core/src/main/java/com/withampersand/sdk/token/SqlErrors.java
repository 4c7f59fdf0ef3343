package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/** What the errors of databases mean, by their SQLState. */
final class SqlErrors {
  /** Of standard SQL, PostgreSQL, MySQL and MariaDB. */
  private static final Set<String> CURABLE_CLASSES =
      Set.of(
          "08", // no connection
          "40", // rolled back: deadlock, serialization
          "53", // out of memory, disk or connections
          "57", // stopped by the operator, shutting down, starting up, statement timed out
          "58", // input or output
          "HYT"); // timed out

  private static final Set<String> CURABLE =
      Set.of(
          "25006", // read-only: not or no longer the primary
          "55P03", // lock not available
          "70100", // MariaDB: statement timed out
          "90067", // H2: connection broken
          "90098", // H2: database closed
          "90121", // H2: database closing
          "90131"); // H2: row changed at the same time

  private static final Set<String> NO_TABLE = Set.of("42P01", "42S02", "42S03", "42S04");

  private static final int MYSQL_DUPLICATE = 1062;

  private SqlErrors() {}

  /** Tells whether the row that was to be inserted is there. */
  static boolean isDuplicate(SQLException e) {
    return state(e).equals("23505")
        || (state(e).equals("23000") && e.getErrorCode() == MYSQL_DUPLICATE);
  }

  /** Tells whether others got in the way, and nothing was done. */
  static boolean isConflict(SQLException e) {
    return state(e).startsWith("40") || state(e).equals("90131");
  }

  /** Tells whether the same statement may succeed in a moment. */
  static boolean isCurable(SQLException e) {
    return e instanceof SQLTransientException
        || e instanceof SQLRecoverableException
        || e instanceof SQLNonTransientConnectionException
        || CURABLE.contains(state(e))
        || CURABLE_CLASSES.stream().anyMatch(state(e)::startsWith);
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }

  /** What is asked of a database. */
  interface Work<T> {
    T run() throws SQLException;
  }

  /**
   * Does work.
   *
   * @throws TokenStoreException if that fails, beginning with what could not be done
   */
  static <T> T telling(String failure, Work<T> work) {
    try {
      return work.run();
    } catch (SQLException e) {
      throw exception(failure, e);
    }
  }

  /**
   * Returns the exception to throw.
   *
   * @param what says what could not be done to which grant, and what has become of it
   */
  static TokenStoreException exception(String what, SQLException e) {
    boolean curable = isCurable(e);
    return new TokenStoreException(
        what
            + " (SQLState "
            + e.getSQLState()
            + ", error "
            + e.getErrorCode()
            + "). "
            + remedy(e, curable),
        curable,
        e);
  }

  private static String remedy(SQLException e, boolean curable) {
    if (NO_TABLE.contains(state(e))) {
      return "The table is missing: call createTableIfMissing(), or run the SQL that comes with the SDK.";
    }
    return curable
        ? "The database was out of reach, overloaded or in conflict: try again."
        : "Trying again will not help: look the code up in the manual of the database.";
  }

  /** Returns what an error is, without what it says. */
  static SQLException withoutData(SQLException e) {
    String what = names(e) + "; messages left out";
    SQLException bare =
        isCurable(e)
            ? new SQLTransientException(what, e.getSQLState(), e.getErrorCode())
            : new SQLException(what, e.getSQLState(), e.getErrorCode());
    bare.setStackTrace(e.getStackTrace());
    return bare;
  }

  private static String names(Throwable e) {
    String name = e.getClass().getName();
    return e.getCause() == null ? name : name + " by " + names(e.getCause());
  }
}
