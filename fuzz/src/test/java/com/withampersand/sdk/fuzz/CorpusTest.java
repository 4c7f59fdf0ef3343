package com.withampersand.sdk.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tries what is kept: inputs of each kind, and those that once found a defect. */
class CorpusTest {
  static final Path CORPUS = Path.of("src", "test", "resources", "corpus");

  @TestFactory
  Stream<DynamicTest> corpus_everyInput_keepsTheProperties() {
    return Targets.names().stream().flatMap(CorpusTest::tests);
  }

  private static Stream<DynamicTest> tests(String name) {
    Target target = Targets.named(name);
    List<Path> inputs = inputs(name);
    assertThat(inputs).as("the corpus of " + name).hasSizeGreaterThan(3);
    return inputs.stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    name + "/" + file.getFileName(),
                    () -> target.run(new Input(Files.readAllBytes(file)))));
  }

  static List<Path> inputs(String name) {
    try (Stream<Path> files = Files.list(CORPUS.resolve(name))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
