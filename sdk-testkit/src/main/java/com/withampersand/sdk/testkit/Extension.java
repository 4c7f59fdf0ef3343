package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** Adds to an answer in JSON what today's document does not know. */
final class Extension {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Objects whose members are names that a user chose, so that nothing can be added. */
  private static final Set<String> MAPS =
      Set.of(
          "authQueryParams",
          "providerParams",
          "providerMetadata",
          "authURLParams",
          "scopeMappings",
          "context",
          "labels",
          "modules");

  private static final List<String> ENUMS =
      List.of("status", "authScheme", "authType", "grantType", "in", "source");

  private Extension() {}

  static Answer extend(ReceivedRequest request, Answer answer) {
    if (!answer.contentType().contains("json")) {
      return answer;
    }
    JsonNode json = parse(answer.body());
    boolean isMap = answer.status() == 200 && request.path().endsWith("/providers");
    extend(json, isMap);
    return new Answer(answer.status(), answer.contentType(), json.toString(), answer.headers());
  }

  private static JsonNode parse(String body) {
    try {
      return MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void extend(JsonNode node, boolean isMap) {
    node.properties().forEach(member -> extend(member.getValue(), MAPS.contains(member.getKey())));
    if (node.isArray()) {
      node.forEach(element -> extend(element, false));
    }
    if (node instanceof ObjectNode object && !isMap) {
      replaceEnums(object);
      object.putObject("addedLater").putArray("values").add(1).addNull();
    }
  }

  private static void replaceEnums(ObjectNode object) {
    ENUMS.stream()
        .filter(name -> object.path(name).isTextual())
        .forEach(name -> object.put(name, "added_later"));
  }
}
