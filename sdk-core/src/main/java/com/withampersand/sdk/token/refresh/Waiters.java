package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The callers who wait, the latest last, and among them what the protocol wants by itself. Who is
 * answered waits no longer; what no caller waits for ends without an answer. Lists of waiters are
 * copies, so that each may be answered while the list is walked.
 */
final class Waiters {
  private final List<Waiter> waiters;
  private final List<Action> actions;

  Waiters(List<Waiter> waiters, List<Action> actions) {
    this.waiters = new ArrayList<>(waiters);
    this.actions = actions;
  }

  void add(Waiter waiter) {
    waiters.add(waiter);
  }

  /** Adds what the protocol wants by itself. */
  void want(Why why) {
    waiters.add(Waiter.of(0, why));
  }

  List<Waiter> all() {
    return List.copyOf(waiters);
  }

  List<Waiter> all(Predicate<Waiter> which) {
    return waiters.stream().filter(which).toList();
  }

  List<Waiter> all(Why why) {
    return all(waiter -> waiter.why() == why);
  }

  /** Returns the one who waits for the longest; null if no one wants this. */
  @Nullable Waiter first(Why why) {
    return waiters.stream().filter(waiter -> waiter.why() == why).findFirst().orElse(null);
  }

  boolean isEmpty() {
    return waiters.isEmpty();
  }

  boolean contains(Waiter waiter) {
    return waiters.contains(waiter);
  }

  boolean areAny(Predicate<Waiter> which) {
    return waiters.stream().anyMatch(which);
  }

  boolean isWanted(Why why) {
    return areAny(waiter -> waiter.why() == why);
  }

  void replace(Waiter waiter, Waiter other) {
    waiters.set(waiters.indexOf(waiter), other);
  }

  void remove(Waiter waiter) {
    waiters.remove(waiter);
  }

  void removeIf(Predicate<Waiter> which) {
    waiters.removeIf(which);
  }

  void serve(Waiter waiter, TokenSet tokens) {
    waiters.remove(waiter);
    if (waiter.id() != 0) {
      actions.add(new Action.Serve(waiter.id(), tokens));
    }
  }

  void fail(Waiter waiter, Failure failure) {
    waiters.remove(waiter);
    if (waiter.id() != 0) {
      actions.add(new Action.Fail(waiter.id(), failure));
    }
  }

  void failAll(Failure failure) {
    failAll(waiter -> true, failure);
  }

  void failAll(Why why, Failure failure) {
    failAll(waiter -> waiter.why() == why, failure);
  }

  void failAll(Predicate<Waiter> which, Failure failure) {
    all(which).forEach(waiter -> fail(waiter, failure));
  }

  void done(Waiter waiter, Outcome outcome) {
    waiters.remove(waiter);
    if (waiter.id() != 0) {
      actions.add(new Action.Done(waiter.id(), outcome));
    }
  }

  void doneAll(Why why, Outcome outcome) {
    doneAll(waiter -> waiter.why() == why, outcome);
  }

  void doneAll(Predicate<Waiter> which, Outcome outcome) {
    all(which).forEach(waiter -> done(waiter, outcome));
  }
}
