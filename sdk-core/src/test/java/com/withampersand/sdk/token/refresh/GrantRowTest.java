package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.StoreTime;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrantRowTest {
  /** A row that others changed may hold any instants. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "5, 3, -2",
    "-1, 9223372036854775807, 9223372036854775807",
    "-9223372036854775808, 9223372036854775807, 9223372036854775807",
    "1, -9223372036854775808, -9223372036854775808",
    "9223372036854775807, -9223372036854775808, -9223372036854775808",
    "-9223372036854775808, -9223372036854775808, 0"
  })
  void between_anyTwoInstants_endsAtTheLongestThereIs(long from, long to, long millis) {
    assertThat(GrantRow.between(new StoreTime(from), new StoreTime(to)))
        .isEqualTo(Duration.ofMillis(millis));
  }
}
