package com.withampersand.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DocPageTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern ANCHOR = Pattern.compile("(?m)^<a id=\"([a-z-]+)\"></a>\n\n### .+$");

  @ParameterizedTest
  @EnumSource
  void topic_eachPage_hasTheAnchorAboveAHeading(DocPage page) throws IOException {
    String[] topic = page.topic().split("#", 2);

    String text = Files.readString(DOCS.resolve(topic[0]));

    assertThat(ANCHOR.matcher(text).results().map(found -> found.group(1)))
        .containsOnlyOnce(topic[1]);
  }

  @Test
  void guide_hasNoOtherAnchors() throws IOException {
    String text = Files.readString(DOCS.resolve("guides/when-it-fails.md"));

    assertThat(ANCHOR.matcher(text).results().map(found -> found.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(DocPage.values()).map(page -> page.topic().split("#", 2)[1]).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "'', errors.md#inactive-user, errors.md#inactive-user",
    "https://docs.example/sdk/, errors.md#a.md, https://docs.example/sdk/errors.html#a.md",
    "https://docs.example/, guides/x.md, https://docs.example/guides/x.html",
    "https://docs.example/, https://provider.example/errors.md#x, https://provider.example/errors.md#x"
  })
  void address_withAndWithoutASite_leadsToThePage(String site, String topic, String address) {
    assertThat(DocPage.address(site, topic)).isEqualTo(address);
  }

  @Test
  void site_isEmptyOrEndsWithASlash() {
    assertThat(DocPage.SITE).matches("|https://.+/");
  }
}
