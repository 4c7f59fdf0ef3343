package com.withampersand.sdk.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceScopes;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

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

  @Test
  void secrets_areKnownToTheActuatorsFilter() throws IOException {
    String secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    List<String> names = namesOfSecrets();

    assertThat(names).contains("ampersand.api-key", "ampersand.tokens.former-keys.old");
    for (String name : names) {
      SecretProperties known =
          new SecretProperties(
              new Binder(new MapConfigurationPropertySource(Map.of(name, secret))));
      for (String shown : List.of(name, "crm.copy")) {
        assertThat(known.sanitize(new SanitizableData(null, shown, secret)).getValue())
            .as(name)
            .isNotEqualTo(secret);
      }
    }
  }

  private static List<String> namesOfSecrets() throws IOException {
    List<String> names = new ArrayList<>();
    properties()
        .forEach(
            (name, property) -> {
              String type = property.path("type").asText();
              if (type.contains(Secret.class.getName())) {
                names.add(type.contains("Map<") ? name + ".old" : name);
              }
            });
    return names;
  }

  @Test
  void scopes_hintsAreThoseOfTheSdk_inTheWordsOfSetup() throws Exception {
    Map<String, String> known = new TreeMap<>();
    for (Field scope : SalesforceScopes.class.getFields()) {
      String name = String.valueOf(scope.get(null));
      known.put(name, SalesforceScopes.label(name).orElseThrow() + ".");
    }

    assertThat(known).hasSizeGreaterThan(20);
    assertThat(values("ampersand.salesforce.scopes")).isEqualTo(known);
  }

  @Test
  void loginHost_eachHintIsAHost() throws IOException {
    Set<String> hints = values("ampersand.salesforce.login-host").keySet();

    assertThat(hints).contains("production", "sandbox");
    assertThat(hints.stream().map(LoginHost::parse).distinct())
        .containsExactlyInAnyOrder(LoginHost.production(), LoginHost.sandbox());
  }

  @Test
  void hints_areForPropertiesAndLeaveOtherValuesFree() throws IOException {
    for (JsonNode hint : metadata().path("hints")) {
      assertThat(properties()).containsKey(hint.path("name").asText());
      assertThat(hint.at("/providers/0/name").asText()).isEqualTo("any");
    }
  }

  private static Map<String, String> values(String property) throws IOException {
    Map<String, String> values = new TreeMap<>();
    for (JsonNode hint : metadata().path("hints")) {
      if (hint.path("name").asText().equals(property)) {
        hint.path("values")
            .forEach(
                value ->
                    values.put(value.path("value").asText(), value.path("description").asText()));
      }
    }
    return values;
  }

  private static Map<String, JsonNode> properties() throws IOException {
    Map<String, JsonNode> properties = new TreeMap<>();
    for (JsonNode property : metadata().path("properties")) {
      properties.put(property.path("name").asText(), property);
    }
    return properties;
  }

  private static JsonNode metadata() throws IOException {
    try (InputStream metadata =
        AmpersandProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(metadata));
    }
  }
}
