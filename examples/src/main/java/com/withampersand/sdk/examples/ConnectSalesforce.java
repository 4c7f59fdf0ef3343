package com.withampersand.sdk.examples;

import static java.util.Objects.requireNonNull;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.SignedState;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Two routes of a back end: one sends the user to Salesforce, the other takes the user back. */
final class ConnectSalesforce {
  private final SalesforceOAuthFlow flow;
  private final FreshTokens grants;

  ConnectSalesforce(SalesforceOAuthFlow flow, FreshTokens grants) {
    this.flow = flow;
    this.grants = grants;
  }

  static SalesforceOAuthFlow flow(
      String consumerKey, String consumerSecret, String customersDomain) {
    // region app
    SalesforceApp app =
        SalesforceApp.builder(consumerKey, consumerSecret)
            .scopes("api", "refresh_token")
            .callback(URI.create("https://example.com/salesforce/callback"))
            .build(); // reports everything that is set up wrong, at once
    SalesforceOAuthFlow flow =
        SalesforceOAuthFlow.builder(app, LoginHost.parse(customersDomain)).withPkce().build();
    // endregion
    return flow;
  }

  // region connect
  /** Returns the address to redirect the user's browser to. */
  URI connect(Map<String, String> session) {
    AuthorizationRequest request = flow.authorize();
    session.put("salesforce", request.toJson().reveal());
    return request.url();
  }

  /** Takes the address at which the browser came back. */
  TokenSet connected(Map<String, String> session, URI returned, ConnectionKey customer) {
    AuthorizationRequest request =
        AuthorizationRequest.fromJson(Secret.of(requireNonNull(session.remove("salesforce"))));
    TokenSet tokens = flow.exchange(request, AuthorizationCallback.parse(returned));
    grants.save(customer, tokens);
    return tokens;
  }

  // endregion

  // region signed
  URI connect(StateSigner signer, String customer, Map<String, String> cookies) {
    cookies.put("salesforce", signer.newBinding());
    SignedState state = signer.sign(customer, cookies.get("salesforce"));
    return flow.authorize(AuthorizationOptions.builder().state(state).build()).url();
  }

  TokenSet connected(StateSigner signer, Map<String, String> cookies, URI returned) {
    AuthorizationCallback.Approved callback = flow.approved(AuthorizationCallback.parse(returned));
    SignedState state = signer.verify(callback, cookies.getOrDefault("salesforce", ""));
    AuthorizationRequest request =
        flow.authorize(AuthorizationOptions.builder().state(state).build());
    TokenSet tokens = flow.exchange(request, callback);
    grants.save(new ConnectionKey("salesforce", state.payload(), "admin"), tokens);
    return tokens;
  }

  // endregion

  /** Says what to do about a failure. */
  static String whatNext(AmpersandException failure) {
    // region errors
    if (failure instanceof OAuthException refused && refused.needsReauthorization()) {
      return "Ask the user to connect again. " + refused.remedy();
    }
    if (failure instanceof OAuthException refused) {
      return refused.actor() + " has to act: " + refused.remedy();
    }
    if (failure instanceof CallbackException) {
      return "Drop this attempt and let the user start again.";
    }
    if (failure instanceof NotConnectedException) {
      return "Send the customer to connect.";
    }
    return failure.isRetryable()
        ? "Try again in " + failure.retryAfter().orElse(Duration.ofMinutes(1)) + "."
        : failure.toString();
    // endregion
  }
}
