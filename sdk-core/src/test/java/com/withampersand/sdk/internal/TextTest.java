package com.withampersand.sdk.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
  private static final Secret SECRET = Secret.of("Zq7#Lm2/Xv9=Rt4");

  @Test
  void readable_plainLine_isLeftAsItIs() {
    String text = "user hasn't approved this consumer: caf\u00e9 \u6771\u4eac \ud83d\ude80";

    assertThat(Text.readable(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb",
        "a\r\nb",
        "a\tb",
        "a\u0000b",
        "a\u001b[b",
        "a\u007fb",
        "a\u0085b",
        "a\u009bb",
        "a\u2028b",
        "a\u2029b",
        "a\u202eb",
        "a\u200bb",
        "a\ufeffb"
      })
  void readable_controlCharacter_becomesASpace(String text) {
    assertThat(Text.readable(text)).matches("a \\[?b");
  }

  @Test
  void readable_surroundedByWhiteSpace_isStripped() {
    assertThat(Text.readable(" \n expired token \r\n")).isEqualTo("expired token");
  }

  @Test
  void readable_threeHundredCharacters_isNotCut() {
    String text = "x".repeat(300);

    assertThat(Text.readable(text)).isEqualTo(text);
  }

  @Test
  void readable_longerText_isCutAndSaysSo() {
    String text = "x".repeat(301);

    assertThat(Text.readable(text)).isEqualTo("x".repeat(300) + "\u2026");
  }

  @Test
  void readable_cutWithinASurrogatePair_leavesNoHalf() {
    String text = "x".repeat(299) + "\ud83d\ude80".repeat(5);

    assertThat(Text.readable(text)).startsWith("x".repeat(299)).doesNotContain("\ud83d\u2026");
  }

  @Test
  void redacted_longText_isCutWhereOneWithoutSecretsIsWhole() {
    String text = "x ".repeat(200) + "y";

    assertThat(Text.redacted(text, List.of(SECRET))).hasSizeLessThan(302).endsWith("\u2026");
    assertThat(Text.withoutSecrets(text, List.of(SECRET))).isEqualTo(text);
  }

  @Test
  void redacted_secretInTheText_isHidden() {
    String text = "bad code " + SECRET.reveal() + ", again " + SECRET.reveal() + "!";

    assertThat(Text.redacted(text, List.of(SECRET))).isEqualTo("bad code ***, again ***!");
  }

  @ParameterizedTest
  @CsvSource({
    "code=Zq7%23Lm2%2FXv9%3DRt4&x, code=***&x",
    "code=Zq7%23Lm2%2fXv9%3dRt4&x, code=***&x"
  })
  void redacted_secretPercentEncoded_isHidden(String text, String redacted) {
    assertThat(Text.redacted(text, List.of(SECRET))).isEqualTo(redacted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zq7#lm2/xv9=rt4",
        "Zq7 Lm2 Xv9 Rt4",
        "Zq7Lm2Xv9Rt4",
        "Zq7%2523Lm2%252FXv9%253DRt4",
        "Zq7%252523Lm2%25252FXv9%25253DRt4",
        "Zq7&#35;Lm2&sol;Xv9&#x3D;Rt4",
        "Zq7&amp;#35;Lm2&amp;#47;Xv9&amp;equals;Rt4",
        "Zq7#Lm2\\/Xv9=Rt4",
        "Zq7\\u0023Lm2\\u002FXv9\\u003DRt4",
        "Zq7\\\\x23Lm2\\\\x2fXv9\\\\x3dRt4",
        "Zq7=23Lm2=2FXv9=3DRt4",
        "\\u005Aq7#Lm2\\u002fXv9=Rt4",
        "&#90;q7#Lm2/Xv9=Rt4",
        "&#x5a;&#X71;7&#35;Lm2/Xv9=Rt4",
        "&#0000090;q7#Lm2/Xv9=Rt4",
        "&#x00005a;q7#Lm2/Xv9=Rt4",
        "%5A%71%37%23%4C%6D%32%2F%58%76%39%3D%52%74%34"
      })
  void redacted_secretEscapedInWhateverWay_isHidden(String escaped) {
    assertThat(Text.redacted("bad " + escaped + "!", List.of(SECRET))).matches("bad %?\\*\\*\\*!");
  }

  /** RFC 4648 sections 4 and 5. */
  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "abc", "client-1:"})
  void redacted_secretInBase64_isHiddenWhateverPrecedesIt(String preceding) {
    for (String following : List.of("", "z", ":zz")) {
      byte[] bytes = (preceding + SECRET.reveal() + following).getBytes(StandardCharsets.UTF_8);
      String plain = Base64.getEncoder().encodeToString(bytes);
      String ofUrls = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);

      for (String echo : List.of(plain, ofUrls)) {
        assertThat(Text.redacted("bad (" + echo + ")", List.of(SECRET)))
            .matches("bad \\([\\w+-]{0,14}\\*\\*\\*[\\w+=-]{0,8}\\)");
      }
    }
  }

  @Test
  void redacted_secretInHex_isHidden() {
    String hex = HexFormat.of().formatHex(SECRET.reveal().getBytes(StandardCharsets.UTF_8));

    String dump = hex.replaceAll("..", "0x$0, ").strip();
    for (String echo :
        List.of(hex, hex.toUpperCase(Locale.ROOT), hex.replaceAll("(..)(?!$)", "$1:"), dump)) {
      assertThat(Text.redacted("bad (" + echo + ")", List.of(SECRET)))
          .matches("bad \\((0x)?\\*\\*\\*,?\\)");
    }
  }

  @Test
  void redacted_base64OfAFewCharacters_isAWord() {
    String text =
        "the " + Base64.getEncoder().encodeToString("pass".getBytes(StandardCharsets.UTF_8));

    assertThat(Text.redacted(text, List.of(Secret.of("pass")))).isEqualTo(text);
  }

  @Test
  void redacted_piecesOfTheSecretFarApart_areWords() {
    String text = "Zq7 came before Lm2, and Xv9 a good while before anybody saw Rt4";

    assertThat(Text.redacted(text, List.of(SECRET))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"!$(/=?+-#", "#p:a!s;s", "-f!?", "\u043f\u0430\u0440\u043e\u043b\u044c-12345"})
  void redacted_secretOfSymbols_isHiddenWithAllOfThem(String symbols) {
    String redacted = Text.redacted("bad (" + symbols + ")", List.of(Secret.of(symbols)));

    assertThat(redacted).isEqualTo("bad (***)");
  }

  @Test
  void redacted_secretOfSymbolsAndFewLetters_hidesNoWords() {
    String redacted = Text.redacted("no access for you", List.of(Secret.of("!!no??")));

    assertThat(redacted).isEqualTo("no access for you");
  }

  @Test
  @Timeout(20)
  void redacted_secretMadeToKeepTheSearchBusy_ends() {
    Secret secret = Secret.of("a-".repeat(3000) + "b");

    assertThat(Text.redacted("a".repeat(4096), List.of(secret))).isNotEmpty();
  }

  /** As many secrets as one set of tokens is searched for, each of thousands of words. */
  @Test
  @Timeout(20)
  void redacted_manySecretsMadeToKeepTheSearchBusy_end() {
    List<Secret> secrets =
        IntStream.range(0, 32).mapToObj(i -> Secret.of("a-".repeat(900 + i) + "b")).toList();

    for (int i = 0; i < 50; i++) {
      assertThat(Text.redacted("a".repeat(4096), secrets)).isNotEmpty();
    }
  }

  @Test
  void redacted_partOfALongSecretInMoreThanSixtyWords_isHidden() {
    List<Secret> secrets = List.of(Secret.of("ab-".repeat(70) + "end"));

    assertThat(Text.redacted("got " + "ab.".repeat(65) + "no", secrets)).isEqualTo("got ***");
    assertThat(Text.redacted("got " + "ab.".repeat(10) + "no", secrets)).contains("ab.ab");
  }

  @Test
  void redacted_secretOfFourLettersApart_isHiddenInAnyEscape() {
    String redacted = Text.redacted("no w%2Dx%2Dy%2Dz here", List.of(Secret.of("w-x-y-z")));

    assertThat(redacted).isEqualTo("no *** here");
  }

  @Test
  void showsNoSecret_longestTextThatIsSearched_isLookedThrough() {
    assertThat(Text.showsNoSecret(" ".repeat(4096), List.of())).isTrue();
    assertThat(Text.showsNoSecret(" ".repeat(4097), List.of())).isFalse();
  }

  @Test
  void redacted_textTooLongToBeSearched_isNotShown() {
    String text = "\n".repeat(4090) + SECRET.reveal();

    assertThat(Text.redacted(text, List.of(SECRET)))
        .isEqualTo("(4105 characters, too many to be shown)");
  }

  @Test
  void redacted_longestTextThatIsSearched_isShown() {
    String text = "\n".repeat(4081) + SECRET.reveal();

    assertThat(Text.redacted(text, List.of(SECRET))).isEqualTo("***");
  }

  @Test
  void redacted_severalSecrets_areAllHidden() {
    Secret other = Secret.of("hunter22");

    String redacted = Text.redacted("hunter22 " + SECRET.reveal(), List.of(SECRET, other));

    assertThat(redacted).isEqualTo("*** ***");
  }

  @Test
  void redacted_oneSecretBeginsAnother_leavesNothingOfTheLongerOne() {
    Secret shorter = Secret.of("Zq7Lm2Xv9");
    Secret longer = Secret.of("Zq7Lm2Xv9-Rt4Wk8Pn1");

    String redacted = Text.redacted("bad " + longer.reveal(), List.of(shorter, longer));

    assertThat(redacted).doesNotContain("Rt4Wk8Pn1");
  }

  /** The verifier's first letter stands at the end of the code, too. */
  @Test
  void redacted_oneSecretSeemsToBeginWithinAnother_leavesNothingOfEither() {
    Secret code = Secret.of("Qm7Xv9Rt4Zk4");
    Secret verifier = Secret.of("Z_abcdefgh1234567");

    String redacted =
        Text.redacted(
            "bad " + code.reveal() + " " + verifier.reveal() + "!", List.of(code, verifier));

    assertThat(redacted).isEqualTo("bad ***!");
  }

  @Test
  void redacted_secretThatTheCutWouldSplit_leavesNoPiece() {
    String text = "x ".repeat(147) + SECRET.reveal();

    String redacted = Text.redacted(text, List.of(SECRET));

    assertThat(redacted).doesNotContain("Zq7");
  }

  @Test
  void redacted_secretOfThreeCharacters_isNotLookedFor() {
    String redacted = Text.redacted("the app is not the one", List.of(Secret.of("the")));

    assertThat(redacted).isEqualTo("the app is not the one");
  }

  @Test
  void mayHoldAny_secretInAnyForm_isSeen() {
    Secret secret = Secret.of("a/Secret+Of=16Ch");

    assertThat(Text.mayHoldAny("x A/SECRET+OF=16CH y", List.of(secret))).isTrue();
    assertThat(Text.mayHoldAny("a%2FSecret%2BOf%3D16Ch", List.of(secret))).isTrue();
    assertThat(Text.mayHoldAny("a/%53ecret+Of=16Ch", List.of(secret))).isTrue();
    assertThat(Text.mayHoldAny("YS9TZWNyZXQrT2Y9MTZDaA==", List.of(secret))).isTrue();
    assertThat(Text.mayHoldAny("a/Secret+Of=15Ch", List.of(secret))).isFalse();
  }

  @Test
  void mayHoldAny_textTooLongToBeSearched_isNotTrusted() {
    assertThat(Text.mayHoldAny(" ".repeat(4_096), List.of())).isFalse();
    assertThat(Text.mayHoldAny(" ".repeat(4_097), List.of())).isTrue();
  }

  @Test
  void mayHoldAny_secretOfFifteenCharacters_isNotLookedFor() {
    assertThat(Text.mayHoldAny("connection-key1", List.of(Secret.of("connection-key1")))).isFalse();
  }

  @Test
  void redacted_unknownToken_isHiddenByItsLooks() {
    String redacted = Text.redacted("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIx.c2ln\n.", List.of());

    assertThat(redacted).isEqualTo("got *** .");
  }
}
