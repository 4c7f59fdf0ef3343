package com.withampersand.sdk.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Time grows with the length of an input and not with its square: an input sixteen times as long
 * may take some twenty times as long, not 256 times. It is the processor's time, so that other
 * programs do not count.
 */
class GrowthTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int SHORT = 1_000;
  private static final int TIMES = 16;
  private static final int ROUNDS = 2;

  /** Short inputs take their time for other reasons. */
  private static final long NEVER_MIND_NANOS = 200_000_000;

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
          "problem",
          answers(),
          "retry-after",
          List.of("429\n~~\n*\n~~\n*"),
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

  /** Those that no store and no file slow down. */
  static Stream<String> targets() {
    return Targets.names().stream()
        .filter(name -> !List.of("grant", "jdbc-row", "row-file").contains(name));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void run_inputSixteenTimesAsLong_takesNoQuadraticTime(String name) throws Exception {
    Target target = Targets.named(name);
    for (String frame : FRAMES.getOrDefault(name, List.of("*"))) {
      for (String piece : PIECES) {
        long much = nanos(target, frame, piece, SHORT * TIMES);
        long little = much < NEVER_MIND_NANOS ? 0 : nanos(target, frame, piece, SHORT);

        assertThat(much)
            .as("%s with %s in %s: %d ns for a short one", name, piece, frame, little)
            .isLessThan(NEVER_MIND_NANOS + 3 * TIMES * little);
      }
    }
  }

  private static long nanos(Target target, String frame, String piece, int length)
      throws Exception {
    String text = frame.replace("*", piece.repeat(length / piece.length()));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least >= NEVER_MIND_NANOS; round++) {
      long start = THREADS.getCurrentThreadCpuTime();
      target.run(new Input(bytes));
      least = Math.min(least, THREADS.getCurrentThreadCpuTime() - start);
    }
    return least;
  }
}
