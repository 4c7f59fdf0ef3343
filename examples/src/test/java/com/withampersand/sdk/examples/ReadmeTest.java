package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The README shows what compiles: each Java block is a region of an example. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final List<Path> SOURCES =
      List.of(
          Path.of("src/main/java/com/withampersand/sdk/examples"),
          Path.of("src/test/java/com/withampersand/sdk/examples"),
          Path.of("src/main/java/com/withampersand/sdk/examples/operator"),
          Path.of("../example-clients/src/main/java/com/withampersand/sdk/examples/clients"),
          Path.of("../example-spring-boot/src/main/java/com/withampersand/sdk/examples/spring"),
          Path.of("../example-spring-boot-3/src/main/java/com/withampersand/sdk/examples/spring3"),
          Path.of("../sdk-core/src/test/java/com/withampersand/sdk/token/crypto"),
          Path.of("../sdk-core/src/test/java/com/withampersand/sdk/token/redis"));
  private static final Pattern SECTION = Pattern.compile("(?m)^## ");
  private static final Pattern SHOWN_BY = Pattern.compile("<!-- shown by: (.*?) -->");

  /** A test's annotation, what may stand between, and its name; not what follows its end. */
  private static final Pattern TEST =
      Pattern.compile(
          "\n  @(?:Parameterized)?Test\\b(?:(?!\n  }\n)(?s:.))*?\n  (?:default )?void (\\w+)\\(");

  /** All tests of such a class are inherited. */
  private static final Pattern CONTRACT = Pattern.compile(" implements \\w+Contract \\{");

  private static final Pattern BLOCK =
      Pattern.compile("<!-- region: (\\w+) (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL);

  private static final Pattern JAVADOC_BLOCK =
      Pattern.compile(
          "<!-- region: (\\w+) (\\w+) -->\n<pre>\\{@code\n(.*?)}</pre>", Pattern.DOTALL);

  @Test
  void javaBlocks_eachIsARegionOfAnExample() throws IOException {
    String readme = Files.readString(README);

    List<MatchResult> blocks = BLOCK.matcher(readme).results().toList();

    assertThat(blocks).hasSize(readme.split("```java", -1).length - 1).isNotEmpty();
    for (MatchResult block : blocks) {
      assertThat(block.group(3))
          .as("the README's block %s %s", block.group(1), block.group(2))
          .isEqualTo(region(block.group(1), block.group(2)));
    }
  }

  @Test
  void guides_javaBlocks_eachIsARegionOfCodeThatTestsRun() throws IOException {
    int seen = 0;
    try (Stream<Path> guides = Files.list(Path.of("..", "docs", "guides"))) {
      for (Path guide : guides.toList()) {
        String text = Files.readString(guide);
        List<MatchResult> blocks = BLOCK.matcher(text).results().toList();
        assertThat(blocks).as("regions of %s", guide).hasSize(text.split("```java", -1).length - 1);
        for (MatchResult block : blocks) {
          assertThat(block.group(3))
              .as("the block %s %s of %s", block.group(1), block.group(2), guide)
              .isEqualTo(region(block.group(1), block.group(2)));
          seen++;
        }
      }
    }

    assertThat(seen).isPositive();
  }

  @Test
  void javadocOverview_blocks_eachIsARegionOfAnExample() throws IOException {
    String overview = Files.readString(Path.of("..", "src", "main", "javadoc", "overview.html"));

    List<MatchResult> blocks = JAVADOC_BLOCK.matcher(overview).results().toList();

    assertThat(blocks).hasSize(overview.split("<pre>", -1).length - 1).isNotEmpty();
    for (MatchResult block : blocks) {
      assertThat(block.group(3))
          .as("the overview's block %s %s", block.group(1), block.group(2))
          .isEqualTo(region(block.group(1), block.group(2)));
    }
  }

  @Test
  void promises_eachNamesTestsThatExist() throws IOException {
    String readme = Files.readString(README);
    String refusals = readme.substring(readme.indexOf("## What it will not do"));
    int promises =
        refusals.substring(0, refusals.indexOf("## Requirements")).split("\n- ", -1).length - 1;

    List<MatchResult> shown = SHOWN_BY.matcher(readme).results().toList();

    assertThat(SECTION.splitAsStream(readme).skip(1))
        .as("sections that name a test")
        .allMatch(section -> SHOWN_BY.matcher(section).find());
    Map<String, List<Path>> sources = testSources();
    assertThat(SHOWN_BY.matcher(refusals).results().count()).isGreaterThanOrEqualTo(promises);
    for (MatchResult tests : shown) {
      for (String test : tests.group(1).split(", ", -1)) {
        assertThat(exists(test, sources)).as(test).isTrue();
      }
    }
  }

  private static Map<String, List<Path>> testSources() throws IOException {
    Map<String, List<Path>> sources = new HashMap<>();
    for (String module :
        List.of(
            "sdk-core",
            "sdk-salesforce",
            "sdk-testkit",
            "sdk-spring-boot-starter",
            "examples",
            "example-clients",
            "example-spring-boot",
            "example-spring-boot-3")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
        files.forEach(
            file ->
                sources
                    .computeIfAbsent(file.getFileName().toString(), name -> new ArrayList<>())
                    .add(file));
      }
    }
    return sources;
  }

  private static boolean exists(String test, Map<String, List<Path>> sources) throws IOException {
    if (test.startsWith(".ci/")) {
      String step = test.startsWith(".ci/projects/") ? "-pl .ci/projects " : test;
      return Files.exists(Path.of("..", test))
          && Files.readString(Path.of("..", ".ci", "run")).contains(step);
    }
    String type = test.replaceFirst("\\..*", "");
    String method = test.substring(type.length()).replaceFirst("^\\.", "");
    for (Path file : sources.getOrDefault(type + ".java", List.of())) {
      if (declares(Files.readString(file), type, method)) {
        return true;
      }
    }
    return false;
  }

  /** Tells whether a source has a test of that name, or tests at all where none is named. */
  private static boolean declares(String source, String type, String method) {
    return source.contains("class " + type + " ")
        && (method.isEmpty()
            ? TEST.matcher(source).find() || CONTRACT.matcher(source).find()
            : TEST.matcher(source).results().anyMatch(test -> test.group(1).equals(method)));
  }

  @ParameterizedTest
  @CsvSource({
    "works, true",
    "worksForEach, true",
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
        }
        """;

    assertThat(declares(source, "SomeTest", method)).isEqualTo(expected);
    assertThat(declares(source, "OtherTest", method)).isFalse();
  }

  @Test
  void declares_classWithoutTests_isFalse() {
    assertThat(declares("class SomeTest {\n  void works() {}\n}", "SomeTest", "")).isFalse();
  }

  private static Path source(String type) {
    return SOURCES.stream()
        .map(folder -> folder.resolve(type + ".java"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no source of " + type));
  }

  private static String region(String type, String name) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(source(type))) {
      if (line.strip().equals("// endregion")) {
        inside = false;
      }
      if (inside) {
        lines.add(line);
      }
      if (line.strip().equals("// region " + name)) {
        inside = true;
      }
    }
    assertThat(lines).as("region %s of %s", name, type).isNotEmpty();
    return String.join("\n", lines).stripTrailing().stripIndent() + "\n";
  }
}
