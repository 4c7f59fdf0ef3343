package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A connection as it is kept.
 *
 * @param facts what everyone may see of it; never changed
 * @param credentials the member that holds its credentials, by the name that it has in a request;
 *     never changed
 * @param providerAppId empty if it stands on no provider app
 */
record ConnectionRow(ObjectNode facts, ObjectNode credentials, String providerAppId) {
  static final String TOKENS = "oauth2AuthorizationCode";
  static final String CREATED = "created";
  static final String WORKING = "working";
  static final String WORKSPACE = "providerWorkspaceRef";
  static final String BAD_CREDENTIALS = "bad_credentials";

  String id() {
    return facts.path("id").asText();
  }

  String provider() {
    return facts.path("provider").asText();
  }

  /** Returns the name of the My Domain, if one is known. */
  String workspace() {
    return facts.path(WORKSPACE).asText();
  }

  String status() {
    return facts.path("status").asText();
  }

  /** Tells whether provider, group and consumer are the same. */
  boolean isLike(ConnectionRow other) {
    return Stream.of("/provider", "/group/groupRef", "/consumer/consumerRef")
        .allMatch(pointer -> facts.at(pointer).equals(other.facts.at(pointer)));
  }

  boolean hasTokens() {
    return credentials.has(TOKENS);
  }

  JsonNode tokens() {
    return credentials.path(TOKENS);
  }

  String accessToken() {
    return tokens().path("accessToken").path("token").asText();
  }

  String refreshToken() {
    return tokens().path("refreshToken").path("token").asText();
  }

  ConnectionRow withFacts(Consumer<ObjectNode> change) {
    ObjectNode changed = facts.deepCopy();
    change.accept(changed);
    return new ConnectionRow(changed, credentials, providerAppId);
  }

  ConnectionRow withStatus(String status) {
    return withFacts(json -> json.put("status", status));
  }

  ConnectionRow withCredentials(String name, JsonNode value) {
    ObjectNode changed = credentials.deepCopy();
    changed.set(name, value.deepCopy());
    return new ConnectionRow(facts, changed, providerAppId);
  }

  /** Returns the ID alone. */
  @Override
  public String toString() {
    return "connection " + id();
  }
}
