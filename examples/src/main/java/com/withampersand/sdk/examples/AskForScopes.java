package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.URI;

/** An app that asks for more scopes than its customers have granted. */
final class AskForScopes {
  private AskForScopes() {}

  static Scopes missing(SalesforceOAuthFlow flow, FreshTokens tokens, ConnectionKey customer) {
    // region missing
    Scopes missing = flow.app().scopes().without(tokens.status(customer).scopes());
    // endregion
    return missing;
  }

  // region consent
  /** Returns where the customer consents again, to the app as it is now and for the same org. */
  static URI consent(
      SalesforceOAuthFlow flow, GrantStatus status, String org, BrowserBinding browser) {
    LoginHost host = LoginHost.fromStored(status.issuer().orElseThrow().toString());
    AuthorizationOptions options =
        AuthorizationOptions.builder()
            .payload(status.connection().groupRef())
            .binding(browser)
            .expectOrg(org) // SalesforceTokens.of(tokens).organizationId() of the first consent
            .build();
    return flow.authorize(host, options).url();
  }
  // endregion
}
