package com.withampersand.sdk.token.crypto;

import static com.withampersand.sdk.token.crypto.TokenSealerContract.bytes;
import static com.withampersand.sdk.token.crypto.TokenSealerContract.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.crypto.TokenSealer.Sealing;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCipherTest implements TokenSealerContract {
  private static final Secret KEY = TokenCipher.newKey();
  private static final Secret OLD_KEY = TokenCipher.newKey();
  private static final TokenCipher CIPHER = TokenCipher.of(Keyring.of("k1", KEY));

  @Override
  public TokenSealer sealer() {
    return CIPHER;
  }

  @Override
  public void cutOff() {
    // A keyring at hand has nothing that could be away.
  }

  private static String sealed() {
    return CIPHER.prepare(ADA).seal(CONTENT);
  }

  private static String refusal(String text) {
    return String.valueOf(refused(CIPHER, ADA, text).getMessage());
  }

  private static byte[] dataOf(String text) {
    return Base64.getUrlDecoder().decode(text.split("\\.", -1)[2]);
  }

  @Test
  void seal_anyContent_namesVersionAndKey() {
    assertThat(sealed()).matches("v2\\.k1\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{12}");
  }

  @Test
  void seal_fixedSaltAndNonce_isWhatTheJdkComputesFromTheDescription() throws Exception {
    byte[] salt = bytes("sixteen bytes ok");
    byte[] nonce = bytes("twelve bytes");
    byte[] key = bytes("known key of exactly 32 bytes...");
    Secret secret = Secret.of(Base64.getEncoder().encodeToString(key));
    ConnectionKey grant = new ConnectionKey("salesforce", "M\u00fcller", "ada");
    TokenCipher cipher =
        TokenCipher.builder(() -> Keyring.of("2027", secret))
            .random(new SaltAndNonce(salt, nonce))
            .build();

    String text = cipher.prepare(grant).seal(CONTENT);

    byte[] grantKey =
        hmac(
            key,
            prefixed(
                "com.withampersand.sdk.token.crypto v2 grant key",
                "2027",
                "salesforce",
                "M\u00fcller",
                "ada"));
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(hmac(grantKey, salt), "AES"),
        new GCMParameterSpec(128, nonce));
    gcm.updateAAD(prefixed("v2", "2027", "salesforce", "M\u00fcller", "ada"));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.write(salt);
    data.write(nonce);
    data.write(gcm.doFinal(CONTENT));
    assertThat(text).startsWith("v2.2027.");
    assertThat(dataOf(text)).isEqualTo(data.toByteArray());
  }

  private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }

  private static byte[] prefixed(String... texts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (String text : texts) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      out.writeInt(utf8.length);
      out.write(utf8);
    }
    return bytes.toByteArray();
  }

  /** Random bytes that are known: by their number they are a salt or a nonce. */
  private static final class SaltAndNonce extends SecureRandom {
    private final transient byte[] salt;
    private final transient byte[] nonce;

    SaltAndNonce(byte[] salt, byte[] nonce) {
      this.salt = salt;
      this.nonce = nonce;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      byte[] known = bytes.length == 16 ? salt : nonce;
      System.arraycopy(known, 0, bytes, 0, bytes.length);
    }
  }

  @Test
  void open_envelopeOfAKnownAnswer_isItsContent() {
    // Computed with another language's library, from the description of the format.
    String text =
        "v2.2027.c2l4dGVlbiBieXRlcyBva3R3ZWx2ZSBieXRlc9z6KcyP99bIUIkxKfubcYalAOTgQk30tO3Zh_ZN.QetBDtm2mHZr";
    Secret key =
        Secret.of(Base64.getEncoder().encodeToString(bytes("known key of exactly 32 bytes...")));

    byte[] content = TokenCipher.of(Keyring.of("2027", key)).open(ADA, text);

    assertThat(content).isEqualTo(bytes("known content"));
  }

  @Test
  void seal_tenThousandTimes_neverHasASaltOrNonceTwice() {
    Sealing sealing = CIPHER.prepare(ADA);
    Set<String> salts = new HashSet<>();
    Set<String> nonces = new HashSet<>();

    for (int i = 0; i < 10_000; i++) {
      byte[] data = dataOf(sealing.seal(new byte[] {1}));
      salts.add(Arrays.toString(Arrays.copyOf(data, 16)));
      nonces.add(Arrays.toString(Arrays.copyOfRange(data, 16, 28)));
    }

    assertThat(salts).hasSize(10_000);
    assertThat(nonces).hasSize(10_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 100, 1_500, 1 << 20})
  void seal_contentOfAnyLength_isFourThirdsOfItAnd77CharactersAndTheNameOfTheKeyAtMost(int length) {
    String text = CIPHER.prepare(ADA).seal(new byte[length]);

    assertThat(text.length() - "k1".length() - length * 4.0 / 3).isBetween(75.6, 77.0);
  }

  @Test
  void open_textOfAnotherGrant_isRefusedAsMoved() {
    String text = CIPHER.prepare(BOB).seal(CONTENT);

    assertThat(refused(CIPHER, ADA, text))
        .hasMessageContaining("consumerRef=ada")
        .hasMessageContaining("were sealed for another grant")
        .returns(false, TokenStoreException::isRetryable);
  }

  static Stream<ConnectionKey> neighbors() {
    return Stream.of(
        new ConnectionKey("salesforce", "acmea", "da"),
        new ConnectionKey("salesforcea", "cme", "ada"),
        new ConnectionKey("salesforce", "ada", "acme"),
        new ConnectionKey("salesforce", "acme", "ada "),
        new ConnectionKey("salesforce", "Acme", "ada"));
  }

  @ParameterizedTest
  @MethodSource("neighbors")
  void open_textOfAGrantOfTheSameLetters_isRefusedEvenWithTheRightLabel(ConnectionKey neighbor) {
    String foreign = CIPHER.prepare(neighbor).seal(CONTENT);
    String own = sealed();

    String relabelled =
        foreign.substring(0, foreign.lastIndexOf('.')) + own.substring(own.lastIndexOf('.'));

    assertThat(refused(CIPHER, ADA, foreign)).hasMessageContaining("another grant");
    assertThat(refused(CIPHER, ADA, relabelled)).hasMessageContaining("altered");
  }

  @Test
  void open_anySingleBitOfTheDataFlipped_isRefusedAsAltered() {
    String[] parts = sealed().split("\\.", -1);
    byte[] data = Base64.getUrlDecoder().decode(parts[2]);

    for (int bit = 0; bit < data.length * 8; bit++) {
      byte[] flipped = data.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      parts[2] = Base64.getUrlEncoder().withoutPadding().encodeToString(flipped);
      assertThat(refusal(String.join(".", parts))).as("bit %d", bit).contains("were altered");
    }
  }

  @Test
  void open_otherSpellingOfTheSameBytes_isRefusedAsAltered() {
    String text = CIPHER.prepare(ADA).seal(new byte[] {1, 2});
    String data = text.split("\\.", -1)[2];
    char last = data.charAt(data.length() - 1);
    String sameBytes = data.substring(0, data.length() - 1) + (char) (last + 1);

    assertThat(Base64.getUrlDecoder().decode(sameBytes)).isEqualTo(dataOf(text));
    assertThat(refusal(text.replace(data, sameBytes))).contains("were altered");
    assertThat(refusal(text.replace(data, data + "=="))).contains("were altered");
  }

  @Test
  void open_labelAltered_isRefusedAsAltered() {
    String text = sealed();
    char last = text.charAt(text.length() - 1);

    String flipped = text.substring(0, text.length() - 1) + (last == 'A' ? 'B' : 'A');

    assertThat(refusal(flipped)).contains("were altered").doesNotContain("another grant");
    assertThat(refusal(text + "A")).contains("were altered");
    assertThat(refusal(text + ".A")).contains("were altered");
  }

  @Test
  void open_cutAnywhere_isRefusedAsCut() {
    String text = sealed();

    for (int length = 0; length < text.length(); length++) {
      assertThat(refusal(text.substring(0, length)))
          .as("cut to %d", length)
          .contains("end too early");
    }
  }

  @Test
  void open_dataTooShort_isRefusedAsAltered() {
    String label = sealed().replaceFirst(".*\\.", "");

    for (int length = 0; length < 16 + 12 + 16; length++) {
      String data = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[length]);
      assertThat(refusal("v2.k1." + data + "." + label)).contains("were altered");
    }
  }

  @Test
  void open_unknownKey_isRefusedByItsName() {
    String text = TokenCipher.of(Keyring.of("old", OLD_KEY)).prepare(ADA).seal(CONTENT);

    assertThat(refused(CIPHER, ADA, text))
        .hasMessageContaining("a key named old")
        .hasMessageContaining("alsoReads(...)")
        .returns(false, TokenStoreException::isRetryable);
  }

  @Test
  void open_otherKeyOfTheSameName_isRefusedWithThatGuess() {
    String text = TokenCipher.of(Keyring.of("k1", OLD_KEY)).prepare(ADA).seal(CONTENT);

    assertThat(refusal(text)).contains("another key than the one named k1");
  }

  @Test
  void open_renamedKey_isRefusedAlthoughTheKeyIsTheSame() {
    TokenCipher twoNames = TokenCipher.of(Keyring.of("k1", KEY).alsoReads("k2", KEY));

    String renamed = sealed().replace("v2.k1.", "v2.k2.");

    assertThat(refused(twoNames, ADA, renamed)).hasMessageContaining("altered");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v3.k1.AAAA.AAAAAAAAAAAA",
        "v10.k1",
        "v20.k1",
        "{\"version\":1}",
        "k1",
        " v2.k1",
        "V2.k1.AAAA.AAAAAAAAAAAA"
      })
  void open_unknownForm_isRefusedAsSuch(String text) {
    assertThat(refusal(text))
        .contains("in a form that this version of the SDK does not know: a later version wrote");
  }

  @Test
  void open_nameThatNoKeyCanHave_isRefusedWithoutPrintingIt() {
    assertThat(refusal(sealed().replace(".k1.", ".k\n1.")))
        .contains("were altered")
        .doesNotContain("\n");
    assertThat(refusal(sealed().replace(".k1.", "." + "k".repeat(65) + ".")))
        .contains("were altered")
        .doesNotContain("kkk");
  }

  @Test
  void open_sealedWithAnOlderKey_opensWhereThatKeyIsStillRead() {
    String old = TokenCipher.of(Keyring.of("old", OLD_KEY)).prepare(ADA).seal(CONTENT);
    TokenCipher rotated = TokenCipher.of(Keyring.of("k1", KEY).alsoReads("old", OLD_KEY));

    String renewed = rotated.prepare(ADA).seal(rotated.open(ADA, old));

    assertThat(renewed).startsWith("v2.k1.");
    assertThat(rotated.open(ADA, renewed)).isEqualTo(CONTENT);
    assertThat(rotated.isOutdated(old)).isTrue();
    assertThat(rotated.isOutdated(renewed)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2.k11.x", "v2.k.x", "v2.K1.x", "v1.k1.x", "v3.k1.x", "v2.k1", "", "x"})
  void isOutdated_otherKeyOrVersion_isTrue(String text) {
    assertThat(CIPHER.isOutdated(text)).isTrue();
  }

  @Test
  void open_plainEnvelope_isRefusedByACipherThatEncrypts() {
    String plain = TokenCipher.storingPlainText().prepare(ADA).seal(CONTENT);

    assertThat(refused(CIPHER, ADA, plain))
        .hasMessageContaining("are not encrypted")
        .hasMessageContaining("alsoReadsPlainText()")
        .returns(false, TokenStoreException::isRetryable);
  }

  @Test
  void open_encryptedEnvelope_isRefusedByACipherForPlainText() {
    assertThat(refused(TokenCipher.storingPlainText(), ADA, sealed()))
        .hasMessageContaining("are encrypted with a key named k1");
  }

  @Test
  void open_plainEnvelopeWhereItIsAlsoRead_opensAndIsOutdated() {
    String plain = TokenCipher.storingPlainText().prepare(ADA).seal(CONTENT);
    TokenCipher migrating = TokenCipher.of(Keyring.of("k1", KEY).alsoReadsPlainText());

    assertThat(migrating.open(ADA, plain)).isEqualTo(CONTENT);
    assertThat(migrating.isOutdated(plain)).isTrue();
    assertThat(CIPHER.open(ADA, migrating.prepare(ADA).seal(CONTENT))).isEqualTo(CONTENT);
  }

  @Test
  void storingPlainText_anyContent_saysSoAndStillKnowsTextsThatWereMovedOrCut() {
    TokenCipher plainText = TokenCipher.storingPlainText();

    String text = plainText.prepare(ADA).seal(CONTENT);

    assertThat(text).startsWith("v2.plain.").isASCII();
    assertThat(plainText.open(ADA, text)).isEqualTo(CONTENT);
    assertThat(plainText.isOutdated(text)).isFalse();
    assertThat(plainText.isOutdated(sealed())).isTrue();
    assertThat(refused(plainText, BOB, text)).hasMessageContaining("another grant");
    assertThat(refused(plainText, ADA, text.substring(0, 50)))
        .hasMessageContaining("end too early");
  }

  @Test
  void prepare_randomnessFails_isNotedBeforeAnythingIsSealed() {
    IllegalStateException empty = new IllegalStateException("no entropy");
    SecureRandom broken =
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            throw empty;
          }
        };
    TokenCipher cipher = TokenCipher.builder(() -> Keyring.of("k1", KEY)).random(broken).build();

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> cipher.prepare(ADA))
        .withMessageContaining("cannot seal anything")
        .withCause(empty)
        .returns(false, TokenStoreException::isRetryable);
  }

  @Test
  void newKey_twice_makesTwoKeysOf256Bits() {
    assertThat(Base64.getDecoder().decode(KEY.reveal())).hasSize(32);
    assertThat(KEY).isNotEqualTo(OLD_KEY);
  }

  @Test
  void errorsAndTexts_ofAnyKind_holdNoSecret() {
    String text = sealed();
    String plain = TokenCipher.storingPlainText().prepare(ADA).seal(CONTENT);
    TokenCipher rotated = TokenCipher.of(Keyring.of("k2", OLD_KEY));
    List<String> said =
        Stream.of(
                refused(CIPHER, BOB, text),
                refused(CIPHER, ADA, plain),
                refused(rotated, ADA, text),
                refused(CIPHER, ADA, new String(CONTENT, StandardCharsets.UTF_8)),
                refused(CIPHER, ADA, text.substring(0, 80)),
                refused(TokenCipher.storingPlainText(), ADA, plain + "x"))
            .map(TokenCipherTest::allOf)
            .toList();

    assertThat(said)
        .hasSize(6)
        .noneMatch(line -> line.contains("Canary"))
        .noneMatch(line -> line.contains(text.substring(20, 40)))
        .noneMatch(line -> line.contains(plain.substring(20, 40)));
    assertThat(CIPHER).hasToString("TokenCipher[Keyring[writes with k1, reads k1]]");
    assertThat(TokenCipher.storingPlainText())
        .hasToString("TokenCipher[Keyring[writes plain text]]");
  }

  private static String allOf(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void cipher_sharedByThreads_sealsAndOpensForEach() {
    Sealing shared = CIPHER.prepare(ADA);

    List<byte[]> opened =
        IntStream.range(0, 400)
            .parallel()
            .mapToObj(i -> CIPHER.open(ADA, shared.seal(bytes("content " + i))))
            .toList();

    assertThat(opened)
        .hasSize(400)
        .extracting(content -> new String(content, StandardCharsets.UTF_8))
        .doesNotHaveDuplicates()
        .allMatch(content -> content.startsWith("content "));
  }

  @Test
  @SuppressWarnings("NullAway") // what the compiler of a user without NullAway lets pass
  void cipher_nothing_isRefusedAtOnce() {
    Keyring none = null;

    assertThatNullPointerException().isThrownBy(() -> TokenCipher.of(none));
    assertThatNullPointerException().isThrownBy(() -> TokenCipher.builder(null));
    assertThatNullPointerException().isThrownBy(() -> CIPHER.prepare(null));
    assertThatNullPointerException().isThrownBy(() -> CIPHER.open(null, "v2"));
    assertThatNullPointerException().isThrownBy(() -> CIPHER.open(ADA, null));
  }
}
