package com.withampersand.sdk.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tries what is kept: inputs of each kind, and those that once found a defect. */
class CorpusTest {
  @TestFactory
  Stream<DynamicTest> corpus_everyInput_keepsTheProperties() {
    return Targets.names().stream().flatMap(CorpusTest::tests);
  }

  private static Stream<DynamicTest> tests(String name) {
    assertThat(Seeds.kept(name)).as("the corpus of " + name).hasSizeGreaterThan(3);
    Target target = Targets.named(name);
    return Stream.of(Seeds.of(name), Seeds.big(name))
        .flatMap(seeds -> seeds.entrySet().stream())
        .map(seed -> test(name, target, seed));
  }

  private static DynamicTest test(String name, Target target, Map.Entry<String, byte[]> seed) {
    return DynamicTest.dynamicTest(
        name + "/" + seed.getKey(), () -> target.run(new Input(seed.getValue())));
  }
}
