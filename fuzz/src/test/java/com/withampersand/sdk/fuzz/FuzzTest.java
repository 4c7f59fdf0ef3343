package com.withampersand.sdk.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
  private static final Path CORPUS = CorpusTest.CORPUS.toAbsolutePath();
  private static final String LONGEST_INPUT = "20000";
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
    System.out.println(name + ": " + findings(log).strip());
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
    command.add("-max_len=" + LONGEST_INPUT);
    command.add(Files.createDirectories(work.resolve("found")).toString());
    command.add(seeds(name, work).toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static Path seeds(String name, Path work) throws IOException {
    return name.equals(JazzerEntry.ALL) ? mixed(work.resolve("seeds")) : CORPUS.resolve(name);
  }

  /** Returns a folder with the inputs of every target, each behind the byte that chooses it. */
  private static Path mixed(Path folder) throws IOException {
    Files.createDirectories(folder);
    byte number = 0;
    for (String name : Targets.names()) {
      for (Path input : CorpusTest.inputs(name)) {
        byte[] bytes = Files.readAllBytes(input);
        byte[] chosen = new byte[bytes.length + 1];
        chosen[0] = number;
        System.arraycopy(bytes, 0, chosen, 1, bytes.length);
        Files.write(folder.resolve(name + "-" + input.getFileName()), chosen);
      }
      number++;
    }
    return folder;
  }

  private static String findings(Path log) {
    try (Stream<String> lines = Files.lines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      List<String> told =
          lines
              .filter(
                  line ->
                      line.matches(
                          ".*(Exception|Error|ERROR|runs in|== |\\tat com\\.withampersand).*"))
              .toList();
      return String.join("\n", told.subList(0, Math.min(told.size(), 30)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
