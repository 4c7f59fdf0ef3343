package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Answers in JSON. */
final class FakeJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private FakeJson() {}

  /**
   * Reads an object that a test has written.
   *
   * @throws IllegalArgumentException if it is none
   */
  static ObjectNode object(String json) {
    try {
      if (MAPPER.readTree(json) instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalArgumentException("this is no JSON object: " + json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("this is no JSON: " + json, e);
    }
  }

  /** Returns the elements of an array or the values of an object; none of anything else. */
  static Stream<JsonNode> values(JsonNode node) {
    // JsonNode has such a method since Jackson 2.19 only.
    return StreamSupport.stream(node.spliterator(), false);
  }

  static Answer ok(JsonNode value) {
    return answer(200, value);
  }

  static Answer answer(int status, JsonNode value) {
    return new Answer(status, "application/json", value.toString());
  }

  static Answer list(Collection<? extends JsonNode> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    array.addAll(values);
    return ok(array);
  }
}
