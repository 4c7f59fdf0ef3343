package com.withampersand.sdk.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Finds what Salesforce said in JSON: the object of the OAuth endpoints, the array of the APIs; and
 * writes reports.
 */
final class JsonText {
  private static final String BULK_SESSION_OVER = "InvalidSessionId";
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

  /** Tells whether the text is an OpenID Connect configuration with the endpoints of OAuth. */
  static boolean isConfiguration(String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      return node.path("authorization_endpoint").isTextual()
          && node.path("token_endpoint").isTextual();
    } catch (JsonProcessingException e) {
      // A web page, most likely.
      return false;
    }
  }

  static String write(DoctorReport report) {
    ObjectNode json = MAPPER.createObjectNode().put("healthy", report.isHealthy());
    ArrayNode findings = json.putArray("findings");
    for (DoctorReport.Finding finding : report.findings()) {
      findings
          .addObject()
          .put("level", finding.level().name())
          .put("code", finding.code())
          .put("seen", finding.seen())
          .put("why", finding.why())
          .put("actor", finding.actor().name())
          .put("remedy", finding.remedy());
    }
    report.unseen().forEach(json.putArray("unseen")::add);
    return json.toPrettyString();
  }

  private static Optional<Said> said(JsonNode error) {
    String code = first(error, "errorCode", "exceptionCode", "error");
    if (code.isEmpty() && error.path("code").asText().equals(BULK_SESSION_OVER)) {
      // Read for this value only: elsewhere, code is the name of a secret.
      code = BULK_SESSION_OVER;
    }
    String description = first(error, "message", "exceptionMessage", "error_description");
    return code.isBlank() && description.isBlank()
        ? Optional.empty()
        : Optional.of(new Said(code, description));
  }

  /**
   * Returns the first member that is there: OAuth, REST and Bulk API 1.0 each name it their way.
   */
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
