package com.withampersand.sdk.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was read once is not kept: names that a parser keeps for the next answer would be. */
class RetentionTest {
  private static final int TIMES = 400;

  /** Within the bounds of all readers. */
  private static final int LENGTH = 15_000;

  private static final long NEVER_MIND_BYTES = 4_000_000;

  /** What surrounds the name, where a name alone in an object is not what is read. */
  private static final Map<String, List<String>> FRAMES =
      Map.ofEntries(
          Map.entry(
              "connection-tokens",
              List.of("200\n~~\n{\"connections\":[{\"*\":1}]}\n~~\n{\"*\":1}")),
          Map.entry(
              "grant",
              List.of(
                  "ACTIVE\n~~\n7.1.0.0.0\n~~\n{\"grant\":1,\"version\":\"7.1.0.0.0\",\"consent\":\"c\",\"*\":1}")),
          Map.entry("jwt", List.of("{}\n~~\n{\"*\":1}\n~~\nx")),
          Map.entry("mint", answers()),
          Map.entry("org-call", List.of("401\n~~\n\n~~\n\n~~\n[{\"*\":1}]")),
          Map.entry("problem", answers()),
          Map.entry(
              "proxy", List.of("/a\n~~\n400\n~~\napplication/problem+json\n~~\n\n~~\n{\"*\":1}")),
          Map.entry("resource-refusal", List.of("401\n~~\n\n~~\n{\"*\":1}")),
          Map.entry("salesforce-answer", answers()),
          Map.entry("token-answer", answers()),
          Map.entry("webhook", List.of("id\n~~\n1795780800\n~~\n\n~~\n{\"*\":1}")),
          Map.entry(
              "metadata",
              List.of("a.eca\n~~\n<ExternalClientApplication><*/></ExternalClientApplication>")));

  private final Random random = new Random(0);

  private static List<String> answers() {
    return List.of(
        "400\n~~\napplication/json\n~~\n{\"error\":\"x\",\"*\":1}",
        "200\n~~\napplication/json\n~~\n"
            + "{\"access_token\":\"a.token\",\"token_type\":\"Bearer\",\"*\":1}",
        "200\n~~\napplication/x-www-form-urlencoded\n~~\naccess_token=a.token&*=1");
  }

  /** All but {@code jdbc-row}, of which there is one in a process: {@code grant} has its reader. */
  static Stream<String> targets() {
    return Targets.names().stream().filter(name -> !name.equals("jdbc-row"));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void run_nameAfterName_keepsNone(String name) throws Exception {
    Target target = Targets.named(name);
    for (String frame : FRAMES.getOrDefault(name, List.of("{\"*\":1}"))) {
      assertThat(kept(target, frame)).as("%s in %s", name, frame).isLessThan(NEVER_MIND_BYTES);
    }
  }

  @Test
  void judge_readerThatKeepsNames_isFound() throws Exception {
    List<String> names = new ArrayList<>();

    assertThat(kept(input -> names.add(input.text()), "*")).isGreaterThan(NEVER_MIND_BYTES);
    assertThat(names).hasSize(TIMES + 1);
  }

  @Test
  void judge_parserThatKeepsNames_isFound() throws Exception {
    ObjectMapper usual = new ObjectMapper();

    assertThat(kept(input -> usual.readTree(input.bytes()), "{\"*\":1}"))
        .isGreaterThan(NEVER_MIND_BYTES);
  }

  private long kept(Target target, String frame) throws Exception {
    target.run(input(frame));
    long before = used();
    for (int i = 0; i < TIMES; i++) {
      target.run(input(frame));
    }
    return used() - before;
  }

  private Input input(String frame) {
    String name =
        random
            .ints(LENGTH, 'a', 'z' + 1)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return new Input(frame.replace("*", name).getBytes(StandardCharsets.UTF_8));
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
