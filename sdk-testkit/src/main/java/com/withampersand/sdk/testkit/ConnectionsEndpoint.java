package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /projects/{p}/connections}. */
final class ConnectionsEndpoint {
  private static final String API_KEY = "apiKey";

  /**
   * The authentication schemes by the member that brings their credentials. Ampersand's document
   * has no word for the one of {@code customAuth}; here it has the word that the catalog uses.
   */
  private static final Map<String, String> SCHEMES =
      Map.of(
          API_KEY,
          API_KEY,
          "basicAuth",
          "basic",
          "customAuth",
          "custom",
          ConnectionRow.TOKENS,
          "oauth2/authorizationCode",
          "oauth2ClientCredentials",
          "oauth2/clientCredentials",
          "oauth2PasswordCredentials",
          "oauth2/password");

  private static final List<String> UPDATABLE =
      List.of(
          "providerWorkspaceRef",
          "providerMetadata",
          API_KEY,
          "basicAuth",
          "oauth2ClientCredentials",
          "oauth2PasswordCredentials");

  private final FakeConnections connections;
  private final FakeProviderApps apps;
  private final Catalog catalog;
  private final TokenKeeper keeper;

  ConnectionsEndpoint(
      FakeConnections connections, FakeProviderApps apps, Catalog catalog, TokenKeeper keeper) {
    this.connections = connections;
    this.apps = apps;
    this.catalog = catalog;
    this.keeper = keeper;
  }

  Answer all(ReceivedRequest request) {
    if (!request.method().equals("GET")) {
      throw FakeRefusal.badMethod(request);
    }
    return FakeJson.list(
        connections.rows().all().stream()
            .filter(row -> matches(request, "provider", row.facts().path("provider")))
            .filter(row -> matches(request, "groupRef", row.facts().at("/group/groupRef")))
            .filter(row -> matches(request, "consumerRef", row.facts().at("/consumer/consumerRef")))
            .map(this::json)
            .toList());
  }

  private static boolean matches(ReceivedRequest request, String filter, JsonNode value) {
    return request.query(filter).map(wanted -> wanted.equals(value.asText())).orElse(true);
  }

  Answer one(ReceivedRequest request, String id) {
    return switch (request.method()) {
      case "GET" -> read(request, id);
      case "PATCH" -> change(request, id);
      case "DELETE" -> delete(id);
      default -> throw FakeRefusal.badMethod(request);
    };
  }

  private Answer read(ReceivedRequest request, String id) {
    boolean refreshToken = Query.flag(request, "includeRefreshToken");
    boolean credentials = Query.flag(request, "includeCreds") || refreshToken;
    String refresh = Query.oneOf(request, "refresh", Set.of("force", "ifExpired"));
    ConnectionRow row =
        refresh.isEmpty() ? connections.get(id) : keeper.refresh(id, refresh.equals("force"));
    ObjectNode json = json(row);
    if (credentials) {
      reveal(row, json, refreshToken);
    }
    return FakeJson.ok(json);
  }

  private static void reveal(ConnectionRow row, ObjectNode json, boolean refreshToken) {
    if (row.credentials().has(API_KEY)) {
      json.set(API_KEY, row.credentials().path(API_KEY));
    }
    if (row.tokens() instanceof ObjectNode tokens) {
      ObjectNode shown = tokens.deepCopy();
      if (!refreshToken) {
        shown.remove("refreshToken");
      }
      json.set(ConnectionRow.TOKENS, shown);
    }
  }

  private ObjectNode json(ConnectionRow row) {
    ObjectNode json = row.facts().deepCopy();
    apps.rows().find(row.providerAppId()).ifPresent(app -> json.set("providerApp", app.json()));
    return json;
  }

  Answer generate(ReceivedRequest request) {
    if (!request.method().equals("POST")) {
      throw FakeRefusal.badMethod(request);
    }
    Input body = Input.of(request);
    body.require("provider", "groupRef", "consumerRef");
    ConnectionInput.checkOwner(body, catalog);
    ConnectionInput.checkCredentials(body);
    List<String> given = SCHEMES.keySet().stream().filter(body::has).toList();
    if (given.size() != 1) {
      body.malformed("", "the body must hold the credentials of one authentication scheme");
    }
    body.finish(422);
    return FakeJson.answer(201, json(create(body, given.get(0))));
  }

  private ConnectionRow create(Input body, String scheme) {
    ObjectNode credentials = JsonNodeFactory.instance.objectNode();
    credentials.set(scheme, body.object().path(scheme).deepCopy());
    List<ProviderAppRow> candidates = apps.of(body.text("provider"));
    String app = candidates.size() == 1 ? candidates.get(0).id() : "";
    return connections.create(body.object(), SCHEMES.getOrDefault(scheme, ""), credentials, app);
  }

  private Answer change(ReceivedRequest request, String id) {
    ConnectionRow row = connections.get(id);
    Input body = Input.of(request);
    body.require("connection");
    Input patch = body.enter("connection");
    List<String> mask = UpdateMask.of(body, patch, UPDATABLE);
    ConnectionInput.checkWorkspace(patch);
    ConnectionInput.checkCredentials(patch);
    mask.stream()
        .filter(name -> SCHEMES.containsKey(name) && !row.credentials().has(name))
        .forEach(name -> patch.unacceptable(name, "does not belong to the connection's scheme"));
    body.finish(400);
    return FakeJson.ok(json(connections.update(id, now -> changed(now, mask, patch.object()))));
  }

  private static ConnectionRow changed(ConnectionRow row, List<String> mask, ObjectNode patch) {
    ConnectionRow changed = row;
    for (String name : mask) {
      JsonNode value = patch.path(name);
      changed =
          SCHEMES.containsKey(name)
              ? changed.withCredentials(name, value)
              : changed.withFacts(facts -> facts.set(name, value.deepCopy()));
    }
    return changed;
  }

  private Answer delete(String id) {
    connections.delete(id);
    return Answer.nothing();
  }
}
