package com.withampersand.sdk.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Rows by their IDs, in the order of their creation. Rows are values: a change puts another in
 * their place, under a lock, so that it is seen whole or not at all.
 */
final class FakeRows<T> {
  private final Lock lock = new ReentrantLock();
  private final Map<String, T> rows = new LinkedHashMap<>();

  T add(String id, T row) {
    locked(() -> rows.put(id, row));
    return row;
  }

  /** Adds a row unless there is one like it; empty if there is. */
  Optional<T> addUnless(Predicate<T> alike, String id, T row) {
    return locked(
        () ->
            rows.values().stream().anyMatch(alike) ? Optional.empty() : Optional.of(add(id, row)));
  }

  List<String> ids() {
    return locked(() -> List.copyOf(rows.keySet()));
  }

  List<T> all() {
    return locked(() -> List.copyOf(rows.values()));
  }

  Optional<T> find(String id) {
    return Optional.ofNullable(locked(() -> rows.get(id)));
  }

  /** Puts what {@code change} makes of a row in its place; empty if there is no such row. */
  Optional<T> update(String id, UnaryOperator<T> change) {
    return Optional.ofNullable(
        locked(() -> rows.computeIfPresent(id, (key, row) -> change.apply(row))));
  }

  boolean remove(String id) {
    return locked(() -> rows.keySet().remove(id));
  }

  private <R> R locked(Supplier<R> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
