package com.withampersand.sdk.token.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.crypto.TokenSealer.Sealing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a sealer that encrypts has to do. */
interface TokenSealerContract {
  ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  ConnectionKey BOB = new ConnectionKey("salesforce", "acme", "bob");
  byte[] CONTENT = bytes("{\"refresh_token\":\"CanaryRefresh!861\",\"name\":\"M\u00fcller\"}");

  /** Returns the sealer of this test, always the same. */
  TokenSealer sealer();

  /** Takes away everything that the sealer asks. */
  void cutOff();

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static TokenStoreException refused(TokenSealer sealer, ConnectionKey grant, String text) {
    return catchThrowableOfType(TokenStoreException.class, () -> sealer.open(grant, text));
  }

  @Test
  default void open_whatWasSealed_isTheSameContent() {
    Sealing sealing = sealer().prepare(ADA);

    assertThat(sealer().open(ADA, sealing.seal(CONTENT))).isEqualTo(CONTENT);
    assertThat(sealer().open(ADA, sealing.seal(new byte[0]))).isEmpty();
    assertThat(sealer().open(ADA, sealing.seal(new byte[100_000])))
        .hasSize(100_000)
        .containsOnly(0);
  }

  @Test
  default void seal_anyContent_isAsciiWithoutWhiteSpaceAndHidesIt() {
    String text = sealer().prepare(ADA).seal(CONTENT);

    assertThat(text).isASCII().doesNotContainAnyWhitespaces().doesNotContain("Canary");
    assertThat(sealer().isOutdated(text)).isFalse();
  }

  @Test
  default void seal_sameContentAgain_isAnotherText() {
    Sealing sealing = sealer().prepare(ADA);

    assertThat(sealing.seal(CONTENT)).isNotEqualTo(sealing.seal(CONTENT));
  }

  @Test
  default void open_textOfAnotherGrant_isRefused() {
    String text = sealer().prepare(BOB).seal(CONTENT);

    assertThat(refused(sealer(), ADA, text)).isNotNull();
  }

  @Test
  default void open_textCutAnywhere_isRefused() {
    String text = sealer().prepare(ADA).seal(CONTENT);

    for (int length = 0; length < text.length(); length++) {
      assertThat(refused(sealer(), ADA, text.substring(0, length)))
          .as("cut to %d", length)
          .isNotNull();
    }
  }

  @Test
  default void open_textWithAnotherCharacterAnywhere_isRefusedAndNotQuoted() {
    String text = sealer().prepare(ADA).seal(CONTENT);

    for (int i = 0; i < text.length(); i++) {
      for (String other :
          List.of(
              "A",
              "b",
              "7",
              "-",
              "_",
              ".",
              "=",
              "+",
              "/",
              " ",
              "\n",
              "\0",
              "\u00fc",
              "\ud83d\ude80")) {
        if (!text.startsWith(other, i)) {
          String altered = text.substring(0, i) + other + text.substring(i + 1);
          assertThat(refused(sealer(), ADA, altered))
              .as("'%s' at %d", other, i)
              .isNotNull()
              .hasMessageNotContainingAny(text.substring(text.length() - 20), "Canary", "\n");
        }
      }
    }
  }

  @Test
  default void seal_whatItAsksIsAwaySincePrepare_stillSeals() {
    Sealing sealing = sealer().prepare(ADA);
    cutOff();

    String first = sealing.seal(CONTENT);
    String second = sealing.seal(CONTENT);

    assertThat(List.of(first, second))
        .doesNotHaveDuplicates()
        .allMatch(text -> text.length() > 100);
  }
}
