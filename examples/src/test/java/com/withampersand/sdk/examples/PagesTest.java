package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a reader copies from a page works: programs exist, and pages name one version. */
class PagesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern PROGRAM = Pattern.compile("-Dexec\\.mainClass=([\\w.$]+)");
  private static final Pattern VERSION =
      Pattern.compile(
          "<artifactId>ampersand-sdk-[^<]*</artifactId>\\s*<version>([^<]*)</version>"
              + "|com\\.withampersand:ampersand-sdk-[\\w-]+:([^\"]*)\"");
  private static final Pattern PROJECT_VERSION =
      Pattern.compile(
          "<artifactId>ampersand-sdk-parent</artifactId>\\s*<version>([^<]*)</version>");

  @Test
  void programs_eachHasAMainMethod() throws Exception {
    List<String> programs = all(PROGRAM).toList();

    assertThat(programs).isNotEmpty();
    for (String program : programs) {
      Method main = Class.forName(program).getMethod("main", String[].class);
      assertThat(Modifier.isStatic(main.getModifiers())).as(program).isTrue();
    }
  }

  @Test
  void versions_eachIsThatOfTheProject() throws IOException {
    Matcher project = PROJECT_VERSION.matcher(Files.readString(ROOT.resolve("pom.xml")));
    assertThat(project.find()).isTrue();

    assertThat(all(VERSION).distinct()).containsExactly(project.group(1));
  }

  @Test
  void addIt_sameOnBothFirstPages() throws IOException {
    assertThat(addIt("docs/index.md")).isEqualTo(addIt("README.md").replace("(docs/", "("));
  }

  /** From the dependency on, to the end of the section. */
  private static String addIt(String page) throws IOException {
    String text = Files.readString(ROOT.resolve(page));
    int start = text.indexOf("```xml");
    return text.substring(start, text.indexOf("\n## ", start));
  }

  /** Returns what the one group that matched holds, for each match on each page. */
  private static Stream<String> all(Pattern pattern) throws IOException {
    return pages()
        .flatMap(page -> pattern.matcher(page).results())
        .map(found -> found.group(found.group(1) == null ? 2 : 1));
  }

  private static Stream<String> pages() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.toString().contains("node_modules"))
          .map(PagesTest::text)
          .toList()
          .stream();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
