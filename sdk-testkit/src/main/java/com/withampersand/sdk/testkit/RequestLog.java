package com.withampersand.sdk.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** The requests that arrived, in the order of their arrival. */
final class RequestLog {
  private static final long LONGEST_WAIT_SECONDS = 30;

  private final Lock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final List<ReceivedRequest> requests = new ArrayList<>();
  private final Optional<RequestLog> whole;

  RequestLog() {
    this.whole = Optional.empty();
  }

  /** Creates the log of a part, whose requests are in that of the whole as well. */
  RequestLog(RequestLog whole) {
    this.whole = Optional.of(whole);
  }

  void add(ReceivedRequest request) {
    whole.ifPresent(log -> log.add(request));
    lock.lock();
    try {
      requests.add(request);
      added.signalAll();
    } finally {
      lock.unlock();
    }
  }

  List<ReceivedRequest> all() {
    lock.lock();
    try {
      return List.copyOf(requests);
    } finally {
      lock.unlock();
    }
  }

  List<ReceivedRequest> at(String path) {
    lock.lock();
    try {
      return requests.stream().filter(request -> request.path().equals(path)).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until so many requests have arrived at a path, and returns them. */
  List<ReceivedRequest> await(String path, int count) {
    long left = TimeUnit.SECONDS.toNanos(LONGEST_WAIT_SECONDS);
    lock.lock();
    try {
      List<ReceivedRequest> found = at(path);
      while (found.size() < count) {
        if (left <= 0) {
          throw new IllegalStateException(
              "%d of %d requests have arrived at %s after %d seconds"
                  .formatted(found.size(), count, path, LONGEST_WAIT_SECONDS));
        }
        left = added.awaitNanos(left);
        found = at(path);
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for requests to arrive", e);
    } finally {
      lock.unlock();
    }
  }

  void clear() {
    lock.lock();
    try {
      requests.clear();
    } finally {
      lock.unlock();
    }
  }
}
