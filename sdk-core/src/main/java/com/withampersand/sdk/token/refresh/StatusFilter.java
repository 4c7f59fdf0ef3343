package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which grants {@link FreshTokens#statuses} lists. Immutable, and safe to share between threads.
 */
public final class StatusFilter {
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

  /** Returns a filter for one kind of state; found by a column of the store. */
  public static StatusFilter of(Kind kind) {
    return new StatusFilter(Objects.requireNonNull(kind, "kind"), null, null);
  }

  /** Returns a filter for grants whose tokens were stored that long ago; by a column. */
  public static StatusFilter idleFor(Duration idle) {
    return new StatusFilter(null, Durations.requirePositive(idle, "idle time"), null);
  }

  /** Returns a filter for grants that lack one of these scopes. It opens every row. */
  public static StatusFilter lacking(Scopes scopes) {
    return new StatusFilter(null, null, Objects.requireNonNull(scopes, "scopes"));
  }

  @Nullable Kind kind() {
    return kind;
  }

  @Nullable Duration idle() {
    return idle;
  }

  boolean fits(GrantStatus status, Duration age) {
    return (kind == null || kind == status.kind())
        && (idle == null || (status.tokensAt().isPresent() && age.compareTo(idle) >= 0))
        && (lacking == null || lacks(status));
  }

  private boolean lacks(GrantStatus status) {
    return switch (status.kind()) {
      case ABSENT, UNREADABLE, FOREIGN -> false;
      default -> !status.scopes().containsAll(Objects.requireNonNull(lacking));
    };
  }
}
