package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The page for operators and the catalogue cannot differ. After a change of the catalogue, {@code
 * mvn -pl sdk-salesforce -am test -Dtest=ErrorsPageTest -Derrors.page.write=true
 * -Dsurefire.failIfNoSpecifiedTests=false} writes the page anew.
 */
class ErrorsPageTest {
  private static final Path FILE = Path.of("..", "docs", "errors.md");
  private static final Pattern HEADING = Pattern.compile("(?m)^### (.+)$");

  @BeforeAll
  static void write() throws IOException {
    if (Boolean.getBoolean("errors.page.write")) {
      Files.writeString(FILE, ErrorsPage.text());
    }
  }

  @Test
  void page_isWhatTheCatalogueSays() throws IOException {
    assertThat(Files.readString(FILE))
        .as("docs/errors.md; -Derrors.page.write=true writes it anew")
        .isEqualTo(ErrorsPage.text());
  }

  @Test
  void page_headings_areTheTopicsAndNoOthers() throws IOException {
    String page = Files.readString(FILE);

    assertThat(HEADING.matcher(page).results().map(heading -> heading.group(1)))
        .containsExactlyElementsOf(SalesforceErrors.topics().stream().map(Topic::title).toList());
  }

  @Test
  void page_eachTopic_saysItsRemedyUnderItsHeading() throws IOException {
    String page = Files.readString(FILE);

    assertThat(SalesforceErrors.topics())
        .allSatisfy(
            topic -> assertThat(section(page, topic)).contains(topic.meaning(), topic.remedy()));
  }

  private static String section(String page, Topic topic) {
    String after = page.split(Pattern.quote("\n### " + topic.title() + "\n"), -1)[1];
    return after.split("\n##", -1)[0];
  }
}
