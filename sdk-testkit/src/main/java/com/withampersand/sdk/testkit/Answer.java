package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer, not yet in the words of the server underneath. */
record Answer(int status, String contentType, String body, @Nullable String location) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  Answer(int status, String contentType, String body) {
    this(status, contentType, body, null);
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
    return new Answer(302, "", "", location);
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
}
