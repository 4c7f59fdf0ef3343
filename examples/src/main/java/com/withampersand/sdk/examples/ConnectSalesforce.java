package com.withampersand.sdk.examples;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * Two routes of a back end for all its customers: one sends a user to Salesforce, one takes users
 * back.
 */
final class ConnectSalesforce {
  private final SalesforceOAuthFlow flow;
  private final FreshTokens tokens;

  ConnectSalesforce(SalesforceOAuthFlow flow, FreshTokens tokens) {
    this.flow = flow;
    this.tokens = tokens;
  }

  static SalesforceOAuthFlow flow(String consumerKey, String consumerSecret, Secret stateKey) {
    // region app
    SalesforceApp app =
        SalesforceApp.builder(consumerKey, consumerSecret)
            .scopes("api", "refresh_token")
            .callback(URI.create("https://example.com/salesforce/callback"))
            .build(); // reports everything that is set up wrong, at once
    StateSigner states =
        StateSigner.builder("states-2026-11", stateKey) // one that StateSigner.newKey() made
            .replayGuard(ReplayGuard.forOneNode()) // or a JdbcReplayGuard for several
            .build();
    SalesforceOAuthFlow flow = SalesforceOAuthFlow.builder(app).states(states).withPkce().build();
    // endregion
    return flow;
  }

  // region connect
  /** Returns where to send the user's browser, which has {@code browser} in a cookie. */
  URI connect(String customer, String host, BrowserBinding browser) {
    AuthorizationOptions options =
        AuthorizationOptions.builder().payload(customer).binding(browser).build();
    return flow.authorize(LoginHost.parse(host), options).url();
  }

  /** Takes the callback of every customer, and returns what to show. */
  String callback(String query, BrowserBinding browser) {
    AuthorizationResult result;
    try {
      result = flow.complete(AuthorizationCallback.fromQuery(query), browser);
    } catch (CallbackException e) { // the query is not a callback
      return whatNext(e);
    }
    if (result instanceof Connected connected) {
      tokens.save(key(connected.payload()), connected.tokens());
      return "Connected.";
    }
    return result instanceof Failed failed ? whatNext(failed.error()) : "Not connected.";
  }

  /** Names the grant of a customer; the last part tells several users of one customer apart. */
  static ConnectionKey key(String customer) {
    return new ConnectionKey("salesforce", customer, "admin");
  }

  // endregion

  // region kept
  URI connect(Map<String, String> session, LoginHost host, String customer) {
    AuthorizationRequest request =
        flow.authorize(host, AuthorizationOptions.builder().payload(customer).build());
    session.put(request.id(), request.toJson().reveal());
    return request.url();
  }

  AuthorizationResult callback(Map<String, String> session, AuthorizationCallback callback) {
    String id = callback.requestId().orElse("");
    String kept = session.remove(id);
    AuthorizationResult result =
        flow.complete(
            callback, kept == null ? null : AuthorizationRequest.fromJson(Secret.of(kept)));
    if (kept != null && result instanceof Failed failed && failed.error().isRetryable()) {
      session.put(id, kept); // the same callback may be completed again
    }
    return result;
  }

  // endregion

  /** Says what to do about a failure. */
  static String whatNext(AmpersandException failure) {
    // region errors
    if (failure instanceof OAuthException refused && refused.needsReauthorization()) {
      return "Ask the user to connect again. " + refused.remedy();
    }
    if (failure instanceof OAuthException refused) {
      return refused.remedy() + " (for: " + refused.actor() + ")";
    }
    if (failure instanceof CallbackException) {
      return "Drop this attempt and let the user start again.";
    }
    if (failure instanceof NotConnectedException) {
      return "Send the customer to connect.";
    }
    return failure.isRetryable()
        ? "Try again in " + failure.retryAfter().orElse(Duration.ofMinutes(1)).toSeconds() + " s."
        : failure.toString();
    // endregion
  }
}
