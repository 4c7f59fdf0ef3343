package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.internal.Durations;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Leaves hosts alone that are out of service. It counts only what says that of a host: unreachable,
 * 5xx and 429, and only over many different grants, since thousands of orgs share one host. No
 * answer, whatever it asks for, closes a host for longer than two minutes: what one grant is told
 * must not end the others, and each of them waits for itself as it was told, for an hour at most.
 */
final class Breaker {
  private static final int DIFFERENT_GRANTS = 20;
  private static final int HOSTS = 1_000;
  private static final Duration SHORTEST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Host> hosts =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Host> eldest) {
          return size() > HOSTS;
        }
      };

  private static final class Host {
    final Set<String> failing = new HashSet<>();
    int opened;
    @Nullable NodeTime until;
  }

  /** Returns until when a host is left alone; null if it is not. */
  @Nullable NodeTime closedUntil(String host, NodeTime now) {
    lock.lock();
    try {
      Host known = hosts.get(host);
      return known == null || known.until == null || !now.isBefore(known.until)
          ? null
          : known.until;
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a host answered as one in service does, whatever it answered. */
  void worked(String host) {
    lock.lock();
    try {
      hosts.remove(host);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes that a host failed a grant.
   *
   * @param longer how long it asked to be left alone; null if it did not
   */
  void failed(String host, String grant, NodeTime now, @Nullable Duration longer) {
    lock.lock();
    try {
      Host known = hosts.computeIfAbsent(host, name -> new Host());
      known.failing.add(grant);
      boolean isOpen = known.until != null && now.isBefore(known.until);
      if (!isOpen && (known.failing.size() >= DIFFERENT_GRANTS || known.opened > 0)) {
        Duration pause = SHORTEST.multipliedBy(1L << Math.min(known.opened, 10));
        Duration asked = longer == null ? pause : Durations.most(longer, pause);
        known.until = now.plus(Durations.least(asked, LONGEST));
        known.opened++;
        known.failing.clear();
      }
    } finally {
      lock.unlock();
    }
  }
}
