package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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
          "\\b(?:[Oo]rganisations?|[Bb]ehaviours?|[Hh]onour\\w*|[Cc]olour\\w*|[Cc]atalogues?|[Ww]hoever|whose it is|[Nn]obody|[Ss]omebody"
              + "|[Ee]verybody|[Mm]end(?:s|ed)?|for ever|lies idle|goes on with|is of no use|of no more use|shows them not|by itself alone"
              + "|the wire)\\b");

  /** A comment, a text block, a string or a character; what else there is in Java is code. */
  private static final Pattern WORDS =
      Pattern.compile(
          "/\\*(?s:.*?)\\*/|//[^\\n]*|\"\"\"(?s:.*?)\"\"\"|\"(?:[^\"\\\\\\n]|\\\\.)*+\"|'(?:[^'\\\\\\n]|\\\\.)*+'");

  /** Files that still have such words. Remove a file from here when its words are fixed. */
  private static final Set<String> NOT_YET =
      Set.of(
          "CHANGELOG.md",
          "CONTRIBUTING.md",
          "README.md",
          "docs/decisions/002-update-may-find-nothing.md",
          "docs/decisions/003-signed-state.md",
          "docs/decisions/008-when-a-refresh-fails.md",
          "docs/decisions/009-one-owner-of-a-grant.md",
          "docs/decisions/012-a-lease-in-the-row.md",
          "examples/src/main/java/com/withampersand/sdk/examples/CheckSalesforceApp.java",
          "examples/src/main/java/com/withampersand/sdk/examples/Org.java",
          "examples/src/main/java/com/withampersand/sdk/examples/OwnCallback.java",
          "examples/src/main/java/com/withampersand/sdk/examples/Quickstart.java",
          "examples/src/main/java/com/withampersand/sdk/examples/QuickstartSettings.java",
          "examples/src/main/java/com/withampersand/sdk/examples/SalesforceRest.java",
          "sdk-core/src/main/java/com/withampersand/sdk/CallbackException.java",
          "sdk-core/src/main/java/com/withampersand/sdk/ConnectionKey.java",
          "sdk-core/src/main/java/com/withampersand/sdk/Problem.java",
          "sdk-core/src/main/java/com/withampersand/sdk/Secret.java",
          "sdk-core/src/main/java/com/withampersand/sdk/internal/Echo.java",
          "sdk-core/src/main/java/com/withampersand/sdk/internal/SecretShapes.java",
          "sdk-core/src/main/java/com/withampersand/sdk/token/refresh/KeepAliveReport.java",
          "sdk-core/src/main/java/com/withampersand/sdk/token/refresh/Memory.java");

  @Test
  void pagesAndSources_haveNoneOfTheWordsToAvoid() throws IOException {
    assertThat(avoided().filter(hit -> !NOT_YET.contains(hit.split(":", 2)[0]))).isEmpty();
  }

  private static Stream<String> avoided() throws IOException {
    return Stream.concat(pages(), sources())
        .flatMap(
            file ->
                words(file).stream()
                    .flatMap(text -> AVOIDED.matcher(text).results())
                    .map(hit -> name(file) + ": " + hit.group()));
  }

  private static String name(Path file) {
    return ROOT.relativize(file).toString().replace('\\', '/');
  }

  private static Stream<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .toList()
          .stream();
    }
  }

  private static Stream<Path> sources() throws IOException {
    return Stream.of("sdk-core", "sdk-testkit", "sdk-salesforce", "examples")
        .map(module -> ROOT.resolve(module).resolve("src/main/java"))
        .flatMap(LanguageTest::javaFiles);
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> words(Path file) {
    try {
      String text = Files.readString(file);
      return file.toString().endsWith(".java") ? words(text) : List.of(text);
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
        "String u = \"\"\"~  colour~  \"\"\"; | colour"
      })
  void commentsAndStrings_areSearched(String java, String hit) {
    assertThat(
            words(java.replace('~', '\n')).stream()
                .flatMap(text -> AVOIDED.matcher(text).results())
                .map(found -> found.group()))
        .containsExactly(hit);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Actor.NOBODY", "recommended", "\"amends\"", "onTheWire()", "\"NOBODY\""})
  void otherWords_areNoHits(String java) {
    assertThat(words("/* " + java + " */")).noneMatch(text -> AVOIDED.matcher(text).find());
  }
}
