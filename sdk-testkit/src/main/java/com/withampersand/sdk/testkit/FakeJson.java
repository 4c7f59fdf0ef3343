package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Collection;

/** Answers in JSON. */
final class FakeJson {
  private FakeJson() {}

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
