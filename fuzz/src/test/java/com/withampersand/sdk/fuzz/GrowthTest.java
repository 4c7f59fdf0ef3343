package com.withampersand.sdk.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Time and memory grow with the length of an input and not with its square. */
class GrowthTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final int PEM = 1 << 16;

  /** For those whose readers take what a header, a line or a form has. */
  private static final int USUAL = 1 << 16;

  /** How far those pieces grow that are not in {@link #TELLING}. */
  private static final int SHORT = 1 << 14;

  /**
   * How many characters the readers take, or a server lets through. {@code mint} and {@code
   * salesforce-answer} read answers as {@code token-answer} does, which grows to the end.
   */
  private static final Map<String, Integer> LONGEST =
      Map.of(
          "metadata", MEBIBYTE,
          "org-call", MEBIBYTE,
          "pem", PEM,
          "problem", MEBIBYTE,
          "proxy", MEBIBYTE,
          "resource-refusal", MEBIBYTE,
          "token-answer", MEBIBYTE,
          "webhook", MEBIBYTE);

  /**
   * Those that are read on other threads or by a database: {@code token-set}, {@code row-file} and
   * {@code problem} have the same readers on the thread that is measured.
   */
  private static final List<String> ELSEWHERE = List.of("connection-tokens", "grant", "jdbc-row");

  /** Those that grow to the end, which takes time: each structure that the readers know. */
  private static final List<String> TELLING =
      List.of("%2A%2A", "&a=b", "a", "{\"a\":", "\\", "<a>", "-----BEGIN A-----");

  private static final List<String> PIECES =
      List.of(
          "%2A%2A",
          "&sid=%2A%2A",
          "&a=b",
          "a",
          "[",
          "{\"a\":",
          "\"",
          "\\",
          " ",
          "\n",
          "=",
          ".",
          "a.",
          "a_",
          "5Aep",
          "00D5g000008CaNa!",
          "eyJhb",
          "error=",
          "-----BEGIN A-----",
          "<a>",
          "&amp;",
          "/",
          "\u200b",
          "v1,a ");

  /** What surrounds the text that grows, where it is not alone. */
  private static final Map<String, List<String>> FRAMES =
      Map.of(
          "token-answer",
          answers(),
          "salesforce-answer",
          answers(),
          "mint",
          answers(),
          "problem",
          answers(),
          "retry-after",
          List.of("429\n~~\n*\n~~\n*"),
          "resource-refusal",
          List.of("401\n~~\n*\n~~\n", "401\n~~\n\n~~\n*"),
          "org-call",
          List.of("200\n~~\n*", "401\n~~\n\n~~\n*", "403\n~~\n\n~~\n\n~~\n*"),
          "proxy",
          List.of("/*", "/a\n~~\n400\n~~\napplication/problem+json\n~~\n\n~~\n*"),
          "webhook",
          List.of("*\n~~\n1795780800\n~~\n*\n~~\n{\"errors\":[\"*\"]}"),
          "metadata",
          List.of(
              "a.eca\n~~\n<ExternalClientApplication><label>*</label></ExternalClientApplication>"));

  private static List<String> answers() {
    return List.of(
        "400\n~~\napplication/json\n~~\n*",
        "400\n~~\napplication/json\n~~\n{\"error\":\"x\",\"error_description\":\"*\"}",
        "200\n~~\napplication/json\n~~\n{\"access_token\":\"*\",\"token_type\":\"Bearer\"}",
        "200\n~~\napplication/x-www-form-urlencoded\n~~\n*");
  }

  static Stream<String> targets() {
    return Targets.names().stream().filter(name -> !ELSEWHERE.contains(name));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void run_inputThatGrows_takesNoQuadraticTimeOrMemory(String name) throws Exception {
    Target target = Targets.named(name);
    for (String frame : FRAMES.getOrDefault(name, List.of("*"))) {
      for (String piece : PIECES) {
        int longest = TELLING.contains(piece) ? LONGEST.getOrDefault(name, USUAL) : SHORT;
        Optional<String> tooFast =
            Growth.tooFast(target, length -> filled(frame, piece, length), longest);

        assertThat(tooFast).as("%s with %s in %s", name, piece, frame).isEmpty();
      }
    }
  }

  private static byte[] filled(String frame, String piece, int length) {
    String filling = piece.repeat(length / piece.length());
    return frame.replace("*", filling).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void judge_readerThatComparesEachWithEach_isFound() throws Exception {
    Target quadratic = input -> Require.that(pairs(input.text()) >= 0, "a count");

    assertThat(Growth.tooFast(quadratic, length -> filled("*", "a", length), USUAL)).isPresent();
  }

  private static long pairs(String text) {
    long equal = 0;
    for (int i = 0; i < text.length(); i++) {
      for (int j = 0; j < i; j++) {
        equal += text.charAt(i) == text.charAt(j) ? 1 : 0;
      }
    }
    return equal;
  }

  @Test
  void judge_readerThatCopiesWhatItHasForEachLine_isFound() throws Exception {
    Target copying =
        input -> {
          String read = "";
          for (String line : input.text().lines().toList()) {
            read = read.concat(line);
          }
          Require.that(read.length() < Integer.MAX_VALUE, "a text");
        };

    assertThat(Growth.tooFast(copying, length -> filled("*", "aaaaaaa\n", length), USUAL))
        .isPresent();
  }

  @Test
  void judge_readerThatLooksAtEachOnce_isNotFound() throws Exception {
    Target linear = input -> Require.that(!input.text().replace("b", "c").isEmpty(), "a text");

    assertThat(Growth.tooFast(linear, length -> filled("*", "ab", length), MEBIBYTE)).isEmpty();
  }
}
