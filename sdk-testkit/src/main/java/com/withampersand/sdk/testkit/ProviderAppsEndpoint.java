package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** {@code /projects/{p}/provider-apps}. */
final class ProviderAppsEndpoint {
  private final FakeProviderApps apps;
  private final Catalog catalog;

  ProviderAppsEndpoint(FakeProviderApps apps, Catalog catalog) {
    this.apps = apps;
    this.catalog = catalog;
  }

  Answer all(ReceivedRequest request) {
    return switch (request.method()) {
      case "GET" -> FakeJson.list(apps.rows().all().stream().map(ProviderAppRow::json).toList());
      case "POST" -> create(request);
      default -> throw FakeRefusal.badMethod(request);
    };
  }

  Answer one(ReceivedRequest request, String id) {
    return switch (request.method()) {
      case "PATCH" -> change(request, id);
      case "DELETE" -> delete(id);
      default -> throw FakeRefusal.badMethod(request);
    };
  }

  private Answer create(ReceivedRequest request) {
    Input body = Input.of(request);
    body.require("provider", "clientId", "clientSecret");
    check(body);
    body.finish(422);
    return FakeJson.ok(apps.create(body.object()).json());
  }

  private Answer change(ReceivedRequest request, String id) {
    apps.get(id);
    Input body = Input.of(request);
    body.require("providerApp");
    Input app = body.enter("providerApp");
    List<String> mask = UpdateMask.of(body, app, ProviderAppRow.MEMBERS);
    check(app);
    body.finish(400);
    return FakeJson.ok(apps.change(id, mask, app.object()).json());
  }

  private Answer delete(String id) {
    apps.delete(id);
    return Answer.nothing();
  }

  private void check(Input app) {
    app.texts("externalRef");
    app.filled("provider", "clientId", "clientSecret");
    app.lists("scopes");
    catalog.check(app);
    Input metadata = app.enter("metadata");
    metadata.map("authQueryParams", Input::isListOfTexts, "must hold arrays of strings");
    metadata.map("providerParams", JsonNode::isTextual, "must hold strings");
  }
}
