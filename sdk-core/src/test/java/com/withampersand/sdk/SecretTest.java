package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecretTest {
  private static final String VALUE = "5Aep861TSESvWeug_xvFHRBTTbf_YrTWgEyjBJrJhzyn";

  @Test
  void reveal_anyValue_isTheValueItself() {
    String withSpaces = " a secret\n";

    Secret secret = Secret.of(withSpaces);

    assertThat(secret.reveal()).isEqualTo(withSpaces);
  }

  @Test
  void of_emptyValue_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Secret.of(""))
        .withMessage("a secret must not be empty");
  }

  @Test
  void toString_anyValue_showsAsterisksAndFingerprintAlone() {
    Secret secret = Secret.of(VALUE);

    String shown = secret.toString();

    assertThat(shown).isEqualTo("***(" + secret.fingerprint() + ")").doesNotContain("5Aep");
  }

  @Test
  void toString_withinOtherValues_showsNoValue() {
    Secret secret = Secret.of(VALUE);

    String shown = List.of(secret) + " " + Optional.of(secret) + String.format("%s", secret);

    assertThat(shown).doesNotContain(VALUE).contains("***(");
  }

  @Test
  void fingerprint_knownValue_isTheBeginningOfItsSha256() {
    Secret secret = Secret.of("abc");

    assertThat(secret.fingerprint()).isEqualTo("ba7816bf");
  }

  @Test
  void fingerprint_otherValue_differs() {
    Secret secret = Secret.of(VALUE);
    Secret other = Secret.of(VALUE + "x");

    assertThat(secret.fingerprint()).isNotEqualTo(other.fingerprint());
  }

  @Test
  void equals_sameValue_isTrueWithTheSameHashCode() {
    Secret secret = Secret.of(VALUE);
    Secret same = Secret.of(VALUE);

    assertThat(secret).isEqualTo(same).hasSameHashCodeAs(same);
  }

  @Test
  void equals_otherValueOrOtherType_isFalse() {
    Secret secret = Secret.of(VALUE);

    assertThat(secret)
        .isNotEqualTo(Secret.of(VALUE.substring(1)))
        .isNotEqualTo(Secret.of(VALUE.toLowerCase(Locale.ROOT)))
        .isNotEqualTo(VALUE);
  }
}
