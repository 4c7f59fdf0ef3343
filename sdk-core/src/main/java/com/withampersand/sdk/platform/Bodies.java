package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.oauth.ProviderAppMetadata;
import com.withampersand.sdk.oauth.Scopes;
import java.util.Map;

/** Writes values as the API wants them. */
final class Bodies {
  private Bodies() {}

  static ArrayNode scopes(Scopes scopes) {
    ArrayNode array = Json.object().arrayNode();
    scopes.forEach(array::add);
    return array;
  }

  static ObjectNode metadata(ProviderAppMetadata metadata) {
    ObjectNode json = Json.object();
    if (!metadata.authQueryParams().isEmpty()) {
      ObjectNode query = json.putObject("authQueryParams");
      metadata
          .authQueryParams()
          .forEach((name, values) -> values.forEach(query.putArray(name)::add));
    }
    if (!metadata.providerParams().isEmpty()) {
      metadata.providerParams().forEach(json.putObject("providerParams")::put);
    }
    return json;
  }

  /** Writes values that the user who connects has given. */
  static ObjectNode providerMetadata(Map<String, String> values) {
    ObjectNode json = Json.object();
    values.forEach(
        (name, value) -> json.putObject(name).put("value", value).put("source", "input"));
    return json;
  }
}
