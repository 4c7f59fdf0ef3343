package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README shows what compiles: each Java block is a region of an example. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path GUIDES = Path.of("..", "docs", "guides");
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
    try (Stream<Path> guides = Files.list(GUIDES)) {
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

    assertThat(SECTION.splitAsStream(readme).skip(1))
        .as("sections that name a test")
        .allMatch(section -> SHOWN_BY.matcher(section).find());
    assertThat(SHOWN_BY.matcher(refusals).results().count()).isGreaterThanOrEqualTo(promises);
    assertNamedTestsExist(readme);
  }

  @Test
  void guides_testsThatTheyName_exist() throws IOException {
    StringBuilder guides = new StringBuilder();
    try (Stream<Path> files = Files.list(GUIDES)) {
      for (Path guide : files.toList()) {
        guides.append(Files.readString(guide));
      }
    }

    assertNamedTestsExist(guides.toString());
  }

  private static void assertNamedTestsExist(String text) throws IOException {
    List<MatchResult> shown = SHOWN_BY.matcher(text).results().toList();
    assertThat(shown).isNotEmpty();
    NamedTests named = new NamedTests();
    for (MatchResult tests : shown) {
      for (String test : tests.group(1).split(", ", -1)) {
        assertThat(named.exist(test)).as(test).isTrue();
      }
    }
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
