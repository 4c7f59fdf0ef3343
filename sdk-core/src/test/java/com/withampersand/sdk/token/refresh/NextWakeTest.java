package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
import static com.withampersand.sdk.token.refresh.SampleMemory.in;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.refresh.Memory.Exchange;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NextWakeTest {
  /** In seconds; an exchange is given up then. */
  @ParameterizedTest
  @CsvSource({"5, 9, 7, 5", "9, 5, 7, 5", "9, 7, 5, 5"})
  void wake_isTheEarliestOfAll(long retry, long first, long second, long wake) {
    Step step =
        SampleMemory.of()
            .retryAt(in(Duration.ofSeconds(retry)))
            .open(exchange("a", first), exchange("b", second))
            .after(new Event.Woke());

    assertThat(step.actions()).containsExactly(new Action.WakeAt(in(Duration.ofSeconds(wake))));
  }

  private static Exchange exchange(String call, long seconds) {
    Grant grant = grant(VERSION, new GrantState.Active(), "token");
    return new Exchange(call, grant, 3, CLOCK, in(Duration.ofSeconds(seconds)));
  }
}
