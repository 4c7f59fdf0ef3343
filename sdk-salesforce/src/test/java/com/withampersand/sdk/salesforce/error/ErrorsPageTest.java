package com.withampersand.sdk.salesforce.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The page for operators and the catalog cannot differ. After a change of the catalog, {@code mvn
 * -pl sdk-salesforce -am test -Dtest=ErrorsPageTest -Derrors.page.write=true
 * -Dsurefire.failIfNoSpecifiedTests=false} writes the page anew.
 */
class ErrorsPageTest {
  private static final Path FILE = Path.of("..", "docs", "errors.md");
  private static final Pattern ANCHORED_HEADING =
      Pattern.compile("(?m)^<a id=\"([a-z-]+)\"></a>\n\n### (.+)$");

  @BeforeAll
  static void write() throws IOException {
    if (Boolean.getBoolean("errors.page.write")) {
      Files.writeString(FILE, ErrorsPage.text());
    }
  }

  @Test
  void page_isWhatTheCatalogSays() throws IOException {
    assertThat(Files.readString(FILE))
        .as("docs/errors.md; -Derrors.page.write=true writes it anew")
        .isEqualTo(ErrorsPage.text());
  }

  @Test
  void page_anchorsAndHeadings_areThoseOfTheCatalog() throws IOException {
    String page = Files.readString(FILE);

    assertThat(
            ANCHORED_HEADING.matcher(page).results().map(found -> found.group(1) + found.group(2)))
        .containsExactlyElementsOf(
            Stream.of(ErrorEntry.values())
                .map(entry -> entry.id() + entry.facts().title())
                .toList());
  }

  @Test
  void page_eachEntry_hasItsRemedyUnderItsAnchor() throws IOException {
    String page = Files.readString(FILE);

    assertThat(ErrorEntry.values())
        .allSatisfy(
            entry ->
                assertThat(section(page, entry))
                    .contains(entry.facts().meaning(), entry.facts().remedy()));
  }

  private static String section(String page, ErrorEntry entry) {
    String after = page.split(Pattern.quote("<a id=\"" + entry.id() + "\">"), -1)[1];
    return after.split("\n<a id|\n## ", -1)[0];
  }
}
