package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One page of a walk through a store. Immutable, and safe to share between threads.
 *
 * @param <T> what it holds
 * @param items what was found; may be empty although there is more
 * @param next where the next page begins; null if no row was left to look at
 */
public record Page<T>(List<T> items, @Nullable ConnectionKey next) {
  /** Copies the items. */
  public Page {
    items = List.copyOf(items);
  }

  /** Returns where the next page begins; empty if no row was left to look at. */
  public Optional<ConnectionKey> nextAfter() {
    return Optional.ofNullable(next);
  }
}
