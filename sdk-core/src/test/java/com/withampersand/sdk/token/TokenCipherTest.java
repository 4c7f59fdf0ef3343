package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCipherTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final ConnectionKey BOB = new ConnectionKey("salesforce", "acme", "bob");
  private static final Secret KEY = TokenCipher.newKey();
  private static final Secret OLD_KEY = TokenCipher.newKey();
  private static final TokenCipher CIPHER = TokenCipher.builder("k1", KEY).build();
  private static final TokenSet TOKENS =
      TokenSet.builder(Secret.of("CanaryAccess!AQc\u00fc"), Instant.parse("2026-11-24T12:00:00Z"))
          .refreshToken(Secret.of("CanaryRefresh!861"))
          .scopes(Scopes.of("api", "refresh_token"))
          .expiry(Expiry.known(Instant.parse("2026-11-24T14:00:00Z")))
          .attribute("instance_url", "https://acme.my.salesforce.com")
          .secretAttribute("id_token", Secret.of("CanaryIdToken"))
          .build();

  private static TokenStoreException refused(
      TokenCipher cipher, ConnectionKey grant, String envelope) {
    return catchThrowableOfType(TokenStoreException.class, () -> cipher.open(grant, envelope));
  }

  private static String refusal(String envelope) {
    return String.valueOf(refused(CIPHER, ADA, envelope).getMessage());
  }

  @Test
  void open_whatWasSealed_isTheSameTokens() {
    String envelope = CIPHER.seal(ADA, TOKENS);

    assertThat(CIPHER.open(ADA, envelope)).isEqualTo(TOKENS);
  }

  @Test
  void seal_anyTokens_makesOneWordOfAsciiThatNamesVersionAndKey() {
    String envelope = CIPHER.seal(ADA, TOKENS);

    assertThat(envelope).matches("v1\\.k1\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{12}");
  }

  @Test
  void seal_anyTokens_hidesThem() {
    String envelope = CIPHER.seal(ADA, TOKENS);

    String data = envelope.split("\\.", -1)[2];
    byte[] bytes = Base64.getUrlDecoder().decode(data);
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("Canary", "token");
  }

  @Test
  void seal_sameTokensAgain_neverUsesANonceTwice() {
    Set<String> nonces = new HashSet<>();

    for (int i = 0; i < 1000; i++) {
      nonces.add(CIPHER.seal(ADA, TOKENS).substring("v1.k1.".length()).substring(0, 16));
    }

    assertThat(nonces).hasSize(1000);
  }

  @Test
  void seal_randomnessHandedIn_isWhereTheNonceComesFrom() {
    SecureRandom sevens =
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            Arrays.fill(bytes, (byte) 7);
          }
        };
    TokenCipher cipher = TokenCipher.builder("k1", KEY).random(sevens).build();

    byte[] data = Base64.getUrlDecoder().decode(cipher.seal(ADA, TOKENS).split("\\.", -1)[2]);

    assertThat(Arrays.copyOf(data, 12)).containsOnly(7);
    assertThat(cipher.seal(ADA, TOKENS)).isEqualTo(cipher.seal(ADA, TOKENS));
  }

  @Test
  void open_rowOfAnotherGrant_isRefusedAsMoved() {
    String envelope = CIPHER.seal(BOB, TOKENS);

    assertThat(refused(CIPHER, ADA, envelope))
        .hasMessageContaining("consumerRef=ada")
        .hasMessageContaining("were sealed for another grant")
        .returns(false, TokenStoreException::isRetryable);
  }

  static Stream<ConnectionKey> neighbours() {
    return Stream.of(
        new ConnectionKey("salesforce", "acmea", "da"),
        new ConnectionKey("salesforcea", "cme", "ada"),
        new ConnectionKey("salesforce", "ada", "acme"),
        new ConnectionKey("salesforce", "acme", "ada "),
        new ConnectionKey("salesforce", "Acme", "ada"));
  }

  @ParameterizedTest
  @MethodSource("neighbours")
  void open_rowOfAGrantOfTheSameLetters_isRefusedEvenWithTheRightLabel(ConnectionKey neighbour) {
    String foreign = CIPHER.seal(neighbour, TOKENS);
    String own = CIPHER.seal(ADA, TOKENS);

    String relabelled =
        foreign.substring(0, foreign.lastIndexOf('.')) + own.substring(own.lastIndexOf('.'));

    assertThat(refused(CIPHER, ADA, foreign)).hasMessageContaining("another grant");
    assertThat(refused(CIPHER, ADA, relabelled)).hasMessageContaining("altered");
  }

  @Test
  void open_anySingleBitFlipped_isRefused() {
    String envelope = CIPHER.seal(ADA, TOKENS);

    for (int i = 0; i < envelope.length(); i++) {
      for (int bit = 0; bit < 7; bit++) {
        StringBuilder flipped = new StringBuilder(envelope);
        flipped.setCharAt(i, (char) (envelope.charAt(i) ^ (1 << bit)));
        assertThat(refused(CIPHER, ADA, flipped.toString()))
            .as("bit %d of character %d", bit, i)
            .isNotNull()
            .returns(false, TokenStoreException::isRetryable);
      }
    }
  }

  @Test
  void open_anySingleBitOfTheDataFlipped_isRefusedAsAltered() {
    String envelope = CIPHER.seal(ADA, TOKENS);
    String[] parts = envelope.split("\\.", -1);
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
    String padded = CIPHER.seal(ADA, TOKENS).replaceFirst("\\.([A-Za-z0-9_-]{12})$", "==.$1");

    assertThat(refusal(padded)).contains("were altered");
  }

  @Test
  void open_labelFlipped_isRefusedAsAltered() {
    String envelope = CIPHER.seal(ADA, TOKENS);
    char last = envelope.charAt(envelope.length() - 1);

    String flipped = envelope.substring(0, envelope.length() - 1) + (last == 'A' ? 'B' : 'A');

    assertThat(refusal(flipped)).contains("were altered").doesNotContain("another grant");
    assertThat(refusal(envelope + "A")).contains("were altered");
    assertThat(refusal(envelope + ".A")).contains("were altered");
  }

  @Test
  void open_cutAnywhere_isRefusedAsCut() {
    String envelope = CIPHER.seal(ADA, TOKENS);

    for (int length = 0; length < envelope.length(); length++) {
      assertThat(refusal(envelope.substring(0, length)))
          .as("cut to %d", length)
          .contains("end too early");
    }
  }

  @Test
  void open_dataTooShortForANonce_isRefusedAsAltered() {
    String label = CIPHER.seal(ADA, TOKENS).replaceFirst(".*\\.", "");

    assertThat(refusal("v1.k1.AAAA." + label)).contains("were altered");
    assertThat(refusal("v1.k1.." + label)).contains("were altered");
  }

  @Test
  void open_keyNobodyGave_isRefusedByItsName() {
    String envelope = TokenCipher.builder("old", OLD_KEY).build().seal(ADA, TOKENS);

    assertThat(refusal(envelope)).contains("a key named old").contains("alsoReads");
  }

  @Test
  void open_otherKeyOfTheSameName_isRefusedWithThatGuess() {
    String envelope = TokenCipher.builder("k1", OLD_KEY).build().seal(ADA, TOKENS);

    assertThat(refusal(envelope)).contains("another key than the one that is named k1");
  }

  @Test
  void open_renamedKey_isRefusedAlthoughTheKeyIsTheSame() {
    TokenCipher twoNames = TokenCipher.builder("k1", KEY).alsoReads("k2", KEY).build();

    String renamed = CIPHER.seal(ADA, TOKENS).replace("v1.k1.", "v1.k2.");

    assertThat(refused(twoNames, ADA, renamed)).hasMessageContaining("altered");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2.k1.AAAA.AAAAAAAAAAAA", "v10.k1", "{\"version\":1}", "k1", " v1.k1"})
  void open_formNobodyKnows_isRefusedAsSuch(String envelope) {
    assertThat(refusal(envelope)).contains("in a form that this version of the SDK does not know");
  }

  @Test
  void open_keyIdThatIsNone_isRefusedWithoutPrintingIt() {
    String envelope = CIPHER.seal(ADA, TOKENS).replace(".k1.", ".k\n1.");

    assertThat(refusal(envelope)).contains("were altered").doesNotContain("\n");
  }

  @Test
  void open_decryptedButNoTokens_isRefusedAsSuch() {
    byte[] associated =
        ConnectionKey.lengthPrefixed("v1", "k1", ADA.provider(), ADA.groupRef(), ADA.consumerRef());
    byte[] data =
        AesKey.parse("k1", KEY)
            .encrypt("[]".getBytes(StandardCharsets.UTF_8), associated, new SecureRandom());

    assertThat(refusal(Envelope.of(ADA, "k1", data).text())).contains("something else than tokens");
  }

  @Test
  void open_sealedWithAnOlderKey_opensWhereThatKeyIsReadStill() {
    String old = TokenCipher.builder("old", OLD_KEY).build().seal(ADA, TOKENS);
    TokenCipher rotated =
        TokenCipher.builder("k1", KEY)
            .alsoReads("next", TokenCipher::newKey)
            .alsoReads("old", () -> OLD_KEY)
            .build();

    assertThat(rotated.open(ADA, old)).isEqualTo(TOKENS);
    assertThat(rotated.seal(ADA, TOKENS)).startsWith("v1.k1.");
    assertThat(rotated.isOutdated(old)).isTrue();
    assertThat(rotated.isOutdated(rotated.seal(ADA, TOKENS))).isFalse();
  }

  @Test
  void isOutdated_keyWhoseNameBeginsAlike_isTrue() {
    TokenCipher longer = TokenCipher.builder("k11", KEY).build();

    assertThat(CIPHER.isOutdated(longer.seal(ADA, TOKENS))).isTrue();
    assertThat(CIPHER.isOutdated("v2.k1.x")).isTrue();
  }

  @Test
  void open_plainEnvelope_isRefusedByACipherThatEncrypts() {
    String plain = TokenCipher.storingPlainText().seal(ADA, TOKENS);

    assertThat(refusal(plain)).contains("are not encrypted").contains("alsoReadsPlainText()");
  }

  @Test
  void open_encryptedEnvelope_isRefusedByACipherForPlainText() {
    String envelope = CIPHER.seal(ADA, TOKENS);

    assertThat(refused(TokenCipher.storingPlainText(), ADA, envelope))
        .hasMessageContaining("are encrypted with a key named k1");
  }

  @Test
  void open_plainEnvelopeOnItsWayToBeingEncrypted_opensAndIsOutdated() {
    String plain = TokenCipher.storingPlainText().seal(ADA, TOKENS);
    TokenCipher migrating = TokenCipher.builder("k1", KEY).alsoReadsPlainText().build();

    assertThat(migrating.open(ADA, plain)).isEqualTo(TOKENS);
    assertThat(migrating.isOutdated(plain)).isTrue();
    assertThat(CIPHER.open(ADA, migrating.seal(ADA, TOKENS))).isEqualTo(TOKENS);
  }

  @Test
  void storingPlainText_anyTokens_saysSoAndStillKnowsRowsThatWereMovedOrCut() {
    TokenCipher plainText = TokenCipher.storingPlainText();

    String envelope = plainText.seal(ADA, TOKENS);

    assertThat(envelope).startsWith("v1.plain.").isASCII();
    assertThat(plainText.open(ADA, envelope)).isEqualTo(TOKENS);
    assertThat(plainText.isOutdated(envelope)).isFalse();
    assertThat(plainText.isOutdated(CIPHER.seal(ADA, TOKENS))).isTrue();
    assertThat(refused(plainText, BOB, envelope)).hasMessageContaining("another grant");
    assertThat(refused(plainText, ADA, envelope.substring(0, 50)))
        .hasMessageContaining("end too early");
  }

  @Test
  void newKey_twice_makesTwoKeysOf256Bits() {
    assertThat(Base64.getDecoder().decode(KEY.reveal())).hasSize(32);
    assertThat(KEY).isNotEqualTo(OLD_KEY);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16, 31, 33})
  void builder_keyOfAnotherLength_isRefusedWithItsLength(int length) {
    Secret key = Secret.of(Base64.getEncoder().encodeToString(new byte[length]) + " ");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenCipher.builder("k1", key))
        .withMessageContaining("the key k1 has " + length + " bytes, not 32");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenCipher.builder("k1", KEY).alsoReads("k2", key))
        .withMessageContaining("the key k2 has " + length + " bytes, not 32");
  }

  @Test
  void builder_keyThatIsNoBase64_isRefusedWithoutQuotingIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenCipher.builder("k1", Secret.of("Canary?")))
        .withMessage("the key k1 is not base64; TokenCipher.newKey() makes one")
        .withNoCause();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "a.b", "a b", "a\nb", "\u00fc"})
  void builder_nameThatAnEnvelopeCannotCarry_isRefused(String keyId) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenCipher.builder(keyId, KEY))
        .withMessageContaining("a key's name is up to 64 letters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenCipher.builder(keyId, () -> KEY))
        .withMessageContaining("a key's name is up to 64 letters");
  }

  @Test
  void builder_namesAtTheLimit_areTakenAndOneCharacterMoreIsNot() {
    assertThat(TokenCipher.builder("k".repeat(64), KEY).build().seal(ADA, TOKENS)).isASCII();
    assertThatIllegalArgumentException().isThrownBy(() -> TokenCipher.builder("k".repeat(65), KEY));
  }

  @Test
  void alsoReads_nameThatIsTaken_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenCipher.builder("k1", KEY).alsoReads("k1", OLD_KEY))
        .withMessage("there are two keys named k1");
  }

  @Test
  void supplier_ofKeys_isAskedWhenSomethingIsSealedOrOpenedAndOnlyForThatKey() {
    AtomicInteger asked = new AtomicInteger();
    TokenCipher cipher =
        TokenCipher.builder("k1", KEY)
            .alsoReads(
                "old",
                () -> {
                  asked.incrementAndGet();
                  return OLD_KEY;
                })
            .build();
    String old = TokenCipher.builder("old", OLD_KEY).build().seal(ADA, TOKENS);
    cipher.open(ADA, cipher.seal(ADA, TOKENS));
    int before = asked.get();

    cipher.open(ADA, old);

    assertThat(before).isZero();
    assertThat(asked).hasValue(1);
  }

  @Test
  void seal_supplierFails_isRetryableAndKeepsTheCause() {
    IllegalStateException outage = new IllegalStateException("no answer from the key service");
    TokenCipher cipher =
        TokenCipher.builder(
                "k1",
                () -> {
                  throw outage;
                })
            .build();

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> cipher.seal(ADA, TOKENS))
        .withMessageContaining("the key k1 failed")
        .withCause(outage)
        .returns(true, TokenStoreException::isRetryable);
  }

  @Test
  void seal_supplierReturnsNoKey_isRefusedWithoutQuotingIt() {
    AtomicReference<Secret> key = new AtomicReference<>(KEY);
    TokenCipher cipher = TokenCipher.builder("k1", key::get).build();
    String envelope = cipher.seal(ADA, TOKENS);
    key.set(Secret.of("Canary?"));

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> cipher.seal(ADA, TOKENS))
        .withMessageContaining("the key k1 is not base64")
        .returns(false, TokenStoreException::isRetryable);
    assertThat(refused(cipher, ADA, envelope)).hasMessageContaining("the key k1 is not base64");
  }

  @Test
  @SuppressWarnings("NullAway") // what the compiler of a user without NullAway lets pass
  void supplier_returnsNull_isTold() {
    TokenCipher cipher = TokenCipher.builder("k1", () -> null).build();

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> cipher.seal(ADA, TOKENS))
        .withMessageContaining("the key k1 failed")
        .withStackTraceContaining("the supplier returned null");
  }

  @Test
  @SuppressWarnings("NullAway") // what the compiler of a user without NullAway lets pass
  void builder_nothing_isRefusedAtOnce() {
    Supplier<Secret> none = null;

    assertThatNullPointerException().isThrownBy(() -> TokenCipher.builder("k1", none));
    assertThatNullPointerException().isThrownBy(() -> TokenCipher.builder("k1", (Secret) null));
    assertThatNullPointerException().isThrownBy(() -> TokenCipher.builder("k1", KEY).random(null));
  }

  @Test
  void errorsAndTexts_ofAnyKind_holdNoSecret() {
    String envelope = CIPHER.seal(ADA, TOKENS);
    String plain = TokenCipher.storingPlainText().seal(ADA, TOKENS);
    TokenCipher rotated = TokenCipher.builder("k2", OLD_KEY).build();
    List<String> said =
        Stream.of(
                refused(CIPHER, BOB, envelope),
                refused(CIPHER, ADA, plain),
                refused(rotated, ADA, envelope),
                refused(CIPHER, ADA, TOKENS.toJson().reveal()),
                refused(CIPHER, ADA, envelope.substring(0, 80)),
                refused(TokenCipher.storingPlainText(), ADA, plain.replace("A", "B")))
            .map(TokenCipherTest::allOf)
            .toList();

    assertThat(said)
        .hasSize(6)
        .noneMatch(text -> text.contains("Canary"))
        .noneMatch(text -> text.contains(envelope.substring(20, 40)))
        .noneMatch(text -> text.contains(plain.substring(20, 40)));
    assertThat(CIPHER).hasToString("TokenCipher[writes with key k1]");
    assertThat(TokenCipher.storingPlainText()).hasToString("TokenCipher[writes plain text]");
  }

  private static String allOf(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void cipher_sharedByThreads_sealsAndOpensForEach() {
    List<TokenSet> opened =
        IntStream.range(0, 400)
            .parallel()
            .mapToObj(i -> new ConnectionKey("salesforce", "acme", "user-" + i))
            .map(grant -> CIPHER.open(grant, CIPHER.seal(grant, TOKENS)))
            .toList();

    assertThat(opened).hasSize(400).allMatch(TOKENS::equals);
  }
}
