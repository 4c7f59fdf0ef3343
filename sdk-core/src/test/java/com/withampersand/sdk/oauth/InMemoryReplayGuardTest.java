package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.TokenStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InMemoryReplayGuardTest {
  private final MovableClock clock = new MovableClock();
  private final InMemoryReplayGuard guard = new InMemoryReplayGuard(clock);

  private Instant in(Duration duration) {
    return clock.instant().plus(duration);
  }

  @Test
  void markUsed_twice_isFirstOnce() {
    assertThat(guard.markUsed("n", in(Duration.ofMinutes(30)))).isTrue();
    assertThat(guard.markUsed("n", in(Duration.ofMinutes(30)))).isFalse();
  }

  @Test
  void markUnused_afterwards_isFirstAgain() {
    guard.markUsed("n", in(Duration.ofMinutes(30)));
    guard.markUnused("n");
    guard.markUnused("never marked");

    assertThat(guard.markUsed("n", in(Duration.ofMinutes(30)))).isTrue();
    assertThat(guard.size()).isEqualTo(1);
  }

  @Test
  void markUsed_untilTheEnd_isRemembered() {
    Instant end = in(Duration.ofMinutes(30));
    guard.markUsed("n", end);
    clock.set(end.minusNanos(1));

    assertThat(guard.markUsed("n", end)).isFalse();
  }

  @Test
  void markUsed_byASignerWhoseClockIsBehind_isRemembered() {
    Instant end = in(Duration.ofMinutes(-59));
    guard.markUsed("n", end);
    clock.advance(Duration.ofSeconds(59));

    assertThat(guard.markUsed("n", end)).isFalse();
  }

  @Test
  void markUsed_expiredStatesByManyThreads_neverFails() throws Exception {
    AtomicInteger done = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int i = 0; i < 40_000; i++) {
      String nonce = "n" + i;
      threads.execute(
          () -> {
            guard.markUsed(nonce, in(Duration.ofHours(-2)));
            done.incrementAndGet();
          });
    }
    threads.shutdown();

    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(done).hasValue(40_000);
  }

  @Test
  void markUsed_overALongTime_keepsNoMoreThanWhatMayComeBack() {
    for (int i = 0; i < 1000; i++) {
      guard.markUsed("n" + i, in(Duration.ofMinutes(30)));
      clock.advance(Duration.ofMinutes(1));
    }

    assertThat(guard.size()).isLessThanOrEqualTo(92);
  }

  @Test
  void markUsed_byManyThreads_isFirstOnce() throws Exception {
    AtomicInteger firsts = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    for (int i = 0; i < 8000; i++) {
      String nonce = "n" + i / 8;
      threads.execute(
          () -> firsts.addAndGet(guard.markUsed(nonce, in(Duration.ofMinutes(30))) ? 1 : 0));
    }
    threads.shutdown();

    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(firsts).hasValue(1000);
  }

  @Test
  void markUsed_moreThanItKeeps_isRefusedUntilSomeAreOver() {
    Instant end = in(Duration.ofMinutes(30));
    for (int i = 0; i < InMemoryReplayGuard.MOST; i++) {
      guard.markUsed(Integer.toString(i), end);
    }

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> guard.markUsed("one more", end))
        .returns(true, TokenStoreException::isRetryable);
    clock.set(end.plus(Duration.ofMinutes(61)));
    assertThat(guard.markUsed("one more", in(Duration.ofMinutes(30)))).isTrue();
    assertThat(guard.size()).isEqualTo(1);
  }

  /** The walk over all marks that this forbids made one mark 200 times as slow. */
  @Test
  void markUsed_besideManyMarks_takesNoLongerThanBesideFew() {
    Instant end = in(Duration.ofMinutes(30));
    InMemoryReplayGuard few = holding(1_000, end);
    InMemoryReplayGuard many = holding(200_000, end);
    long besideFew = Long.MAX_VALUE;
    long besideMany = Long.MAX_VALUE;

    for (int round = 0; round < 20; round++) {
      besideFew = Math.min(besideFew, nanosToMark(few, end));
      besideMany = Math.min(besideMany, nanosToMark(many, end));
    }

    assertThat(few.size()).isEqualTo(1_000);
    assertThat(many.size()).isEqualTo(200_000);
    assertThat((double) besideMany / besideFew).isLessThan(10);
  }

  /** As many customers come, so many minutes are there. */
  private InMemoryReplayGuard holding(int marks, Instant end) {
    InMemoryReplayGuard holding = new InMemoryReplayGuard(clock);
    for (int i = 0; i < marks; i++) {
      holding.markUsed("n" + i, end.plusSeconds(i % 1_800));
    }
    return holding;
  }

  /** Leaves as many marks as it found. */
  private static long nanosToMark(InMemoryReplayGuard guard, Instant end) {
    long start = System.nanoTime();
    for (int i = 0; i < 100; i++) {
      guard.markUsed("new" + i, end);
    }
    long took = System.nanoTime() - start;
    for (int i = 0; i < 100; i++) {
      guard.markUnused("new" + i);
    }
    return took;
  }
}
