package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * {@code /oauth-connect} and {@code :oauth-update}: where to send the user's browser, in plain
 * text.
 */
final class ConnectEndpoint {
  private static final String SALESFORCE = "salesforce";
  private static final Set<String> ADMITTING = Set.of("text/plain", "text/*", "*/*");

  private final FakeProject project;
  private final Catalog catalog;
  private final FakeProviderApps apps;
  private final FakeConnections connections;
  private final Consents consents;
  private final SalesforceCalls salesforce;

  ConnectEndpoint(
      FakeProject project,
      Catalog catalog,
      FakeProviderApps apps,
      FakeConnections connections,
      Consents consents,
      SalesforceCalls salesforce) {
    this.project = project;
    this.catalog = catalog;
    this.apps = apps;
    this.connections = connections;
    this.consents = consents;
    this.salesforce = salesforce;
  }

  Answer connect(ReceivedRequest request) {
    require(request, "POST");
    Input body = Input.of(request);
    body.require("projectIdOrName", "provider", "groupRef", "consumerRef");
    body.filled("projectIdOrName");
    body.flags("enableCSRFProtection");
    body.texts("providerAppId");
    ConnectionInput.checkOwner(body, catalog);
    body.finish(400);
    project.require(body.text("projectIdOrName"));
    ProviderAppRow app = app(body);
    return answer(
        request.origin(),
        body.object().path(ConnectionRow.WORKSPACE).asText(),
        app,
        new Consents.Consent(body.object(), app.id(), ""));
  }

  private ProviderAppRow app(Input body) {
    String provider = body.text("provider");
    requireSalesforce(provider);
    return body.find("providerAppId")
        .map(id -> named(id, provider))
        .orElseGet(() -> apps.defaultFor(provider));
  }

  private ProviderAppRow named(String id, String provider) {
    return apps.rows()
        .find(id)
        .filter(app -> app.provider().equals(provider))
        .orElseThrow(() -> FakeRefusal.invalid(400, strange(id, provider)));
  }

  private static Issue strange(String id, String provider) {
    String detail = "providerAppId must be a provider app of the project for " + provider;
    return Issue.unacceptable("body", "providerAppId", detail).withValue(id);
  }

  private static void requireSalesforce(String provider) {
    if (!provider.equals(SALESFORCE)) {
      throw new FakeRefusal(
          400, "This fake sends no user to " + provider, "Ask for a connection to " + SALESFORCE);
    }
  }

  Answer renew(ReceivedRequest request, String connectionId) {
    require(request, "PATCH");
    ConnectionRow row = connections.get(connectionId);
    requireSalesforce(row.provider());
    ProviderAppRow app = apps.behind(row);
    return answer(
        request.origin(),
        row.workspace(),
        app,
        new Consents.Consent(JsonNodeFactory.instance.objectNode(), app.id(), connectionId));
  }

  private Answer answer(
      URI origin, String workspace, ProviderAppRow app, Consents.Consent consent) {
    return Answer.text(
        200, salesforce.authorizationUrl(origin, workspace, app, consents.await(consent)));
  }

  private static void require(ReceivedRequest request, String method) {
    if (!request.method().equals(method)) {
      throw FakeRefusal.badMethod(request);
    }
    String accept = request.header("Accept").orElse("*/*").toLowerCase(Locale.ROOT);
    if (Arrays.stream(accept.split(",", -1)).noneMatch(ConnectEndpoint::admitsPlainText)) {
      throw new FakeRefusal(406, "The answer is text/plain", "Accept text/plain");
    }
  }

  private static boolean admitsPlainText(String range) {
    String[] parts = range.replace(" ", "").split(";", 2);
    return ADMITTING.contains(parts[0]) && !(parts.length > 1 && parts[1].matches("q=0(\\.0+)?"));
  }
}
