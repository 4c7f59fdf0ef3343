package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The page about states says what the code does. After a change of the code, {@code mvn -pl
 * sdk-core -am test -Dtest=StatesPageTest -Dstates.page.write=true
 * -Dsurefire.failIfNoSpecifiedTests=false} writes it anew.
 */
class StatesPageTest {
  private static final Path FILE = Path.of("..", "docs", "states.md");

  @Test
  void page_isWhatTheCodeDoes() throws IOException {
    String page = StatesPage.text();
    if (Boolean.getBoolean("states.page.write")) {
      Files.writeString(FILE, page);
    }

    assertThat(Files.readString(FILE))
        .as("docs/states.md; -Dstates.page.write=true writes it anew")
        .isEqualTo(page);
  }
}
