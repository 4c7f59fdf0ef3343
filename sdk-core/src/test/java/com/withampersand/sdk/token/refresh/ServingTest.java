package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServingTest {
  /** All in milliseconds; a rename has a lease of a hundred years. */
  @ParameterizedTest
  @CsvSource({
    "0, 25",
    "75, 25",
    "90, 30",
    "300, 100",
    "750, 250",
    "29000, 250",
    "-1, 250",
    "-3153600000000, 250"
  })
  void pollAfter_isAThirdOfTheTimeSoFar_withinItsLimits(long soFar, long pause) {
    assertThat(Serving.pollAfter(Duration.ofMillis(soFar))).isEqualTo(Duration.ofMillis(pause));
  }
}
