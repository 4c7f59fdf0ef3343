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

/** What people read is plain American technical English: these words are not in it. */
class LanguageTest {
  private static final List<String> WORDS =
      List.of(
          "organisations?",
          "behaviours?",
          "honour(s|ed|ing)?",
          "colours?",
          "catalogues?",
          "whoever",
          "whose it is",
          "nobody",
          "somebody",
          "everybody",
          "mend(s|ed|ing)?",
          "for ever",
          "lies idle",
          "goes on with",
          "is of no (more )?use",
          "of no more use",
          "shows them not",
          "by itself alone",
          "the wire",
          "ever more seldom",
          "longer than nothing",
          "is no address");
  private static final Pattern AVOIDED =
      Pattern.compile("(?i)\\b(" + String.join("|", WORDS) + ")\\b");

  /** Comments, text blocks and strings; the rest of a source is identifiers. */
  private static final Pattern READ_BY_PEOPLE =
      Pattern.compile(
          "/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\])+'",
          Pattern.DOTALL);

  @Test
  void everyText_isWithoutTheWordsToAvoid() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files()) {
      String text = Files.readString(file);
      if (file.toString().endsWith(".java")) {
        READ_BY_PEOPLE.matcher(text).results().forEach(part -> find(part.group(), file, found));
      } else {
        find(text, file, found);
      }
    }

    assertThat(found).isEmpty();
  }

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String place : List.of("sdk-core", "sdk-salesforce", "sdk-testkit", "examples")) {
      files.addAll(in(Path.of("..", place, "src"), ".java"));
    }
    files.addAll(in(Path.of("..", "docs"), ".md"));
    for (String page : List.of("README", "CHANGELOG", "CONTRIBUTING", "SECURITY")) {
      files.add(Path.of("..", page + ".md"));
    }
    files.removeIf(file -> file.endsWith("LanguageTest.java"));
    return files;
  }

  private static List<Path> in(Path directory, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(ending)).toList();
    }
  }

  private static void find(String text, Path file, List<String> found) {
    String line = text.replaceAll("\\s*\\n\\s*(\\*|//)?\\s*", " ");
    for (MatchResult match : AVOIDED.matcher(line).results().toList()) {
      int from = Math.max(0, match.start() - 40);
      int to = Math.min(line.length(), match.end() + 40);
      found.add(file + ": …" + line.substring(from, to) + "…");
    }
  }

  @Test
  void find_wordsOverTwoLinesOfAComment_areSeen() {
    List<String> found = new ArrayList<>();

    find("/** It is\n   * of no\n   * more use. */", Path.of("A.java"), found);

    assertThat(found).hasSize(1);
  }
}
