package com.withampersand.sdk.token.crypto;

import static com.withampersand.sdk.token.crypto.TokenSealerContract.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Envelopes of the first version, stored as it wrote them. */
class FirstVersionTest {
  private static final TokenCipher CIPHER = TokenCipher.of(FirstVersionSample.KEYRING);
  private static final FirstVersionSample ADA = FirstVersionSample.ofAda();
  private static final ConnectionKey BOB = new ConnectionKey("salesforce", "acme", "bob");

  static List<FirstVersionSample> samples() {
    return FirstVersionSample.all();
  }

  static Stream<FirstVersionSample> encryptedSamples() {
    return samples().stream().filter(sample -> !sample.isPlain());
  }

  private static String refusal(String text) {
    return String.valueOf(refused(CIPHER, ADA.grant(), text).getMessage());
  }

  @Test
  void samples_asStored_areThere() {
    assertThat(samples()).hasSize(9);
    assertThat(encryptedSamples()).hasSize(7).allMatch(sample -> sample.text().startsWith("v1."));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void open_storedEnvelope_isItsContentAndOutdated(FirstVersionSample sample) {
    assertThat(CIPHER.open(sample.grant(), sample.text())).isEqualTo(sample.content());
    assertThat(CIPHER.isOutdated(sample.text())).isTrue();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void seal_contentOfAStoredEnvelope_isSecondVersion(FirstVersionSample sample) {
    byte[] content = CIPHER.open(sample.grant(), sample.text());

    String renewed = CIPHER.prepare(sample.grant()).seal(content);

    assertThat(renewed).startsWith("v2.2026.");
    assertThat(CIPHER.open(sample.grant(), renewed)).isEqualTo(sample.content());
    assertThat(CIPHER.isOutdated(renewed)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("encryptedSamples")
  void open_storedEnvelopeForAnotherGrant_isRefusedAsMoved(FirstVersionSample sample) {
    ConnectionKey other = new ConnectionKey("salesforce", "acme", "eve");

    assertThat(refused(CIPHER, other, sample.text()))
        .hasMessageContaining("consumerRef=eve")
        .hasMessageContaining("were sealed for another grant");
  }

  @Test
  void open_otherLabel_isRefusedAsAltered() {
    String label = CIPHER.prepare(BOB).seal(new byte[0]).replaceFirst(".*\\.", "");
    String relabelled = ADA.text().replaceFirst("[^.]*$", label);

    assertThat(refusal(relabelled)).contains("altered");
    assertThat(refused(CIPHER, BOB, relabelled)).hasMessageContaining("altered");
  }

  @Test
  void open_anySingleBitFlipped_isRefused() {
    for (int i = 0; i < ADA.text().length(); i++) {
      for (int bit = 0; bit < 7; bit++) {
        StringBuilder flipped = new StringBuilder(ADA.text());
        flipped.setCharAt(i, (char) (ADA.text().charAt(i) ^ (1 << bit)));
        assertThat(refused(CIPHER, ADA.grant(), flipped.toString()))
            .as("bit %d of character %d", bit, i)
            .isNotNull()
            .returns(false, TokenStoreException::isRetryable);
      }
    }
  }

  @Test
  void open_anySingleBitOfTheDataFlipped_isRefusedAsAltered() {
    String[] parts = ADA.text().split("\\.", -1);
    byte[] data = Base64.getUrlDecoder().decode(parts[2]);

    for (int bit = 0; bit < data.length * 8; bit++) {
      byte[] flipped = data.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      parts[2] = Base64.getUrlEncoder().withoutPadding().encodeToString(flipped);
      assertThat(refusal(String.join(".", parts))).as("bit %d", bit).contains("were altered");
    }
  }

  @Test
  void open_cutAnywhere_isRefusedAsCut() {
    for (int length = 0; length < ADA.text().length(); length++) {
      assertThat(refusal(ADA.text().substring(0, length)))
          .as("cut to %d", length)
          .contains("end too early");
    }
  }

  @Test
  void open_otherVersionInFront_isRefusedAsAltered() {
    String second = CIPHER.prepare(ADA.grant()).seal(ADA.content());

    assertThat(refusal("v2" + ADA.text().substring(2))).contains("were altered");
    assertThat(refusal("v1" + second.substring(2))).contains("were altered");
  }

  @Test
  void open_renamedKey_isRefusedAlthoughTheKeyIsTheSame() {
    TokenCipher twoNames =
        TokenCipher.of(
            Keyring.of("2026", FirstVersionSample.KEY_2026)
                .alsoReads("same", FirstVersionSample.KEY_2026));

    String renamed = ADA.text().replace("v1.2026.", "v1.same.");

    assertThat(refused(twoNames, ADA.grant(), renamed)).hasMessageContaining("altered");
  }

  @Test
  void open_keyGivenAsSecretKey_opensWhateverItsAlgorithmIsCalled() {
    byte[] key = Base64.getDecoder().decode(FirstVersionSample.KEY_2026.reveal());

    for (String algorithm : List.of("AES", "HmacSHA256", "Generic")) {
      TokenCipher cipher = TokenCipher.of(Keyring.of("2026", new SecretKeySpec(key, algorithm)));

      assertThat(cipher.open(ADA.grant(), ADA.text())).isEqualTo(ADA.content());
    }
  }

  @Test
  void open_plainEnvelope_isRefusedWhereTheKeyringDoesNotReadIt() {
    TokenCipher strict = TokenCipher.of(Keyring.of("2026", FirstVersionSample.KEY_2026));
    FirstVersionSample plain =
        samples().stream().filter(FirstVersionSample::isPlain).findFirst().orElseThrow();

    assertThat(refused(strict, plain.grant(), plain.text()))
        .hasMessageContaining("are not encrypted")
        .hasMessageContaining("alsoReadsPlainText()");
    assertThat(refused(CIPHER, BOB, plain.text())).hasMessageContaining("another grant");
    assertThat(TokenCipher.storingPlainText().open(plain.grant(), plain.text()))
        .isEqualTo(plain.content());
    assertThat(TokenCipher.storingPlainText().isOutdated(plain.text())).isTrue();
  }

  @Test
  void open_otherKeyOfTheSameName_isRefusedWithThatGuess() {
    Secret other = TokenCipher.newKey();

    assertThat(refused(TokenCipher.of(Keyring.of("2026", other)), ADA.grant(), ADA.text()))
        .hasMessageContaining("another key than the one named 2026");
  }
}
