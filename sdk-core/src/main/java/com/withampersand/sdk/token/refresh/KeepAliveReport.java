package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.Row;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@link FreshTokens#keepAlive} did. Immutable, and safe to share between threads.
 *
 * @param seen how many rows were due
 * @param refreshed how many grants it refreshed
 * @param settled how many hand-overs and disconnects that were cut off it finished, and deleted
 *     rows it cleared away
 * @param notDue how many needed nothing, or are another process's at this moment
 * @param foreign how many no renewer here owns
 * @param failed how many could not be refreshed; those of users who have to connect again among
 *     them
 * @param failures those that could not be refreshed, each with the reason; at most a thousand, and
 *     first those for whom it will not help to try again
 * @param last where the sweep ended: {@link SweepOptions#after} goes on from here; null if it saw
 *     nothing
 * @param isComplete whether it looked at everything that was due
 */
public record KeepAliveReport(
    long seen,
    long refreshed,
    long settled,
    long notDue,
    long foreign,
    long failed,
    List<Failure> failures,
    Row.@Nullable Cursor last,
    boolean isComplete) {

  /** Copies the failures. */
  public KeepAliveReport {
    failures = List.copyOf(failures);
  }

  /** Returns where the sweep ended, if it saw anything. */
  public Optional<Row.Cursor> resumeAfter() {
    return Optional.ofNullable(last);
  }

  /**
   * One grant that could not be refreshed.
   *
   * @param connection the name of the grant
   * @param exception why
   */
  public record Failure(ConnectionKey connection, RuntimeException exception) {
    /** Checks that nothing is missing. */
    public Failure {
      Objects.requireNonNull(connection, "connection");
      Objects.requireNonNull(exception, "exception");
    }
  }
}
