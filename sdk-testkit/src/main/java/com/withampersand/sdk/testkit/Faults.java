package com.withampersand.sdk.testkit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** The faults that a fake, or an org of it, still has in store. */
final class Faults {
  private final Lock lock = new ReentrantLock();
  private final List<Entry> next = new ArrayList<>();
  private final Map<Kind, Entry> every = new EnumMap<>(Kind.class);

  private final Optional<Faults> whole;

  Faults() {
    this.whole = Optional.empty();
  }

  /** Creates the faults of a part, whose requests meet those of the whole as well. */
  Faults(Faults whole) {
    this.whole = Optional.of(whole);
  }

  /** Requests of one kind, all of which can be told to meet a fault. */
  enum Kind {
    TOKEN_REQUESTS,
    API_CALLS,
    REQUESTS
  }

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
  void every(Kind kind, Predicate<? super ReceivedRequest> which, Fault fault) {
    lock.lock();
    try {
      every.put(kind, new Entry(which, fault));
    } finally {
      lock.unlock();
    }
  }

  Reply answer(ReceivedRequest request, Work work, Shutdown shutdown) {
    try {
      return takeAll(request).meet(request, work, shutdown);
    } catch (Shutdown.Stopped e) {
      return Reply.none();
    }
  }

  private Fault takeAll(ReceivedRequest request) {
    Fault outer = whole.map(faults -> faults.takeAll(request)).orElse(Fault.none());
    return outer.and(take(request));
  }

  private Fault take(ReceivedRequest request) {
    lock.lock();
    try {
      return every.values().stream()
          .filter(entry -> entry.which().test(request))
          .map(Entry::fault)
          .reduce(Fault.none(), Fault::and)
          .and(takeNext(request));
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
}
