package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each promise about security names tests that exist, and there is one place for promises. */
class SecurityPageTest {
  private static final Path PAGE = Path.of("..", "docs", "security.md");
  private static final Path REPORTING = Path.of("..", "SECURITY.md");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private static List<String> promises() throws IOException {
    String page = Files.readString(PAGE);
    String table =
        page.substring(
            page.indexOf("| Promise | Shown by |"), page.indexOf("## What it leaves to you"));
    return table.lines().filter(line -> line.startsWith("| ")).skip(1).toList();
  }

  @Test
  void promises_eachNamesTestsThatExist() throws IOException {
    NamedTests named = new NamedTests();

    List<String> promises = promises();

    assertThat(promises).hasSizeGreaterThan(10);
    for (String promise : promises) {
      String tests = promise.substring(promise.lastIndexOf("| ", promise.length() - 3));
      List<MatchResult> names = CODE.matcher(tests).results().toList();
      assertThat(names).as(promise).isNotEmpty();
      for (MatchResult name : names) {
        assertThat(named.exist(name.group(1))).as(name.group(1)).isTrue();
      }
    }
  }

  @Test
  void pageOnReporting_pointsThereAndPromisesNothing() throws IOException {
    String reporting = Files.readString(REPORTING);

    assertThat(reporting)
        .contains("(docs/security.md)")
        .doesNotContain("\n- ")
        .doesNotContain("\n## ");
  }
}
