package com.withampersand.sdk.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentTest {
  /** RFC 3986, section 2.3: unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~". */
  @Test
  void encode_unreservedCharacters_leavesThem() {
    String unreserved = "ABCXYZabcxyz0123456789-._~";

    assertThat(Percent.encode(unreserved)).isEqualTo(unreserved);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a b|a%20b",
        "a+b|a%2Bb",
        "a&b=c|a%26b%3Dc",
        "100%|100%25",
        "https://x.example/cb?a=b#c|https%3A%2F%2Fx.example%2Fcb%3Fa%3Db%23c",
        "*!'()|%2A%21%27%28%29",
        "\u00e9|%C3%A9",
        "\u20ac5|%E2%82%AC5",
        "x\ud83d\ude80y|x%F0%9F%9A%80y",
        "\u6771\u4eac|%E6%9D%B1%E4%BA%AC"
      })
  void encode_otherCharacters_encodesTheirUtf8Bytes(String text, String encoded) {
    assertThat(Percent.encode(text)).isEqualTo(encoded);
  }

  @Test
  void encode_everyAsciiCharacter_isReadBackTheSame() {
    StringBuilder ascii = new StringBuilder();
    for (char c = 0; c < 0x80; c++) {
      ascii.append(c);
    }

    String encoded = Percent.encode(ascii.toString());

    assertThat(encoded).matches("([A-Za-z0-9._~-]|%[0-9A-F]{2})+");
    assertThat(Percent.decode(encoded)).isEqualTo(ascii.toString());
  }

  @Test
  void encode_intoBuilder_appends() {
    StringBuilder target = new StringBuilder("a=");

    Percent.encode("b c", target);

    assertThat(target).hasToString("a=b%20c");
  }

  @Test
  void encode_emptyText_isEmpty() {
    assertThat(Percent.encode("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain|plain",
        "a+b|a b",
        "a%2Bb|a+b",
        "a%2bb+c|a+b c",
        "%C3%A9t%c3%a9|\u00e9t\u00e9",
        "%F0%9F%9A%80|\ud83d\ude80",
        "\u00e9%20\ud83d\ude80|\u00e9 \ud83d\ude80",
        "aPrx%3D%3D|aPrx=="
      })
  void decode_encodedText_isDecoded(String encoded, String text) {
    assertThat(Percent.decode(encoded)).isEqualTo(text);
  }

  @Test
  void decode_textEncodedTwice_isDecodedOnce() {
    assertThat(Percent.decode("a%253Db")).isEqualTo("a%3Db");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "a%", "a%4", "%zz", "%4g", "%-1", "%+1", "% 1"})
  void decode_brokenEscape_isRefusedWithoutQuotingTheText(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Percent.decode("secret" + text))
        .withMessageNotContaining("secret")
        .withNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%\uff14\uff11", "%\u0664\u0661"})
  void decode_escapeWithDigitsThatAreNotAscii_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Percent.decode(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%ff", "%C3", "%C3%28", "%ED%A0%80", "%C0%80", "%F8%88%80%80%80"})
  void decode_bytesThatAreNotUtf8_areRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Percent.decode(text))
        .withMessage("the text does not decode to UTF-8");
  }
}
