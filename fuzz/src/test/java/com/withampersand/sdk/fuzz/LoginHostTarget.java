package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/** Reads what people type as the host of their org, and what was stored of it. */
final class LoginHostTarget implements Target {
  private final SalesforceOAuthFlow flow =
      SalesforceOAuthFlow.of(
          SalesforceApp.builder("3MVG9key", Canary.CLIENT_SECRET)
              .scopes("api", "refresh_token")
              .callback(URI.create("https://app.example/callback"))
              .build());

  @Override
  public void run(Input input) {
    String text = input.text();
    Tried.call(() -> LoginHost.parse(text), IllegalArgumentException.class)
        .result()
        .ifPresent(LoginHostTarget::requireSalesforces);
    Tried.call(() -> LoginHost.myDomain(text), IllegalArgumentException.class)
        .result()
        .ifPresent(LoginHostTarget::requireSalesforces);
    // What was stored is the developer's own, and a host shows its address.
    Tried<LoginHost> stored =
        Tried.call(List.of(), () -> LoginHost.fromStored(text), IllegalArgumentException.class);
    stored.result().ifPresent(LoginHostTarget::requireStable);
    stored.error().ifPresent(error -> Canary.requireAbsent(Canary.TOKENS, error));
    address(text).ifPresent(this::requireForeignIssuerIsNotOwned);
    address("https://" + text).ifPresent(this::requireForeignIssuerIsNotOwned);
  }

  private static Optional<URI> address(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** A flow takes grants of Salesforce's hosts alone, whatever a row says who issued them. */
  private void requireForeignIssuerIsNotOwned(URI issuer) {
    Tried.call(
            List.of(),
            () ->
                TokenAnswerTarget.tokens().toBuilder().clientId("3MVG9key").issuer(issuer).build(),
            IllegalArgumentException.class)
        .result()
        .filter(flow::owns)
        .ifPresent(owned -> SalesforceAnswerTarget.requireSalesforces(issuer));
  }

  /** What people type is Salesforce's host and nothing beside, or it is refused. */
  private static void requireSalesforces(LoginHost host) {
    SalesforceAnswerTarget.requireSalesforces(host.uri());
    Require.that(host.uri().getPort() == -1, "no port");
    Require.that(host.uri().getRawPath().isEmpty(), "no path");
    Require.that(host.uri().getRawQuery() == null, "no query");
    Require.same(host, LoginHost.parse(host.toString()), "read what was written");
    requireStable(host);
  }

  private static void requireStable(LoginHost host) {
    Require.same(host, LoginHost.fromStored(host.toString()), "read what was stored");
    URI uri = host.uri();
    String scheme = String.valueOf(uri.getScheme());
    boolean isLoopback =
        uri.getHost().matches("(?i)localhost|\\[::1]|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    Require.that(scheme.equalsIgnoreCase("https") || isLoopback, "https, unlike " + uri);
    Tried.call(host::workspaceRef, IllegalArgumentException.class);
  }
}
