package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has to be stored, whatever happens: in this order, and one at a time. New tokens go ahead of
 * what waits, since they alone cannot be had again; only a put that is being written stays before
 * them.
 */
final class PutQueue {
  private final List<Put> puts;

  PutQueue(List<Put> puts) {
    this.puts = new ArrayList<>(puts);
  }

  boolean isEmpty() {
    return puts.isEmpty();
  }

  List<Put> all() {
    return List.copyOf(puts);
  }

  Put first() {
    return puts.get(0);
  }

  void add(Put put) {
    puts.add(put);
  }

  /**
   * Adds new tokens ahead of the rest; they say what states of the same lease had to say. By the
   * time they are stored, what was read for a consent behind them is old.
   */
  void add(Put.Result result, boolean isFirstBeingWritten) {
    int at = isFirstBeingWritten ? 1 : 0;
    puts.subList(at, puts.size())
        .removeIf(put -> put instanceof Put.State state && state.lease() == result.lease());
    puts.subList(at, puts.size()).replaceAll(PutQueue::notLookedUp);
    puts.add(at, result);
  }

  private static Put notLookedUp(Put put) {
    return put instanceof Put.Consent consent ? consent.lookedUp(false) : put;
  }

  Put removeFirst() {
    return puts.remove(0);
  }

  void replaceFirst(Put put) {
    puts.set(0, put);
  }

  void retryFirst(Tries tries) {
    replaceFirst(first().with(tries));
  }

  /** Returns when the first is tried next; null for at once. */
  @Nullable NodeTime next() {
    return first().tries().next();
  }

  boolean isDue(Now now) {
    return !isEmpty() && (next() == null || now.isPast(next()));
  }

  /** Tells whether what has to be stored first cannot be stored now. */
  boolean isStuck() {
    return !isEmpty() && first().tries().failures() > 0;
  }
}
