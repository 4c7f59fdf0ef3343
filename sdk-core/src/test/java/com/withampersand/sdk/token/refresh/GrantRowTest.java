package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleRows.REFUSAL;
import static com.withampersand.sdk.token.refresh.SampleRows.ago;
import static com.withampersand.sdk.token.refresh.SampleRows.held;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.Blocked;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrantRowTest {
  /** A row that others changed may hold any instants. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "5, 3, -2",
    "-1, 9223372036854775807, 9223372036854775807",
    "-9223372036854775808, 0, 9223372036854775807",
    "-9223372036854775808, 9223372036854775807, 9223372036854775807",
    "1, -9223372036854775808, -9223372036854775808",
    "9223372036854775807, -9223372036854775808, -9223372036854775808",
    "-9223372036854775808, -9223372036854775808, 0"
  })
  void between_anyTwoInstants_endsAtTheLongestThereIs(long from, long to, long millis) {
    assertThat(GrantRow.between(new StoreTime(from), new StoreTime(to)))
        .isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void heldFor_isCountedFromTheEndOfTheLease() {
    assertThat(live(new Active(), held(3, "other")).heldFor(Duration.ofSeconds(30)))
        .isEqualTo(Duration.ofSeconds(10));
    assertThat(live(new Active(), null).heldFor(Duration.ofSeconds(30))).isZero();
  }

  @Test
  void since_isWhenTheStateSaysOrElseWhenTheRowDoes() {
    StoreTime yesterday = ago(Duration.ofDays(1));
    StoreTime stamped = ago(Duration.ofDays(6));

    assertThat(live(new Active(), null).since()).isEqualTo(stamped);
    assertThat(live(InDoubt.NEW, null).since()).isEqualTo(stamped);
    assertThat(live(new InDoubt(yesterday, 0, 0), null).since()).isEqualTo(yesterday);
    assertThat(live(new Blocked(REFUSAL, false, null, null), null).since()).isEqualTo(stamped);
    assertThat(live(new Blocked(REFUSAL, false, yesterday, null), null).since())
        .isEqualTo(yesterday);
  }
}
