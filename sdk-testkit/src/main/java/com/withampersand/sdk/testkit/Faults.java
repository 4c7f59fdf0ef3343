package com.withampersand.sdk.testkit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** The faults that a fake still has in store. */
final class Faults {
  private final Shutdown shutdown = new Shutdown();
  private final Lock lock = new ReentrantLock();
  private final List<Entry> next = new ArrayList<>();
  private Entry every = new Entry(request -> false, Fault.none());

  private record Entry(Predicate<? super ReceivedRequest> which, Fault fault) {}

  /** Lets the next requests that fit meet a fault, after those of earlier calls. */
  void next(int times, Predicate<? super ReceivedRequest> which, Fault fault) {
    if (times < 1) {
      throw new IllegalArgumentException("at least one request has to be meant, not " + times);
    }
    Entry entry = new Entry(which, fault);
    lock.lock();
    try {
      for (int i = 0; i < times; i++) {
        next.add(entry);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets every request that fits meet a fault, in place of the one that was set before. */
  void every(Predicate<? super ReceivedRequest> which, Fault fault) {
    lock.lock();
    try {
      every = new Entry(which, fault);
    } finally {
      lock.unlock();
    }
  }

  Reply answer(ReceivedRequest request, Work work) {
    try {
      return take(request).meet(request, work, shutdown);
    } catch (Shutdown.Stopped e) {
      return Reply.none();
    }
  }

  private Fault take(ReceivedRequest request) {
    lock.lock();
    try {
      Fault lasting = every.which().test(request) ? every.fault() : Fault.none();
      return lasting.and(takeNext(request));
    } finally {
      lock.unlock();
    }
  }

  private Fault takeNext(ReceivedRequest request) {
    for (Iterator<Entry> entries = next.iterator(); entries.hasNext(); ) {
      Entry entry = entries.next();
      if (entry.which().test(request)) {
        entries.remove();
        return entry.fault();
      }
    }
    return Fault.none();
  }

  Shutdown shutdown() {
    return shutdown;
  }
}
