package com.withampersand.sdk.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the fuzzer, beginning with the corpus, in a process of its own: on all targets by turns, or
 * by {@code -Dfuzz.targets} on some of them, or {@code each}, one after the other. What it found
 * stays in {@code target/fuzz}. It begins with the same number each time, unless {@code
 * -Dfuzz.seed=0} asks for a random one; an input that found a defect belongs into the corpus.
 */
@Tag("fuzz")
class FuzzTest {
  private static final Path WORK = Path.of("target", "fuzz").toAbsolutePath();
  private static final int LONGEST_INPUT = 20_000;
  private static final int LONGEST_ANSWER = (1 << 20) + 1000;

  /** Those whose readers take more. */
  private static final Map<String, Integer> LONGER =
      Map.of(
          "mint", LONGEST_ANSWER,
          "metadata", LONGEST_ANSWER,
          "org-call", LONGEST_ANSWER,
          "pem", 70_000,
          "problem", LONGEST_ANSWER,
          "resource-refusal", LONGEST_ANSWER,
          "salesforce-answer", LONGEST_ANSWER,
          "token-answer", LONGEST_ANSWER,
          "webhook", LONGEST_ANSWER);

  private static final Pattern COUNT =
      Pattern.compile(JazzerEntry.COUNT + "([\\w-]+): (\\d+) in (\\d+) ms");

  /** What each target was given, over all runs. */
  private static final Map<String, String> TABLE = new TreeMap<>();

  private static final String SECONDS_FOR_ONE_INPUT = "20";

  static Stream<String> targets() {
    String names = System.getProperty("fuzz.targets", "");
    if (names.isEmpty()) {
      return Stream.of(JazzerEntry.ALL);
    }
    return names.equals("each") ? Targets.names().stream() : Stream.of(names.split(","));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void fuzz_strangeInputs_keepTheProperties(String name) throws Exception {
    Path work = Files.createDirectories(WORK.resolve(name));
    Path log = work.resolve("log");

    int exit = start(name, work, log).waitFor();

    assertThat(exit)
        .withFailMessage(() -> "See " + log + " and the input beside it:\n" + findings(log))
        .isZero();
    assertThat(findings(log)).as("what the engine printed").contains("runs in");
    count(log);
  }

  @AfterAll
  static void print() {
    System.out.printf("%-20s %10s %10s%n", "target", "inputs", "per second");
    TABLE.values().forEach(System.out::println);
  }

  /** A target that had no input was not tried. */
  private static void count(Path log) {
    lines(log)
        .map(COUNT::matcher)
        .filter(Matcher::find)
        .forEach(found -> count(found.group(1), found.group(2), found.group(3)));
    assertThat(TABLE).as("the targets that were counted").isNotEmpty();
  }

  private static void count(String target, String inputs, String millis) {
    long number = Long.parseLong(inputs);
    assertThat(number).as("the inputs of " + target).isPositive();
    long perSecond = number * 1000 / Math.max(1, Long.parseLong(millis));
    TABLE.put(target, "%-20s %10d %10d".formatted(target, number, perSecond));
  }

  private static Process start(String name, Path work, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + JazzerEntry.class.getName());
    command.add("--target_args=" + name);
    command.add("--instrumentation_includes=com.withampersand.sdk.**");
    command.add("--custom_hook_includes=com.withampersand.sdk.**");
    command.add("--reproducer_path=" + work);
    command.add("-artifact_prefix=" + work + "/");
    command.add("-max_total_time=" + System.getProperty("fuzz.seconds", "40"));
    command.add("-seed=" + System.getProperty("fuzz.seed", "1"));
    command.add("-timeout=" + SECONDS_FOR_ONE_INPUT);
    command.add("-max_len=" + LONGER.getOrDefault(name, LONGEST_INPUT));
    command.add(Files.createDirectories(work.resolve("found")).toString());
    command.add(seeds(name, work).toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static Path seeds(String name, Path work) throws IOException {
    Path folder = Files.createDirectories(work.resolve("seeds"));
    if (!name.equals(JazzerEntry.ALL)) {
      write(name, Seeds.of(name), new byte[0], folder);
      write(name, Seeds.big(name), new byte[0], folder);
      return folder;
    }
    byte number = 0;
    for (String target : Targets.names()) {
      write(target, Seeds.of(target), new byte[] {number++}, folder);
    }
    return folder;
  }

  /** Writes inputs, each behind the bytes that choose its target. */
  private static void write(String target, Map<String, byte[]> seeds, byte[] choice, Path folder)
      throws IOException {
    for (Map.Entry<String, byte[]> seed : seeds.entrySet()) {
      try (OutputStream file =
          Files.newOutputStream(folder.resolve(target + "-" + seed.getKey()))) {
        file.write(choice);
        file.write(seed.getValue());
      }
    }
  }

  private static String findings(Path log) {
    List<String> told =
        lines(log)
            .filter(
                line ->
                    line.matches(
                        ".*(Exception|Error|ERROR|runs in|== |\\tat com\\.withampersand).*"))
            .toList();
    return String.join("\n", told.subList(0, Math.min(told.size(), 30)));
  }

  private static Stream<String> lines(Path log) {
    try {
      return Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
