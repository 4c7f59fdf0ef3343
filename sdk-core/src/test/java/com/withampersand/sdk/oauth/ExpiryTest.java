package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.oauth.Expiry.Certainty;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ExpiryTest {
  private static final Instant END = Instant.parse("2026-11-24T12:30:00Z");

  @Test
  void known_instant_holdsIt() {
    Expiry expiry = Expiry.known(END);

    assertThat(expiry.certainty()).isEqualTo(Certainty.KNOWN);
    assertThat(expiry.instant()).contains(END);
    assertThat(expiry).hasToString("known 2026-11-24T12:30:00Z");
  }

  @Test
  void estimated_instant_holdsIt() {
    Expiry expiry = Expiry.estimated(END);

    assertThat(expiry.certainty()).isEqualTo(Certainty.ESTIMATED);
    assertThat(expiry.instant()).contains(END);
    assertThat(expiry).hasToString("estimated 2026-11-24T12:30:00Z");
  }

  @Test
  void unknown_hasNoInstant() {
    Expiry expiry = Expiry.unknown();

    assertThat(expiry.certainty()).isEqualTo(Certainty.UNKNOWN);
    assertThat(expiry.instant()).isEmpty();
    assertThat(expiry).hasToString("unknown");
  }

  @Test
  void isPast_justBeforeTheInstant_isFalse() {
    Expiry expiry = Expiry.known(END);

    assertThat(expiry.isPast(END.minusNanos(1))).isFalse();
  }

  @Test
  void isPast_atTheInstantItself_isTrue() {
    Expiry expiry = Expiry.estimated(END);

    assertThat(expiry.isPast(END)).isTrue();
  }

  @Test
  void isPast_unknown_isNeverTrue() {
    Expiry expiry = Expiry.unknown();

    assertThat(expiry.isPast(Instant.MAX)).isFalse();
  }

  @Test
  void equals_sameInstantAndCertainty_isTrueWithTheSameHashCode() {
    Expiry expiry = Expiry.known(END);
    Expiry same = Expiry.known(END);

    assertThat(expiry).isEqualTo(same).hasSameHashCodeAs(same);
  }

  @Test
  void equals_otherInstantOrCertainty_isFalse() {
    Expiry expiry = Expiry.known(END);

    assertThat(expiry)
        .isNotEqualTo(Expiry.estimated(END))
        .isNotEqualTo(Expiry.known(END.plusSeconds(1)))
        .isNotEqualTo(Expiry.unknown());
  }
}
