package com.withampersand.sdk.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What editors complete, and what the guide says of it. */
class MetadataTest {
  @Test
  void properties_haveADescriptionAndAreInTheGuide() throws IOException {
    String guide = Files.readString(Path.of("..", "docs", "guides", "use-with-spring-boot.md"));

    Map<String, JsonNode> properties = properties();

    assertThat(properties).hasSizeGreaterThan(30);
    properties.forEach(
        (name, property) -> {
          assertThat(property.path("description").asText()).as(name).matches("[A-Z].*");
          assertThat(property.path("type").asText()).as(name).isNotEmpty();
          assertThat(guide).contains("`" + name.replaceFirst("^ampersand\\.", "") + "`");
        });
  }

  private static Map<String, JsonNode> properties() throws IOException {
    try (InputStream metadata =
        AmpersandProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      String json = new String(Objects.requireNonNull(metadata).readAllBytes(), UTF_8);
      Map<String, JsonNode> properties = new TreeMap<>();
      for (JsonNode property : new ObjectMapper().readTree(json).path("properties")) {
        properties.put(property.path("name").asText(), property);
      }
      return properties;
    }
  }
}
