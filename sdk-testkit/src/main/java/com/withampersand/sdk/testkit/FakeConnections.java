package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** The connections of the project. */
final class FakeConnections {
  private final FakeProject project;
  private final Timestamps times;
  private final FakeRows<ConnectionRow> rows = new FakeRows<>();
  private volatile boolean refuseDuplicates;

  FakeConnections(FakeProject project, Timestamps times) {
    this.project = project;
    this.times = times;
  }

  FakeRows<ConnectionRow> rows() {
    return rows;
  }

  ConnectionRow get(String id) {
    return rows.find(id).orElseThrow(FakeConnections::missing);
  }

  ConnectionRow update(String id, UnaryOperator<ConnectionRow> change) {
    return rows.update(
            id, row -> change.apply(row).withFacts(json -> json.put("updateTime", times.now())))
        .orElseThrow(FakeConnections::missing);
  }

  void delete(String id) {
    if (!rows.remove(id)) {
      throw missing();
    }
  }

  void refuseDuplicates(boolean refuse) {
    refuseDuplicates = refuse;
  }

  /**
   * Creates a connection from credentials.
   *
   * @param request what a request said of group, consumer, provider and workspace
   */
  ConnectionRow create(
      ObjectNode request, String authScheme, ObjectNode credentials, String providerAppId) {
    ObjectNode facts = facts(request);
    facts.put("authScheme", authScheme);
    facts.put("status", ConnectionRow.CREATED);
    ConnectionRow row = new ConnectionRow(facts, credentials, providerAppId);
    return rows.addUnless(earlier -> refuseDuplicates && earlier.isLike(row), row.id(), row)
        .orElseThrow(FakeConnections::duplicate);
  }

  /** Creates a connection from Salesforce's answer to a code. */
  ConnectionRow create(ObjectNode request, JsonNode tokenAnswer, String providerAppId) {
    ObjectNode none = JsonNodeFactory.instance.objectNode();
    ObjectNode facts = facts(request);
    facts.put("authScheme", "oauth2/authorizationCode");
    ConnectionRow row = withTokens(new ConnectionRow(facts, none, providerAppId), tokenAnswer);
    return rows.add(row.id(), row);
  }

  private ObjectNode facts(ObjectNode request) {
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("id", UUID.randomUUID().toString());
    stamp(facts);
    facts.set("provider", request.path("provider"));
    stamp(reference(request, facts.putObject("group"), "group"));
    stamp(reference(request, facts.putObject("consumer"), "consumer"));
    for (String name : List.of("providerWorkspaceRef", "providerMetadata")) {
      if (request.has(name)) {
        facts.set(name, request.path(name).deepCopy());
      }
    }
    return facts;
  }

  private void stamp(ObjectNode target) {
    String now = times.now();
    target.put("projectId", project.id());
    target.put("createTime", now);
    target.put("updateTime", now);
  }

  /** Copies a reference and the name of its owner, which is the reference if there is none. */
  private static ObjectNode reference(ObjectNode source, ObjectNode target, String owner) {
    String ref = source.path(owner + "Ref").asText();
    target.put(owner + "Ref", ref);
    target.put(owner + "Name", source.path(owner + "Name").asText(ref));
    return target;
  }

  /** Returns the connection with what Salesforce answered; what the answer lacks stays. */
  ConnectionRow withTokens(ConnectionRow row, JsonNode answer) {
    return row.withCredentials(ConnectionRow.TOKENS, tokens(row.tokens(), answer))
        .withFacts(facts -> describe(facts, answer));
  }

  private static void describe(ObjectNode facts, JsonNode answer) {
    facts.put("status", ConnectionRow.CREATED);
    if (answer.has("id")) {
      facts.set("providerConsumerRef", answer.path("id"));
    }
    if (!facts.has("providerWorkspaceRef")) {
      facts.put("providerWorkspaceRef", workspace(answer.path("instance_url").asText()));
    }
  }

  /** Returns the first label of the host, which names the My Domain at Salesforce. */
  private static String workspace(String instanceUrl) {
    return instanceUrl.replaceFirst("^https?://", "").split("[.:/]", 2)[0];
  }

  private ObjectNode tokens(JsonNode old, JsonNode answer) {
    ObjectNode tokens = JsonNodeFactory.instance.objectNode();
    String issuedAt = Timestamps.format(Instant.ofEpochMilli(issuedAt(answer)));
    tokens.set("accessToken", token(answer.path("access_token"), issuedAt));
    if (answer.has("refresh_token")) {
      tokens.set("refreshToken", token(answer.path("refresh_token"), issuedAt));
    } else if (old.has("refreshToken")) {
      tokens.set("refreshToken", old.path("refreshToken"));
    }
    if (answer.has("scope")) {
      ArrayNode scopes = tokens.putArray("scopes");
      Arrays.stream(answer.path("scope").asText().split(" ", -1)).forEach(scopes::add);
    } else if (old.has("scopes")) {
      tokens.set("scopes", old.path("scopes"));
    }
    return tokens;
  }

  private long issuedAt(JsonNode answer) {
    return answer.path("issued_at").asLong(times.instant().toEpochMilli());
  }

  private static ObjectNode token(JsonNode token, String issuedAt) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("token", token);
    json.put("issuedAt", issuedAt);
    return json;
  }

  private static FakeRefusal duplicate() {
    return new FakeRefusal(
        422,
        "A connection of this consumer and group to the provider exists already",
        "Use the connection that exists, or delete it first");
  }

  private static FakeRefusal missing() {
    return FakeRefusal.notFound("The connection");
  }
}
