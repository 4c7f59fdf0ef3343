package com.withampersand.sdk.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;

/** Finds what Salesforce said in JSON: the object of the OAuth endpoints, the array of the APIs. */
final class JsonText {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonText() {}

  /** Returns what was said; empty if the text is no JSON, or JSON without an error. */
  static Optional<Said> read(String text) {
    String json = text.strip();
    if (!json.startsWith("{") && !json.startsWith("[")) {
      return Optional.empty();
    }
    try {
      JsonNode node = MAPPER.readTree(json);
      return said(node.isArray() ? node.path(0) : node);
    } catch (JsonProcessingException e) {
      // Cut or broken: it says nothing, and the parser's words would quote it.
      return Optional.empty();
    }
  }

  private static Optional<Said> said(JsonNode error) {
    String code = error.path("errorCode").asText(error.path("error").asText());
    String description = error.path("message").asText(error.path("error_description").asText());
    return code.isBlank() && description.isBlank()
        ? Optional.empty()
        : Optional.of(new Said(code, description));
  }
}
