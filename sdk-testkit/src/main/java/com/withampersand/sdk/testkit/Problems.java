package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.UUID;

/** Writes problem documents as Ampersand does: RFC 9457 and more. */
final class Problems {
  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(406, "Not Acceptable"),
          Map.entry(422, "Unprocessable Entity"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"));

  private final Timestamps times;

  Problems(Timestamps times) {
    this.times = times;
  }

  Answer answer(FakeRefusal refusal) {
    return answer(refusal.status(), document(refusal));
  }

  static Answer answer(int status, ObjectNode document) {
    return new Answer(status, "application/problem+json", document.toString());
  }

  ObjectNode document(FakeRefusal refusal) {
    String id = UUID.randomUUID().toString();
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("type", "about:blank");
    document.put("title", TITLES.getOrDefault(refusal.status(), "Error"));
    document.put("status", refusal.status());
    document.put("detail", refusal.detail());
    document.put("instance", "urn:uuid:" + id);
    document.put("subsystem", "api");
    document.put("time", times.now());
    document.put("requestId", id + "#1");
    document.put("remedy", refusal.remedy());
    document.put("supportEmail", "support@withampersand.com");
    document.put("retryable", refusal.retryable());
    document.putArray("causes").add(refusal.detail());
    if (!refusal.issues().isEmpty()) {
      ArrayNode issues = document.putArray("issues");
      refusal.issues().forEach(issue -> write(issues.addObject(), issue));
    }
    return document;
  }

  private static void write(ObjectNode target, Issue issue) {
    target.put("in", issue.in());
    target.put("name", issue.name());
    target.put("detail", issue.detail());
    if (issue.value() != null) {
      target.put("value", issue.value());
    }
  }
}
