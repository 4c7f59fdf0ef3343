package com.withampersand.sdk.salesforce.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * Reads JSON that a server may have sent. A mapper of the usual kind keeps the names of members for
 * good, and a server can send what it likes as one.
 */
public final class ServerJson {
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build());

  private ServerJson() {}

  /**
   * Reads one value; what follows it is ignored.
   *
   * @throws JsonProcessingException if it is no JSON; the message quotes it
   */
  public static JsonNode read(String json) throws JsonProcessingException {
    return MAPPER.readTree(json);
  }

  /**
   * Reads one value; what follows it is ignored.
   *
   * @throws IOException if it is no JSON; the message quotes it
   */
  public static JsonNode read(byte[] json) throws IOException {
    return MAPPER.readTree(json);
  }
}
