package com.withampersand.sdk.token.crypto;

import static com.withampersand.sdk.token.crypto.TokenSealerContract.ADA;
import static com.withampersand.sdk.token.crypto.TokenSealerContract.CONTENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.withampersand.sdk.Secret;
import java.util.Base64;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyringTest {
  private static final Secret KEY = TokenCipher.newKey();
  private static final Secret OLD_KEY = TokenCipher.newKey();

  private static SecretKey secretKey(byte[] bytes) {
    return new SecretKeySpec(bytes, "AES");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 31, 33, 64})
  void of_keyOfAnotherLength_isRefusedWithItsLength(int length) {
    byte[] bytes = new byte[length];
    Secret key = Secret.of(Base64.getEncoder().encodeToString(bytes) + " ");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Keyring.of("k1", key))
        .withMessageContaining("the key k1 has " + length + " bytes, not 32");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Keyring.of("k1", KEY).alsoReads("k2", key))
        .withMessageContaining("the key k2 has " + length + " bytes, not 32");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Keyring.of("k1", secretKey(bytes)))
        .withMessageContaining("the key k1 has " + length + " bytes, not 32");
  }

  @Test
  void of_keyThatIsNoBase64_isRefusedWithoutQuotingIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Keyring.of("k1", Secret.of("Canary?")))
        .withMessage("the key k1 is not base64; TokenCipher.newKey() makes one")
        .withNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "a.b", "a b", "a\nb", "\u00fc"})
  void of_nameThatAnEnvelopeCannotCarry_isRefused(String keyId) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Keyring.of(keyId, KEY))
        .withMessageContaining("a key's name is up to 64 letters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Keyring.of(keyId, secretKey(new byte[32])))
        .withMessageContaining("a key's name is up to 64 letters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Keyring.of("k1", KEY).alsoReads(keyId, OLD_KEY))
        .withMessageContaining("a key's name is up to 64 letters");
  }

  @Test
  void of_nameAtTheLimit_isTakenAndOneCharacterMoreIsNot() {
    Keyring longest = Keyring.of("k".repeat(64), KEY);

    assertThat(TokenCipher.of(longest).prepare(ADA).seal(CONTENT)).isASCII();
    assertThatIllegalArgumentException().isThrownBy(() -> Keyring.of("k".repeat(65), KEY));
  }

  @Test
  void alsoReads_nameThatIsTaken_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Keyring.of("k1", KEY).alsoReads("k1", OLD_KEY))
        .withMessage("there are two keys named k1");
  }

  @Test
  void alsoReads_ofAKeyring_leavesItAsItWas() {
    Keyring one = Keyring.of("k1", KEY);

    Keyring two = one.alsoReads("k2", OLD_KEY).alsoReadsPlainText();

    assertThat(one).hasToString("Keyring[writes with k1, reads k1]");
    assertThat(two).hasToString("Keyring[writes with k1, reads k1, k2, plain text]");
  }

  @Test
  void of_secretKeyOfTheSameBytes_isTheSameKey() {
    byte[] bytes = Base64.getDecoder().decode(KEY.reveal());
    String text = TokenCipher.of(Keyring.of("k1", KEY)).prepare(ADA).seal(CONTENT);

    TokenCipher cipher = TokenCipher.of(Keyring.of("k1", secretKey(bytes)));

    assertThat(cipher.open(ADA, text)).isEqualTo(CONTENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES", "HmacSHA256"})
  void of_generatedKeyOf256Bits_sealsAndOpens(String algorithm) throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance(algorithm);
    generator.init(256);
    TokenCipher cipher = TokenCipher.of(Keyring.of("k1", generator.generateKey()));

    String text = cipher.prepare(ADA).seal(CONTENT);

    assertThat(cipher.open(ADA, text)).isEqualTo(CONTENT);
  }

  @Test
  @SuppressWarnings("NullAway") // what the compiler of a user without NullAway lets pass
  void of_nothing_isRefusedAtOnce() {
    assertThatNullPointerException().isThrownBy(() -> Keyring.of("k1", (Secret) null));
    assertThatNullPointerException().isThrownBy(() -> Keyring.of("k1", (SecretKey) null));
    assertThatNullPointerException().isThrownBy(() -> Keyring.of(null, KEY));
  }
}
