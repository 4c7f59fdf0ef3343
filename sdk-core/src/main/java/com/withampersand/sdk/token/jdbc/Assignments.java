package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.token.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What columns are set to by an insert or an update. No expression reads a column that another one
 * sets: MySQL and MariaDB would see the new value.
 */
final class Assignments {
  /** Later than anything that is waited for, and far from what a BIGINT cannot hold. */
  private static final long LONGEST = Long.MAX_VALUE / 4;

  private final String now;
  private final List<String> columns = new ArrayList<>();
  private final List<String> expressions = new ArrayList<>();
  private final List<@Nullable Object> values = new ArrayList<>();

  /**
   * Starts with none.
   *
   * @param now the expression for the instant of the write
   */
  Assignments(String now) {
    this.now = now;
  }

  /** Returns the column that a stamp sets. */
  static String column(Row.Stamp stamp) {
    return switch (stamp) {
      case TOKENS -> "tokens_at";
      case STATE -> "state_at";
      case SENT -> "sent_at";
    };
  }

  /** Sets what a change says. */
  void setAll(Row.Change next) {
    set("rev", next.revision().text());
    set("version", next.version().toString());
    set("consent_id", next.consent());
    set("state", next.state());
    set("client", next.client());
    setLease(next.lease());
    set("leases", next.leases());
    setLater("look_at", millis(next.lookIn()));
    for (Row.Stamp stamp : next.stamps()) {
      setLater(column(stamp), stamp == Row.Stamp.SENT ? -millis(next.sentAgo()) : 0);
    }
    set("sealed", next.sealed());
  }

  private void setLease(Row.LeaseChange lease) {
    if (lease instanceof Row.LeaseChange.Hold hold) {
      set("lease_no", hold.number());
      set("lease_holder", hold.holder());
      setLater("lease_until", millis(hold.length()));
    } else if (lease instanceof Row.LeaseChange.Clear) {
      setNull("lease_no");
      setNull("lease_holder");
      setNull("lease_until");
    }
  }

  Assignments set(String column, @Nullable Object value) {
    values.add(value);
    return add(column, "?");
  }

  /** Sets an instant so many milliseconds after the write. */
  Assignments setLater(String column, long millis) {
    if (millis == 0) {
      return add(column, now);
    }
    values.add(millis);
    return add(column, now + " + ?");
  }

  private void setNull(String column) {
    add(column, "NULL");
  }

  private Assignments add(String column, String expression) {
    columns.add(column);
    expressions.add(expression);
    return this;
  }

  private static long millis(Duration length) {
    try {
      return Math.max(-LONGEST, Math.min(LONGEST, length.toMillis()));
    } catch (ArithmeticException e) {
      return length.isNegative() ? -LONGEST : LONGEST;
    }
  }

  String columns() {
    return String.join(", ", columns);
  }

  String expressions() {
    return String.join(", ", expressions);
  }

  /** Returns {@code column = expression} for each. */
  String assignments() {
    return IntStream.range(0, columns.size())
        .mapToObj(i -> columns.get(i) + " = " + expressions.get(i))
        .collect(Collectors.joining(", "));
  }

  List<@Nullable Object> values() {
    return values;
  }
}
