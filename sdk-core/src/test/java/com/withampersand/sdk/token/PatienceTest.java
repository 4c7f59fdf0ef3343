package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final long TEN_MILLIS = Duration.ofMillis(10).toNanos();
  private static final long HALF_A_SECOND = Duration.ofMillis(500).toNanos();

  private static List<Long> pausesWithin(Duration longest) throws InterruptedException {
    MovableTime time = new MovableTime();
    Patience patience = Patience.starting(time, longest);
    boolean hasTime = patience.pause();
    while (hasTime) {
      hasTime = patience.pause();
    }
    return time.pauses();
  }

  @Test
  void pause_untilTheEnd_fillsTheTimeExactly() throws InterruptedException {
    List<Long> pauses = pausesWithin(Duration.ofMinutes(1));

    assertThat(pauses.stream().mapToLong(pause -> pause).sum())
        .isEqualTo(Duration.ofMinutes(1).toNanos());
  }

  @Test
  void pause_eachTime_isShortAtFirstAndHalfASecondAtMost() throws InterruptedException {
    List<Long> pauses = pausesWithin(Duration.ofMinutes(1));

    assertThat(pauses.get(0)).isBetween(TEN_MILLIS / 2, TEN_MILLIS);
    assertThat(pauses).allMatch(pause -> pause <= HALF_A_SECOND);
    assertThat(pauses.subList(40, pauses.size() - 1)).allMatch(pause -> pause >= HALF_A_SECOND / 2);
  }

  @Test
  void pause_afterSomeWait_isNoLongerThanAboutAFifthOfIt() throws InterruptedException {
    long waited = 0;

    for (long pause : pausesWithin(Duration.ofSeconds(2))) {
      assertThat(pause).isLessThanOrEqualTo(TEN_MILLIS + waited * 2 / 5);
      waited += pause;
    }
  }

  @Test
  void pause_byMany_isNotOfOneLength() throws InterruptedException {
    Set<Long> first = new HashSet<>();

    for (int i = 0; i < 20; i++) {
      first.add(pausesWithin(Duration.ofSeconds(1)).get(0));
    }

    assertThat(first).hasSizeGreaterThan(10);
  }

  @Test
  void pause_noTimeAtAll_isRefusedAtOnce() throws InterruptedException {
    assertThat(pausesWithin(Duration.ZERO)).isEmpty();
  }

  @Test
  void pause_moreTimeThanALongCanCount_isLong() throws InterruptedException {
    Patience patience = Patience.starting(new MovableTime(), Duration.ofSeconds(Long.MAX_VALUE));

    assertThat(patience.pause()).isTrue();
  }
}
