package com.withampersand.sdk.oauth;

import com.withampersand.sdk.TokenStoreException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps the nonces of used states by the minute in which they expire, so that a call looks at no
 * more than the minutes that are over.
 */
final class InMemoryReplayGuard implements ReplayGuard {
  static final int MOST = 1_000_000;
  private static final long SECONDS = 60;

  /** In minutes: the signer's clock may be behind this one. */
  private static final long KEPT_BEYOND_EXPIRY = 60;

  private final Clock clock;
  private final ConcurrentNavigableMap<Long, Map<String, Long>> byMinute =
      new ConcurrentSkipListMap<>();
  private final Map<String, Long> used = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();

  InMemoryReplayGuard(Clock clock) {
    this.clock = clock;
  }

  @Override
  public boolean markUsed(String nonce, Instant expiresAt) {
    forgetExpired();
    if (count.get() >= MOST) {
      throw new TokenStoreException(
          "Too many callbacks arrived at once: "
              + MOST
              + " used states are remembered, which is all that one node keeps. Let the user start again"
              + " later.",
          true,
          null);
    }
    long minute = Math.floorDiv(expiresAt.getEpochSecond(), SECONDS) + 1 + KEPT_BEYOND_EXPIRY;
    if (used.putIfAbsent(nonce, minute) != null) {
      return false;
    }
    count.incrementAndGet();
    endingIn(minute).put(nonce, minute);
    return true;
  }

  private Map<String, Long> endingIn(long minute) {
    Map<String, Long> marks = byMinute.get(minute);
    if (marks == null) {
      Map<String, Long> none = new ConcurrentHashMap<>();
      Map<String, Long> others = byMinute.putIfAbsent(minute, none);
      return others == null ? none : others;
    }
    return marks;
  }

  @Override
  public void markUnused(String nonce) {
    Long minute = used.get(nonce);
    Map<String, Long> marks = minute == null ? null : byMinute.get(minute);
    if (marks != null) {
      marks.remove(nonce);
    }
    forget(nonce);
  }

  private void forget(String nonce) {
    if (used.remove(nonce) != null) {
      count.decrementAndGet();
    }
  }

  private void forgetExpired() {
    long now = Math.floorDiv(clock.instant().getEpochSecond(), SECONDS);
    Map.Entry<Long, Map<String, Long>> first = byMinute.firstEntry();
    while (first != null && first.getKey() <= now) {
      Map<String, Long> over = byMinute.remove(first.getKey());
      if (over != null) {
        over.keySet().forEach(this::forget);
      }
      first = byMinute.firstEntry();
    }
  }

  /** Returns how many marks are kept. */
  int size() {
    return count.get();
  }
}
