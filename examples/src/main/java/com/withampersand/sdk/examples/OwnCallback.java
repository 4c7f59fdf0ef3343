package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.IOException;
import java.net.http.HttpResponse;

/** The way on which your own back end runs the callback and keeps the tokens. */
final class OwnCallback {
  private final SalesforceApp app;
  private final SalesforceOAuthFlow flow;
  private final Org org;
  private final FreshTokens fresh;
  private final ConnectionKey key = new ConnectionKey("salesforce", "acme-corp", "user-42");
  private final SalesforceRest rest = new SalesforceRest();
  private final Steps steps;

  /** Prepares to walk to an org. */
  OwnCallback(SalesforceApp app, LoginHost host, Org org, Steps steps) {
    this.app = app;
    this.flow = SalesforceOAuthFlow.of(app, host);
    this.fresh = FreshTokens.inMemory().renewer(flow).build();
    this.org = org;
    this.steps = steps;
  }

  /** Walks; throws where a step does not do what it says. */
  void walk() throws IOException, InterruptedException {
    describe();
    AuthorizationRequest request = authorize();
    AuthorizationCallback callback = consent(request);
    TokenSet tokens = exchange(request, callback);
    call("call", tokens);
    expire(tokens);
    TokenSet refreshed = refresh(tokens);
    call("call again", refreshed);
    revoke(refreshed);
  }

  private void describe() {
    steps.begin("describe");
    steps.say(
        "app "
            + app.clientId()
            + " asks for \""
            + app.scopes()
            + "\" and is called back at "
            + app.callbackUri());
  }

  private AuthorizationRequest authorize() {
    steps.begin("authorize");
    AuthorizationRequest request = flow.authorize();
    steps.say("the user's browser goes to " + request.url());
    return request;
  }

  private AuthorizationCallback consent(AuthorizationRequest request)
      throws IOException, InterruptedException {
    steps.begin("consent");
    AuthorizationCallback callback = AuthorizationCallback.fromUri(org.consent(request.url()));
    steps.say("the browser came back: " + callback);
    return callback;
  }

  private TokenSet exchange(AuthorizationRequest request, AuthorizationCallback callback) {
    steps.begin("exchange");
    TokenSet tokens = flow.exchange(request, callback);
    SalesforceTokens salesforce = SalesforceTokens.of(tokens, flow.host());
    Steps.require(tokens.refreshToken().isPresent(), "there is no refresh token");
    steps.say(
        "access token "
            + tokens.accessToken()
            + ", refresh token "
            + tokens.refreshToken().orElseThrow()
            + ", expiry "
            + tokens.expiry()
            + ", org "
            + salesforce.organizationId().orElse("unknown"));

    steps.begin("store");
    fresh.save(key, tokens);
    Steps.require(
        fresh.status(key).kind() == GrantStatus.Kind.ACTIVE, "the store did not keep the tokens");
    steps.say("kept as " + key.provider() + " / " + key.groupRef() + " / " + key.consumerRef());
    return tokens;
  }

  private void call(String name, TokenSet tokens) throws IOException, InterruptedException {
    steps.begin(name);
    HttpResponse<String> response = rest.limits(tokens, flow.host());
    Steps.require(response.statusCode() == 200, "the org answered " + response.statusCode());
    steps.say(
        "GET "
            + response.uri().getPath()
            + " answered 200 with "
            + response.body().length()
            + " characters");
  }

  private void expire(TokenSet tokens) throws IOException, InterruptedException {
    steps.begin("expire");
    if (!org.expireSessions()) {
      steps.say("left out: a real session cannot be made to expire from here");
      return;
    }
    requireDead(tokens);
    steps.say("the session is over: the same call now answers 401 INVALID_SESSION_ID");
  }

  private TokenSet refresh(TokenSet tokens) {
    steps.begin("refresh");
    TokenSet refreshed = fresh.refresh(key);
    Steps.require(
        !refreshed.accessToken().equals(tokens.accessToken()), "the access token is the old one");
    Steps.require(fresh.get(key).equals(refreshed), "the store did not keep the new tokens");
    steps.say(
        "access token "
            + refreshed.accessToken()
            + " in place of "
            + tokens.accessToken()
            + ", refresh token "
            + (refreshed.refreshToken().equals(tokens.refreshToken()) ? "kept" : "rotated"));
    return refreshed;
  }

  private void revoke(TokenSet tokens) throws IOException, InterruptedException {
    steps.begin("revoke");
    fresh.disconnect(key);
    Steps.require(
        fresh.status(key).kind() == GrantStatus.Kind.ABSENT, "the store still has the grant");
    steps.say("the grant is ended at Salesforce, and deleted from the store");

    steps.begin("prove");
    requireDead(tokens);
    try {
      flow.refresh(tokens);
    } catch (OAuthException e) {
      Steps.require(
          e.needsReauthorization(), "the refusal does not ask for consent: " + e.getMessage());
      steps.say(
          "the access token answers 401 INVALID_SESSION_ID, and a refresh answers " + e.error());
      return;
    }
    throw new IllegalStateException("the refresh token still works");
  }

  private void requireDead(TokenSet tokens) throws IOException, InterruptedException {
    HttpResponse<String> response = rest.limits(tokens, flow.host());
    Steps.require(
        response.statusCode() == 401 && response.body().contains("INVALID_SESSION_ID"),
        "the org answered " + response.statusCode() + " to a token that should be dead");
  }
}
