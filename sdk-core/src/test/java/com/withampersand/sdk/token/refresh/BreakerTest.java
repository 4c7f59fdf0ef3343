package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class BreakerTest {
  private static final String HOST = "login.example";
  private static final NodeTime START = new NodeTime(0);

  private final Breaker breaker = new Breaker();

  private void fail(int grants, NodeTime now, @Nullable Duration asked) {
    for (int i = 0; i < grants; i++) {
      breaker.failed(HOST, "grant" + i, now, asked);
    }
  }

  private static NodeTime at(Duration duration) {
    return START.plus(duration);
  }

  @Test
  void closedUntil_fewGrantsFailed_leavesTheHostOpen() {
    fail(19, START, null);
    fail(19, START, null);
    assertThat(breaker.closedUntil(HOST, START)).isNull();
  }

  @Test
  void closedUntil_manyGrantsFailed_isTwoSecondsLater_forThisHostAlone() {
    fail(20, START, null);

    assertThat(breaker.closedUntil(HOST, START)).isEqualTo(at(Duration.ofSeconds(2)));
    assertThat(breaker.closedUntil("other.example", START)).isNull();
    assertThat(breaker.closedUntil(HOST, at(Duration.ofMillis(1_999)))).isNotNull();
    assertThat(breaker.closedUntil(HOST, at(Duration.ofSeconds(2)))).isNull();
  }

  @Test
  void failed_stillFailsWhenItIsTriedAgain_doublesThePauseUpToTwoMinutes() {
    fail(20, START, null);
    NodeTime now = at(Duration.ofSeconds(2));
    for (long seconds : new long[] {4, 8, 16, 32, 64, 120, 120}) {
      fail(1, now, null);
      NodeTime next = now.plus(Duration.ofSeconds(seconds));
      assertThat(breaker.closedUntil(HOST, now)).isEqualTo(next);
      now = next;
    }
  }

  /** An answer to one grant, however absurd, must not keep the others from their tokens. */
  @ParameterizedTest
  @CsvSource({
    "1, 2",
    "30, 30",
    "120, 120",
    "121, 120",
    "3600, 120",
    "999999999, 120",
    "9223372036854775807, 120",
    "-5, 2"
  })
  void failed_hostAsksForAPause_getsTwoMinutesAtMost(long asked, long closed) {
    fail(20, START, Duration.ofSeconds(asked));
    assertThat(breaker.closedUntil(HOST, START)).isEqualTo(at(Duration.ofSeconds(closed)));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(longs = 999_999_999)
  void worked_endsWhatWasCounted(@Nullable Long asked) {
    fail(20, START, asked == null ? null : Duration.ofSeconds(asked));
    breaker.worked(HOST);

    assertThat(breaker.closedUntil(HOST, START)).isNull();
    fail(19, START, null);
    assertThat(breaker.closedUntil(HOST, START)).isNull();
  }

  /** A process of many orgs must not remember every host that ever failed. */
  @Test
  void failed_manyHosts_remembersTheLatestThousand() {
    fail(20, START, null);
    for (int i = 0; i < 999; i++) {
      breaker.failed("host" + i, "grant", START, null);
    }
    assertThat(breaker.closedUntil(HOST, START)).isNotNull();

    breaker.failed("another", "grant", START, null);

    assertThat(breaker.closedUntil(HOST, START)).isNull();
  }
}
