package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A provider app as it is kept.
 *
 * @param json what everyone may see of it; never changed
 */
record ProviderAppRow(ObjectNode json, String clientSecret) {
  static final List<String> MEMBERS =
      List.of("externalRef", "clientId", "clientSecret", "provider", "scopes", "metadata");
  private static final String SECRET = "clientSecret";

  String id() {
    return json.path("id").asText();
  }

  String provider() {
    return json.path("provider").asText();
  }

  String clientId() {
    return json.path("clientId").asText();
  }

  List<String> scopes() {
    return FakeJson.values(json.path("scopes")).map(JsonNode::asText).toList();
  }

  /** Returns what goes along to the provider, several values of a name with spaces between. */
  Map<String, String> authQueryParams() {
    Map<String, String> parameters = new LinkedHashMap<>();
    json.at("/metadata/authQueryParams")
        .properties()
        .forEach(member -> parameters.put(member.getKey(), joined(member.getValue())));
    return parameters;
  }

  private static String joined(JsonNode values) {
    return FakeJson.values(values).map(JsonNode::asText).collect(Collectors.joining(" "));
  }

  /** Takes over these members of {@code source}, where they are there. */
  ProviderAppRow with(Collection<String> names, ObjectNode source, String updateTime) {
    ObjectNode changed = json.deepCopy();
    names.stream()
        .filter(name -> source.has(name) && !name.equals(SECRET))
        .forEach(name -> changed.set(name, source.path(name).deepCopy()));
    changed.put("updateTime", updateTime);
    boolean secretChanges = names.contains(SECRET) && source.has(SECRET);
    return new ProviderAppRow(changed, secretChanges ? source.path(SECRET).asText() : clientSecret);
  }

  /** Returns the ID alone. */
  @Override
  public String toString() {
    return "provider app " + id();
  }
}
