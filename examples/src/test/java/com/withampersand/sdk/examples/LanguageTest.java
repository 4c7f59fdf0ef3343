package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The words that people read are plain American technical English: comments, strings, and pages.
 * Names in code are not looked at.
 */
class LanguageTest {
  private static final Path ROOT = Path.of("..");

  private static final Pattern AVOIDED =
      Pattern.compile(
          "\\b(?:organisations?|behaviours?|honour\\w*|colour\\w*|catalogues?|whoever|whose it is|nobody|somebody"
              + "|everybody|mend(?:s|ed)?|for ever|lies idle|goes on with|is of no (?:more )?use|of no more use|shows them not|by itself alone"
              + "|the wire|ever more seldom|licences?|misfortunes?|longer than nothing|is no address)\\b",
          Pattern.CASE_INSENSITIVE);

  /** The name that {@code Actor.NONE} had before, where it is quoted or read. */
  private static final Pattern OLD_NAME = Pattern.compile("Actor\\.NOBODY|\\\\?\"NOBODY\\\\?\"");

  /** A comment, a text block, a string or a character; what else there is in Java is code. */
  private static final Pattern WORDS =
      Pattern.compile(
          "/\\*(?s:.*?)\\*/|//[^\\n]*|\"\"\"(?s:.*?)\"\"\"|\"(?:[^\"\\\\\\n]|\\\\.)*+\"|'(?:[^'\\\\\\n]|\\\\.)*+'");

  @Test
  void pagesAndSources_haveNoneOfTheWordsToAvoid() throws IOException {
    assertThat(avoided()).isEmpty();
  }

  private static Stream<String> avoided() throws IOException {
    return Stream.of(pages(), sources(), build())
        .flatMap(files -> files)
        .flatMap(
            file ->
                words(file).stream()
                    .flatMap(LanguageTest::hits)
                    .map(hit -> name(file) + ": " + hit));
  }

  private static Stream<String> hits(String text) {
    return AVOIDED.matcher(OLD_NAME.matcher(text).replaceAll("")).results().map(MatchResult::group);
  }

  private static String name(Path file) {
    return ROOT.relativize(file).toString().replace('\\', '/');
  }

  private static Stream<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.toString().contains("node_modules"))
          .toList()
          .stream();
    }
  }

  /** The gate says what it does, and the poms' comments why they are as they are. */
  private static Stream<Path> build() {
    return Stream.of(
        ROOT.resolve(".ci/run"),
        ROOT.resolve("pom.xml"),
        ROOT.resolve("sdk-core/pom.xml"),
        ROOT.resolve("sdk-testkit/pom.xml"),
        ROOT.resolve("sdk-salesforce/pom.xml"),
        ROOT.resolve("sdk-spring-boot-starter/pom.xml"),
        ROOT.resolve("example-spring-boot/pom.xml"),
        ROOT.resolve("example-spring-boot-3/pom.xml"),
        ROOT.resolve("example-clients/pom.xml"),
        ROOT.resolve("examples/pom.xml"),
        ROOT.resolve("fuzz/pom.xml"),
        ROOT.resolve("soak/pom.xml"),
        ROOT.resolve("sdk-bom/pom.xml"));
  }

  private static Stream<Path> sources() throws IOException {
    return Stream.of(
            "sdk-core",
            "sdk-testkit",
            "sdk-salesforce",
            "sdk-spring-boot-starter",
            "examples",
            "example-clients",
            "example-spring-boot",
            "example-spring-boot-3",
            "fuzz",
            "soak")
        .map(module -> ROOT.resolve(module).resolve("src"))
        .flatMap(LanguageTest::javaFiles);
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(LanguageTest::isSource).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** This file has the words. */
  private static boolean isSource(Path file) {
    return file.toString().endsWith(".java") && !file.endsWith("LanguageTest.java");
  }

  private static List<String> words(Path file) {
    try {
      String text = Files.readString(file);
      return file.toString().endsWith(".java")
          ? words(text)
          : List.of(text.replaceAll("\\s+(?:# )?", " "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line of a comment ends in the middle of a sentence. */
  private static List<String> words(String java) {
    return WORDS
        .matcher(java)
        .results()
        .map(found -> found.group().replaceAll("\\s*\\n\\s*\\*? ?", " "))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "int nobody = 1; // whoever reads | whoever",
        "String s = \"the wire\"; int organisation; | the wire",
        "/** Says whose~ * it is. */ int mend; | whose it is",
        "char c = '\"'; String t = \"Nobody\"; | Nobody",
        "String t = \"a \\\" behaviour\"; | behaviour",
        "// The wire carries it. | The wire",
        "// For ever, says the first line. | For ever",
        "/* Whose it is */ | Whose it is",
        "// NOBODY knows. | NOBODY",
        "// A licence. | licence",
        "String u = \"\"\"~  colour~  \"\"\"; | colour"
      })
  void commentsAndStrings_areSearched(String java, String hit) {
    assertThat(words(java.replace('~', '\n')).stream().flatMap(LanguageTest::hits))
        .containsExactly(hit);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Actor.NOBODY", "recommended", "\"amends\"", "onTheWire()", "\"NOBODY\""})
  void otherWords_areNoHits(String java) {
    assertThat(words("/* " + java + " */")).flatMap(text -> hits(text).toList()).isEmpty();
  }
}
