package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.ApplyResult;
import com.withampersand.sdk.platform.ApplyResult.Outcome;
import com.withampersand.sdk.platform.ConnectRequest;
import com.withampersand.sdk.platform.Connection;
import com.withampersand.sdk.platform.Connection.Health;
import com.withampersand.sdk.platform.ConnectionFilter;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;

/** The way on which Ampersand runs the callback and keeps the tokens. */
final class AmpersandsCallback {
  private final FakeSalesforce salesforce;
  private final FakeAmpersand fake;
  private final Steps steps;
  private final SalesforceApp app;
  private final AmpersandClient ampersand;
  private final ConnectionKey key = new ConnectionKey("salesforce", "acme-corp", "user-43");
  private final SalesforceRest rest = new SalesforceRest();

  AmpersandsCallback(FakeSalesforce salesforce, FakeAmpersand fake, Steps steps) {
    this.salesforce = salesforce;
    this.fake = fake;
    this.steps = steps;
    this.app =
        SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
            .scopes("api", "id", "refresh_token")
            .callback(fake.callbackUri())
            .build();
    this.ampersand =
        AmpersandClient.builder(fake.projectName(), Secret.of(fake.apiKey()))
            .baseUrl(fake.apiUri())
            .build();
  }

  /** Walks; throws where a step does not do what it says. */
  void walk() throws IOException, InterruptedException {
    String appId = apply("register", Outcome.CREATED);
    URI url = connect(appId);
    Connection connection = consent(url);
    TokenSet tokens = token(connection, Refresh.IF_EXPIRED);
    call(tokens);
    renew(connection, tokens);
    reconnect(connection);
    apply("apply again", Outcome.UNCHANGED);
  }

  /** Returns the ID of the provider app. */
  private String apply(String name, Outcome expected) {
    steps.begin(name);
    ApplyResult result = ampersand.providerApps().apply(app);
    Steps.require(result.outcome() == expected, "the provider app was " + result);
    steps.say("the provider app is " + result);
    return result.app().orElseThrow().id();
  }

  private URI connect(String appId) {
    steps.begin("connect");
    ConnectRequest request =
        ConnectRequest.builder(key).providerAppId(appId).workspaceRef("acme").build();
    URI url = ampersand.connections().connectUrl(request);
    steps.say("the customer's browser goes to " + url);
    return url;
  }

  private Connection consent(URI url) {
    steps.begin("consent");
    fake.complete(salesforce.approve(url));
    List<Connection> found = ampersand.connections().list(ConnectionFilter.of(key));
    Steps.require(found.size() == 1, "there are " + found.size() + " connections");
    Connection connection = found.get(0);
    Steps.require(connection.health() == Health.WORKING, "it is " + connection.status());
    steps.say("connection " + connection.id() + " has appeared, and is " + connection.status());
    return connection;
  }

  private TokenSet token(Connection connection, Refresh refresh) {
    return ampersand
        .connections()
        .getWithAccessToken(connection.id(), refresh)
        .tokens()
        .orElseThrow(() -> new IllegalStateException("Ampersand handed out no token"));
  }

  private void call(TokenSet tokens) throws IOException, InterruptedException {
    steps.begin("call");
    HttpResponse<String> response = rest.limits(salesforce.uri(), tokens.accessToken());
    Steps.require(response.statusCode() == 200, "it answered " + response.statusCode());
    steps.say("GET " + response.uri().getPath() + " answered 200 to " + tokens.accessToken());
  }

  private void renew(Connection connection, TokenSet tokens)
      throws IOException, InterruptedException {
    steps.begin("renew");
    salesforce.expireSessions();
    TokenSet renewed = token(connection, Refresh.FORCE);
    HttpResponse<String> response = rest.limits(salesforce.uri(), renewed.accessToken());
    Steps.require(response.statusCode() == 200, "it answered " + response.statusCode());
    steps.say(
        "the session ended; Ampersand handed out "
            + renewed.accessToken()
            + " in place of "
            + tokens.accessToken());
  }

  private void reconnect(Connection connection) {
    steps.begin("reconnect");
    salesforce.revokeAll();
    Health ended =
        ampersand.connections().getWithAccessToken(connection.id(), Refresh.FORCE).health();
    Steps.require(ended == Health.NEEDS_CONSENT, "the connection is " + ended);
    fake.complete(salesforce.approve(ampersand.connections().reconnectUrl(connection.id())));
    Health again = ampersand.connections().get(connection.id()).health();
    Steps.require(again == Health.WORKING, "the connection is " + again);
    steps.say("the grant was revoked; the customer consented again, and the connection works");
  }
}
