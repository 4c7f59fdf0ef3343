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
}
