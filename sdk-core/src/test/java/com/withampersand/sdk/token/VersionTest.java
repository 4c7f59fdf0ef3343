package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {
  private static final Version LARGEST =
      new Version(
          Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);

  /** Each is newer than those before it, whatever the numbers further right. */
  private static final List<Version> IN_ORDER =
      List.of(
          Version.OLD,
          new Version(0, 1, 0, 0, 1),
          new Version(0, 1, 0, 1, 0),
          new Version(0, 1, 0, 10, 0),
          new Version(0, 1, 1, 0, 0),
          new Version(0, 1, 9, 9, 9),
          new Version(0, 2, 0, 0, 0),
          new Version(0, 10, 0, 0, 0),
          Version.ofConsent(7),
          Version.ofConsent(1_700_000_000_000L),
          LARGEST);

  @Test
  void compareTo_andText_haveTheSameOrder() {
    for (int i = 0; i < IN_ORDER.size(); i++) {
      for (int j = 0; j < IN_ORDER.size(); j++) {
        Version a = IN_ORDER.get(i);
        Version b = IN_ORDER.get(j);
        assertThat(Integer.signum(a.compareTo(b)))
            .as("%s, %s", a, b)
            .isEqualTo(Integer.compare(i, j));
        assertThat(Integer.signum(a.toString().compareTo(b.toString())))
            .as("%s, %s", a, b)
            .isEqualTo(Integer.compare(i, j));
        assertThat(a.isAfter(b)).isEqualTo(i > j);
      }
    }
  }

  @Test
  void parse_whatToStringWrote_isTheSame() {
    assertThat(IN_ORDER).allSatisfy(v -> assertThat(Version.parse(v.toString())).isEqualTo(v));
  }

  @Test
  void toString_isFiveDecimalsOfFixedWidth() {
    assertThat(new Version(1, 22, 333, 4444, 55555))
        .hasToString(
            "0000000000000000001.0000000000000000022.0000000000000000333.0000000000000004444.0000055555");
    assertThat(LARGEST)
        .hasToString(
            "9223372036854775807.9223372036854775807.9223372036854775807.9223372036854775807.2147483647");
  }

  @Test
  void toString_whereDigitsAreOthers_isTheSame() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(Version.OLD.toString()).startsWith("0000000000000000000.0000000000000000001.");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void ofConsent_isItsFirstGeneration() {
    assertThat(Version.ofConsent(5)).isEqualTo(new Version(5, 1, 0, 0, 0));
  }

  @Test
  void new_oneNumberIsNegative_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Version(-1, 0, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Version(0, -1, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Version(0, 0, -1, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Version(0, 0, 0, -1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Version(0, 0, 0, 0, -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1.1.0.0.0",
        "0000000000000000001.0000000000000000022.0000000000000000333.0000000000000004444",
        "0000000000000000001.0000000000000000022.0000000000000000333.0000000000000004444.0000055555 ",
        "-000000000000000001.0000000000000000022.0000000000000000333.0000000000000004444.0000055555",
        "9999999999999999999.0000000000000000022.0000000000000000333.0000000000000004444.0000055555",
        "0000000000000000001.0000000000000000022.0000000000000000333.0000000000000004444.9999999999"
      })
  void parse_anythingElse_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Version.parse(text));
  }
}
