package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.in;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PausesTest {
  private final Pauses pauses = SampleMemory.of().draft().pauses();

  /** Without jitter. */
  @Test
  void backOff_failsAgainAndAgain_doublesThePauseUpToThePolicys() {
    Stream<Duration> pausesOf =
        IntStream.range(0, 40)
            .mapToObj(i -> pauses.backOff(Failure.Kind.PROVIDER, null))
            .map(failure -> Objects.requireNonNull(failure.retryAfter()));

    assertThat(pausesOf.map(Duration::toSeconds).distinct())
        .containsExactly(1L, 2L, 4L, 8L, 16L, 30L);
    assertThat(Objects.requireNonNull(pauses.backoff()).failures()).isEqualTo(40);
    assertThat(Objects.requireNonNull(pauses.backoff()).until())
        .isEqualTo(in(Duration.ofSeconds(30)));
  }

  @Test
  void backOff_ofAGivenLength_countsAsTheFirst() {
    pauses.backOff(Duration.ofMinutes(2), Failure.of(Failure.Kind.PROVIDER));

    assertThat(pauses.isBackingOff()).isTrue();
    assertThat(pauses.duringBackoff().retryAfter()).isEqualTo(Duration.ofMinutes(2));
    assertThat(pauses.backOff(Failure.Kind.PROVIDER, null).retryAfter())
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void goAway_storeFailsAgainAndAgain_doublesThePauseUpToEightSeconds() {
    Stream<Duration> pausesOf =
        IntStream.range(0, 40)
            .peek(i -> pauses.goAway(null))
            .mapToObj(i -> Objects.requireNonNull(pauses.whileAway().retryAfter()));

    assertThat(pausesOf.map(Duration::toMillis).distinct())
        .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L);
    assertThat(Objects.requireNonNull(pauses.away()).failures()).isEqualTo(40);
  }

  @Test
  void storeFailed_tellsWhenTheStoreIsAskedAgain() {
    assertThat(pauses.storeFailed(null).retryAfter()).isEqualTo(Pauses.SHORTEST);

    pauses.goAway(null);
    assertThat(pauses.storeFailed(null).retryAfter()).isEqualTo(Duration.ofMillis(500));

    pauses.endAway();
    assertThat(pauses.isAway()).isFalse();
    assertThat(pauses.storeFailed(null).retryAfter()).isEqualTo(Pauses.SHORTEST);
  }
}
