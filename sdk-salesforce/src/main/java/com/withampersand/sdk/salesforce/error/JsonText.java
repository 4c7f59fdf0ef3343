package com.withampersand.sdk.salesforce.error;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.withampersand.sdk.salesforce.internal.ServerJson;
import java.util.Optional;

/**
 * Finds the error in JSON: the object of the OAuth endpoints, the array of the REST API, the object
 * of Bulk API 1.0, or a single word in quotation marks.
 */
final class JsonText {
  private static final String BULK_SESSION_OVER = "InvalidSessionId";

  private JsonText() {}

  /** Returns the error; empty if the text is not JSON, or JSON without an error. */
  static Optional<ErrorText> read(String text) {
    String json = text.strip();
    if (!json.startsWith("{") && !json.startsWith("[")) {
      return Optional.empty();
    }
    try {
      JsonNode node = ServerJson.read(json);
      return error(node.isArray() ? node.path(0) : node);
    } catch (JsonProcessingException e) {
      // Cut or broken: it states nothing, and the parser's message would quote it.
      return Optional.empty();
    }
  }

  private static Optional<ErrorText> error(JsonNode error) {
    String code = first(error, "errorCode", "exceptionCode", "error");
    if (code.isEmpty() && error.path("code").asText().equals(BULK_SESSION_OVER)) {
      // Read for this value only: elsewhere, code is the name of a secret.
      code = BULK_SESSION_OVER;
    }
    String description = first(error, "message", "exceptionMessage", "error_description");
    return code.isBlank() && description.isBlank()
        ? Optional.empty()
        : Optional.of(new ErrorText(code, description));
  }

  /** Returns the first member that is there: OAuth, REST and Bulk API 1.0 use different names. */
  private static String first(JsonNode error, String... names) {
    for (String name : names) {
      String value = error.path(name).asText();
      if (!value.isBlank()) {
        return value;
      }
    }
    return "";
  }
}
