package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Ampersand's published description of its API. */
final class OpenApiDocument {
  private static final String ADDRESS = "https://openapi.example/document.json";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final JsonNode document;
  private final SchemaRegistry registry;

  private OpenApiDocument(String text) throws IOException {
    this.document = MAPPER.readTree(text);
    this.registry =
        SchemaRegistry.withDialect(
            Dialects.getOpenApi30(), builder -> builder.schemas(Map.of(ADDRESS, text)));
  }

  static OpenApiDocument read(Path file) throws IOException {
    return new OpenApiDocument(Files.readString(file));
  }

  /**
   * One operation of the document.
   *
   * @param pointer where it stands in the document
   */
  record Operation(String pointer, JsonNode node) {
    JsonNode requestSchema() {
      return node.at("/requestBody/content/application~1json/schema");
    }

    List<String> queryParameters() {
      List<String> names = new ArrayList<>();
      node.path("parameters")
          .forEach(
              parameter -> {
                if (parameter.path("in").asText().equals("query")) {
                  names.add(parameter.path("name").asText());
                }
              });
      return names;
    }

    JsonNode answer(int status, String mediaType) {
      return node.path("responses").path(String.valueOf(status)).path("content").path(mediaType);
    }
  }

  /**
   * Returns the operation that a request is for.
   *
   * @param path below the base URL, without the query
   */
  Operation operation(String method, String path) {
    String verb = method.toLowerCase(Locale.ROOT);
    List<Operation> found = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(
            entry -> {
              String pattern =
                  Pattern.compile("\\{\\w+}")
                      .splitAsStream(entry.getKey() + " ")
                      .map(String::stripTrailing)
                      .map(Pattern::quote)
                      .reduce((left, right) -> left + "[^/:]+" + right)
                      .orElseThrow();
              JsonNode operation = entry.getValue().path(verb);
              if (path.matches(pattern) && operation.isObject()) {
                String key = entry.getKey().replace("~", "~0").replace("/", "~1");
                found.add(new Operation("/paths/" + key + "/" + verb, operation));
              }
            });
    assertThat(found).as("operations for %s %s", method, path).hasSize(1);
    return found.get(0);
  }

  /** Checks that {@code json} is what the schema at {@code pointer} allows. */
  void requireValid(String json, String pointer) throws IOException {
    List<Error> errors =
        registry
            .getSchema(
                SchemaLocation.of(ADDRESS + "#" + pointer.replace("{", "%7B").replace("}", "%7D")))
            .validate(MAPPER.readTree(json));
    assertThat(errors).as("errors of %s", json).isEmpty();
  }

  /** Follows a reference, if the node is one. */
  JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  /** Returns the names of the properties of a schema and of the schemas that it is made of. */
  List<String> properties(JsonNode schema) {
    JsonNode resolved = resolve(schema);
    List<String> names = new ArrayList<>();
    resolved.path("properties").fieldNames().forEachRemaining(names::add);
    resolved.path("allOf").forEach(part -> names.addAll(properties(part)));
    return names;
  }

  static List<String> members(String json) throws IOException {
    List<String> names = new ArrayList<>();
    MAPPER.readTree(json).fieldNames().forEachRemaining(names::add);
    return names;
  }
}
