package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedTestsTest {
  @ParameterizedTest
  @CsvSource({
    "works, true",
    "worksForEach, true",
    "worksForAll, true",
    "'', true",
    "work, false",
    "helps, false",
    "setsUp, false",
    "isSaid, false"
  })
  void declares_aTestOrNoneNamed_isTrue(String method, boolean expected) {
    String source =
        """
        class SomeTest {
          @BeforeEach
          void setsUp() {}

          @Test
          void works() {
            helps(); // isSaid(
          }

          void helps() {
          }

          @ParameterizedTest
          @ValueSource(ints = 1)
          void worksForEach(int n) {}

          @TestFactory
          Stream<DynamicTest> worksForAll() {
            return Stream.empty();
          }
        }
        """;

    assertThat(NamedTests.declares(source, "SomeTest", method)).isEqualTo(expected);
    assertThat(NamedTests.declares(source, "OtherTest", method)).isFalse();
  }

  @Test
  void declares_classWithoutTests_isFalse() {
    assertThat(NamedTests.declares("class SomeTest {\n  void works() {}\n}", "SomeTest", ""))
        .isFalse();
  }
}
