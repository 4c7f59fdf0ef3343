package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer, not yet in the words of the server underneath.
 *
 * @param headers further headers
 */
record Answer(int status, String contentType, String body, Map<String, String> headers) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  Answer(int status, String contentType, String body) {
    this(status, contentType, body, Map.of());
  }

  /** Returns an answer without a body, as deletions get it. */
  static Answer nothing() {
    return new Answer(204, "", "");
  }

  static Answer json(int status, Object value) {
    try {
      return new Answer(status, "application/json;charset=UTF-8", MAPPER.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Answer text(int status, String text) {
    return new Answer(status, "text/plain;charset=UTF-8", text);
  }

  static Answer html(int status, String page) {
    return new Answer(status, "text/html;charset=UTF-8", page);
  }

  static Answer redirect(String location) {
    return new Answer(302, "", "", Map.of("Location", location));
  }

  /** Returns an error as the token endpoint sends it. */
  static Answer oauthError(OAuthError error) {
    return json(400, Map.of("error", error.code(), "error_description", error.description()));
  }

  /** Returns an error in a body that is a form, as authorization and revocation send it. */
  static Answer formError(OAuthError error) {
    String body =
        "error="
            + error.code()
            + "&error_description="
            + Forms.escape(error.description()).replace("+", "%20");
    return new Answer(400, "", body);
  }

  /** Returns the answer with a header, which replaces one of the same name. */
  Answer withHeader(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(headers);
    changed.keySet().removeIf(name::equalsIgnoreCase);
    changed.put(name, value);
    return new Answer(status, contentType, body, changed);
  }

  /** Returns the answer with another text in a member of its JSON, if it has the member. */
  Answer withText(String member, String text) {
    return contentType.contains("json")
            && parse(body) instanceof ObjectNode object
            && object.has(member)
        ? new Answer(status, contentType, object.put(member, text).toString(), headers)
        : this;
  }

  private static JsonNode parse(String body) {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
