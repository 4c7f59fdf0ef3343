package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** {@code /projects}, with the one project. */
record FakeProject(String id, String name, String createTime) {

  boolean isCalled(String idOrName) {
    return id.equals(idOrName) || name.equals(idOrName);
  }

  /** Ends a request that is about another project. */
  void require(String idOrName) {
    if (!isCalled(idOrName)) {
      throw FakeRefusal.notFound("The project");
    }
  }

  Answer all(ReceivedRequest request) {
    requireGet(request);
    return FakeJson.list(List.of(json()));
  }

  Answer one(ReceivedRequest request) {
    requireGet(request);
    ObjectNode json = json();
    if (Query.flag(request, "includeEntitlements")) {
      ObjectNode entitlements = json.putObject("entitlements");
      entitlements.putObject("brandingRemoval").put("value", false);
      entitlements.putObject("logRetentionDays").put("value", 30);
    }
    return FakeJson.ok(json);
  }

  private static void requireGet(ReceivedRequest request) {
    if (!request.method().equals("GET")) {
      throw FakeRefusal.badMethod(request);
    }
  }

  private ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", id);
    json.put("name", name);
    json.put("appName", "Acme");
    json.put("orgId", "org_acme");
    json.put("createTime", createTime);
    json.put("updateTime", createTime);
    return json;
  }
}
