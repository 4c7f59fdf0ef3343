package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.UUID;

/** {@code /projects/{p}/destinations}, to be read; tests add them. */
final class DestinationsEndpoint {
  private final FakeRows<FakeDestination> rows = new FakeRows<>();
  private final FakeConnections connections;
  private final Timestamps times;

  DestinationsEndpoint(FakeConnections connections, Timestamps times) {
    this.connections = connections;
    this.times = times;
  }

  FakeDestination add(String name, URI url) {
    if (!name.matches("[A-Za-z0-9-]+")) {
      throw new IllegalArgumentException("a destination's name is letters, digits and dashes");
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", UUID.randomUUID().toString());
    json.put("name", name);
    json.put("type", "webhook");
    json.putObject("metadata").put("url", url.toString());
    json.put("createTime", times.now());
    FakeDestination added = new FakeDestination(json, url, connections, times);
    return rows.addUnless(other -> other.name().equals(name), name, added)
        .orElseThrow(
            () -> new IllegalArgumentException("there is a destination " + name + " already"));
  }

  Answer all(ReceivedRequest request) {
    requireGet(request);
    return FakeJson.list(rows.all().stream().map(row -> row.json(false)).toList());
  }

  Answer one(ReceivedRequest request, String name) {
    requireGet(request);
    boolean rotate = Query.flag(request, "rotate");
    boolean withSecrets = Query.flag(request, "includeSecrets");
    FakeDestination found =
        rows.find(name).orElseThrow(() -> FakeRefusal.notFound("The destination"));
    if (rotate) {
      found.rotateSigningSecret();
    }
    return FakeJson.ok(found.json(withSecrets));
  }

  private static void requireGet(ReceivedRequest request) {
    if (!request.method().equals("GET")) {
      throw FakeRefusal.badMethod(request);
    }
  }
}
