package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The guide shows the files of the example, which its own test runs. */
class GuideTest {
  private static final Path GUIDE = Path.of("..", "docs", "guides", "use-with-spring-boot.md");
  private static final Path EXAMPLE = Path.of("..", "example-spring-boot", "src/main/resources");

  @Test
  void settings_areThoseOfTheExample() throws IOException {
    assertThat(block("yaml")).isEqualTo(Files.readString(EXAMPLE.resolve("application.yaml")));
  }

  @Test
  void form_isOnThePageOfTheExample() throws IOException {
    String page = Files.readString(EXAMPLE.resolve("static/index.html"));

    assertThat(page.indent(-4)).contains(block("html"));
  }

  /** Returns the only block in a language. */
  private static String block(String language) throws IOException {
    Pattern block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL);
    Matcher found = block.matcher(Files.readString(GUIDE));
    assertThat(found.results()).as("blocks in %s", language).hasSize(1);
    found.reset().find();
    return found.group(1);
  }
}
