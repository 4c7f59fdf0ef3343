package com.withampersand.sdk.salesforce.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShownTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "\r\n",
        "\t",
        "\u0000",
        "\u001b",
        "\u0085",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u200b",
        "\u2028\u2029\n"
      })
  void of_whatEndsOrTurnsALine_isABlank(String odd) {
    assertThat(ShownText.of("a" + odd + "b")).isEqualTo("a b");
  }

  @Test
  void of_longText_isCutInTheMiddle() {
    assertThat(ShownText.of("a".repeat(150) + "b".repeat(150)))
        .isEqualTo("a".repeat(100) + "…" + "b".repeat(100));
    assertThat(ShownText.of("a".repeat(200))).hasSize(200);
  }
}
