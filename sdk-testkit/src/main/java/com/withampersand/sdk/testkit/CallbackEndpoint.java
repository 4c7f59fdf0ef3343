package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;

/** Ampersand's OAuth callback: what a user's browser meets on its way back from Salesforce. */
final class CallbackEndpoint {
  static final String PATH = "/callbacks/v1/oauth";

  private final FakeProviderApps apps;
  private final FakeConnections connections;
  private final Consents consents;
  private final SalesforceCalls salesforce;
  private final TokenKeeper keeper;

  CallbackEndpoint(
      FakeProviderApps apps,
      FakeConnections connections,
      Consents consents,
      SalesforceCalls salesforce,
      TokenKeeper keeper) {
    this.apps = apps;
    this.connections = connections;
    this.consents = consents;
    this.salesforce = salesforce;
    this.keeper = keeper;
  }

  Answer answer(ReceivedRequest request) {
    if (!request.method().equals("GET")) {
      return failed(405, "this page is to be loaded by a browser");
    }
    try {
      return connected(connect(request));
    } catch (OAuthError e) {
      return failed(400, e.code() + ": " + e.description());
    } catch (FakeRefusal e) {
      return failed(400, e.detail());
    } catch (UncheckedIOException e) {
      return failed(502, "Salesforce gives no usable answer");
    }
  }

  private ConnectionRow connect(ReceivedRequest request) throws OAuthError {
    Consents.Consent consent = consents.take(request.query("state").orElse("")).orElse(null);
    if (request.query("error").isPresent()) {
      throw new OAuthError(
          request.query("error").orElse(""), request.query("error_description").orElse(""));
    }
    if (consent == null) {
      throw new OAuthError("invalid_state", "the state is not known or was used before");
    }
    ProviderAppRow app = apps.get(consent.providerAppId());
    return keeper.received(
        keep(
            consent,
            salesforce.exchange(
                request.origin(), workspace(consent), app, request.query("code").orElse(""))));
  }

  private String workspace(Consents.Consent consent) {
    return consent.connectionId().isEmpty()
        ? consent.request().path(ConnectionRow.WORKSPACE).asText()
        : connections.get(consent.connectionId()).workspace();
  }

  private ConnectionRow keep(Consents.Consent consent, JsonNode tokens) {
    return consent.connectionId().isEmpty()
        ? connections.create(consent.request(), tokens, consent.providerAppId())
        : connections.update(consent.connectionId(), row -> connections.withTokens(row, tokens));
  }

  private static Answer connected(ConnectionRow row) {
    return page(
        200, "Connected", "<p data-connection=\"" + row.id() + "\">You can close this page.</p>");
  }

  private static Answer failed(int status, String reason) {
    return page(status, "Not connected", "<p>" + Pages.escape(reason) + "</p>");
  }

  private static Answer page(int status, String title, String text) {
    return Answer.html(
        status,
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>%1$s</title></head>
        <body><h1>%1$s</h1>%2$s</body></html>
        """
            .formatted(title, text));
  }
}
