package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.TokenStoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A keyring from a supplier, which is asked:
 *
 * <ol>
 *   <li>when a keyring is needed for the first time; after a failure at most once a second;
 *   <li>when an envelope names a key that the present keyring does not have; at most once a minute;
 *   <li>when the present keyring is needed for writing and has reached its age; after a failure
 *       once a minute. One thread asks meanwhile, and all others use the present keyring, which
 *       also stays if the supplier fails.
 * </ol>
 *
 * <p>The supplier is asked by one thread at a time. Those who need its answer wait for it.
 */
final class SuppliedKeyring implements KeyringSource {
  static final Duration PAUSE = Duration.ofMinutes(1);

  private static final Duration PAUSE_WITHOUT_KEYRING = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(SuppliedKeyring.class);

  private final Supplier<Keyring> supplier;
  private final Clock clock;
  private final Duration refreshEvery;
  private final Duration maxWait;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile Answer last = new Answer(null, Instant.MIN, null);

  /**
   * Creates the source.
   *
   * @param refreshEvery the age at which a keyring is refreshed
   * @param maxWait how long a thread waits while another one asks the supplier
   */
  SuppliedKeyring(
      Supplier<Keyring> supplier, Clock clock, Duration refreshEvery, Duration maxWait) {
    this.supplier = supplier;
    this.clock = clock;
    this.refreshEvery = refreshEvery;
    this.maxWait = maxWait;
  }

  /** The latest keyring, when the supplier was last asked, and how that failed. */
  private record Answer(@Nullable Keyring keyring, Instant askedAt, @Nullable Throwable failure) {}

  @Override
  public Keyring current() {
    Keyring present = wanted(keyring -> true);
    refreshIfDue();
    return Objects.requireNonNullElse(last.keyring(), present);
  }

  @Override
  public Keyring holding(String keyId) {
    return wanted(keyring -> keyring.reads(keyId));
  }

  private Keyring wanted(Predicate<Keyring> fits) {
    Keyring present = last.keyring();
    if (present != null && fits.test(present)) {
      return present;
    }
    awaitTurn();
    try {
      Keyring now = last.keyring();
      if (now != null && fits.test(now)) {
        return now;
      }
      return askAgainAfter(now == null ? PAUSE_WITHOUT_KEYRING : PAUSE);
    } finally {
      asking.unlock();
    }
  }

  private void refreshIfDue() {
    if (isDue() && asking.tryLock()) {
      try {
        if (isDue()) {
          ask();
        }
      } finally {
        asking.unlock();
      }
    }
  }

  private boolean isDue() {
    return isPast(last.failure() == null ? refreshEvery : PAUSE);
  }

  @Override
  public boolean mayChange() {
    return true;
  }

  /** Asks the supplier unless it was asked less than that ago, and returns what it said last. */
  private Keyring askAgainAfter(Duration pause) {
    Throwable failure = isPast(pause) ? ask() : last.failure();
    if (failure != null) {
      throw failure("failed", failure);
    }
    Keyring keyring = last.keyring();
    if (keyring == null) {
      throw failure("has not answered yet", null);
    }
    return keyring;
  }

  /** Also past if the clock was set back by so much: waiting would have no end. */
  private boolean isPast(Duration pause) {
    return Duration.between(last.askedAt(), clock.instant()).abs().compareTo(pause) >= 0;
  }

  /** Asks the supplier, and returns why it failed. */
  private @Nullable Throwable ask() {
    Answer before = last;
    // Recorded before the call, too, so that a supplier that comes back here is not asked again.
    last = new Answer(before.keyring(), clock.instant(), null);
    try {
      Keyring keyring = Objects.requireNonNull(supplier.get(), "the supplier returned null");
      last = new Answer(keyring, clock.instant(), null);
      logChange(before.keyring(), keyring);
      return null;
    } catch (Throwable e) {
      // The interrupt of one thread must not keep the others from asking.
      last = isInterrupt(e) ? before : new Answer(before.keyring(), clock.instant(), e);
      logFailure(before.keyring(), e);
      if (e instanceof VirtualMachineError fatal) {
        throw fatal;
      }
      return e;
    }
  }

  private static boolean isInterrupt(Throwable failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return Thread.currentThread().isInterrupted();
  }

  private static void logChange(@Nullable Keyring before, Keyring keyring) {
    if (before != null && !before.keyId().equals(keyring.keyId())) {
      log.info("Sealing with the key {} now, no longer with {}", keyring.keyId(), before.keyId());
    }
  }

  private static void logFailure(@Nullable Keyring before, Throwable failure) {
    if (before != null) {
      log.warn("The supplier of the keyring failed. {} stays in use", before, failure);
    }
  }

  private void awaitTurn() {
    try {
      if (!asking.tryLock(maxWait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw failure("has not answered for " + maxWait.toSeconds() + " s", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("has not answered, and the wait for it was interrupted", e);
    }
  }

  private static TokenStoreException failure(String what, @Nullable Throwable cause) {
    return new TokenStoreException(
        "The supplier of the keyring " + what + ". Nothing was sealed or opened.", true, cause);
  }

  @Override
  public String toString() {
    Keyring present = last.keyring();
    return present == null ? "no keyring yet" : present.toString();
  }
}
