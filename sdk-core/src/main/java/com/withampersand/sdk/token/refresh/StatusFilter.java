package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which grants {@link FreshTokens#statuses} lists. Immutable, and safe to share between threads.
 */
public final class StatusFilter {
  private static final Set<Kind> STORED =
      EnumSet.of(
          Kind.ACTIVE,
          Kind.NEEDS_CONSENT,
          Kind.BLOCKED,
          Kind.HANDING_OVER,
          Kind.HANDED_OVER,
          Kind.DISCONNECTING,
          Kind.OLD);

  private final @Nullable Kind kind;
  private final @Nullable Duration idle;
  private final @Nullable Scopes lacking;

  private StatusFilter(@Nullable Kind kind, @Nullable Duration idle, @Nullable Scopes lacking) {
    this.kind = kind;
    this.idle = idle;
    this.lacking = lacking;
  }

  /** Returns a filter that every grant fits. */
  public static StatusFilter all() {
    return new StatusFilter(null, null, null);
  }

  /**
   * Returns a filter for one kind of status. States that are stored are found by an index of the
   * store; for {@link Kind#IN_DOUBT} all rows are looked at, and opened only if their columns say
   * that there may be a doubt; for {@link Kind#FOREIGN} and {@link Kind#UNREADABLE} every row is
   * opened.
   */
  public static StatusFilter of(Kind kind) {
    return new StatusFilter(Objects.requireNonNull(kind, "kind"), null, null);
  }

  /**
   * Returns a filter for grants whose tokens were stored that long ago. All rows are looked at, and
   * those opened whose column says so.
   */
  public static StatusFilter idleFor(Duration idle) {
    return new StatusFilter(null, Durations.requirePositive(idle, "idle time"), null);
  }

  /** Returns a filter for grants that lack one of these scopes. It opens every row. */
  public static StatusFilter lacking(Scopes scopes) {
    return new StatusFilter(null, null, Objects.requireNonNull(scopes, "scopes"));
  }

  /** Returns the rows among which all that fit are. */
  RowFilter rows() {
    return kind == null || !STORED.contains(kind) ? RowFilter.all() : RowFilter.state(kind.name());
  }

  /** Tells whether a row can fit, by what is plain in it. */
  boolean mayFit(Row row) {
    return row.sealed() != null
        && (kind != Kind.IN_DOUBT || isDoubtful(row))
        && (idle == null || GrantRow.between(row.tokensAt(), row.readAt()).compareTo(idle) >= 0);
  }

  private static boolean isDoubtful(Row row) {
    Row.Lease lease = row.lease();
    return row.state().equals(Kind.IN_DOUBT.name())
        || (lease != null && lease.isOver(row.readAt()));
  }

  boolean fits(GrantStatus status) {
    return (kind == null || kind == status.kind()) && (lacking == null || lacks(status));
  }

  private boolean lacks(GrantStatus status) {
    return switch (status.kind()) {
      case ABSENT, UNREADABLE, FOREIGN -> false;
      default -> !status.scopes().containsAll(Objects.requireNonNull(lacking));
    };
  }
}
