package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.AmpersandTokens;
import com.withampersand.sdk.platform.ApplyResult;
import com.withampersand.sdk.platform.ConnectRequest;
import com.withampersand.sdk.platform.Connection;
import com.withampersand.sdk.platform.Connection.Health;
import com.withampersand.sdk.platform.ConnectionFilter;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * The life of a Salesforce connection from consent to revocation: first with a callback of your
 * own, then with Ampersand's. A fake Salesforce and a fake Ampersand on this machine play the other
 * side; {@link ConnectRealOrg} does the first part with a real org.
 */
public final class Quickstart {
  private static final String LIMITS = "/services/data/v65.0/limits";

  private Quickstart() {}

  /** Runs; an exception ends it with a status other than 0. */
  public static void main(String[] args) throws IOException, InterruptedException {
    try (FakeSalesforce salesforce = FakeSalesforce.builder().org("acme").start();
        FakeAmpersand ampersand = FakeAmpersand.start(salesforce)) {
      System.out.println("1. Your back end runs the callback and keeps the tokens.");
      ownCallback(salesforce, System.out);
      System.out.println("2. Ampersand runs the callback and keeps the tokens.");
      ampersandsCallback(salesforce, ampersand, System.out);
      System.out.println("Done.");
    }
  }

  static void ownCallback(FakeSalesforce salesforce, PrintStream out)
      throws IOException, InterruptedException {
    // This client finds the fake at https://acme.my.salesforce.com. Yours needs no setup.
    HttpClient client = salesforce.httpClient();

    // Describe the app that you created in Salesforce.
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
            .scopes("api", "id", "refresh_token")
            .callback(URI.create("http://localhost:8080/callback"))
            .build();
    SalesforceOAuthFlow flow =
        SalesforceOAuthFlow.builder(app).withPkce().transport(HttpTransport.over(client)).build();

    // Send the user to Salesforce. The fake user clicks Allow, and the browser comes back.
    AuthorizationRequest request =
        flow.authorize(LoginHost.myDomain("acme"), AuthorizationOptions.none());
    out.println("authorize    the user's browser goes to " + request.url());
    URI callback = salesforce.approve(request.url());

    // Exchange the code for tokens, and store them.
    ConnectionKey customer = new ConnectionKey("salesforce", "acme-corp", "user-42");
    try (FreshTokens tokens = FreshTokens.inMemory().renewer(flow).build()) {
      AuthorizationResult result = flow.complete(AuthorizationCallback.fromUri(callback), request);
      if (!(result instanceof Connected connected)) {
        throw new IllegalStateException("not connected: " + result);
      }
      TokenSet first = connected.tokens();
      tokens.save(customer, first);
      out.println(
          "exchange     access token %s, refresh token %s, expiry %s"
              .formatted(first.accessToken(), first.refreshToken().orElseThrow(), first.expiry()));

      // Call Salesforce.
      SalesforceHttp http = SalesforceHttp.of(tokens, client);
      out.println("call         " + limits(http, customer));

      // When the session has expired, the SDK refreshes the token and retries the call.
      salesforce.expireSessions();
      out.println("expire       all sessions of the org have ended");
      String again = limits(http, customer);
      TokenSet second = tokens.get(customer);
      out.println(
          "refresh      access token %s in place of %s"
              .formatted(second.accessToken(), first.accessToken()));
      out.println("call again   " + again);

      // Disconnect: revoke the grant at Salesforce, and delete it from the store.
      tokens.disconnect(customer);
      out.println("revoke       the store says " + tokens.status(customer).kind());
      out.println("prove        " + refusals(client, flow, second));
    }
  }

  static void ampersandsCallback(FakeSalesforce salesforce, FakeAmpersand fake, PrintStream out)
      throws IOException, InterruptedException {
    // This client finds both fakes at their real names. Yours needs no setup.
    HttpClient client = salesforce.httpClient();
    AmpersandClient ampersand =
        AmpersandClient.builder(fake.projectName(), Secret.of(fake.apiKey()))
            .transport(HttpTransport.over(client))
            .build();

    // Register the app. Without a callback of its own, it has Ampersand's.
    SalesforceApp app =
        SalesforceApp.builder(salesforce.consumerKey(), salesforce.consumerSecret())
            .scopes("api", "id", "refresh_token")
            .build();
    ApplyResult registered = ampersand.providerApps().apply(app);
    String appId = registered.app().orElseThrow().id();
    out.println("register     the provider app is " + registered);

    // Send the user to Salesforce. The fake user clicks Allow, and Ampersand takes the callback.
    ConnectionKey customer = new ConnectionKey("salesforce", "acme-corp", "user-43");
    ConnectRequest request =
        ConnectRequest.builder(customer)
            .providerAppId(appId)
            .workspaceRef(LoginHost.myDomain("acme"))
            .build();
    URI url = ampersand.connections().connectUrl(request);
    out.println("connect      the user's browser goes to " + url);
    fake.complete(salesforce.approve(url));
    Connection connection = ampersand.connections().list(ConnectionFilter.of(customer)).get(0);
    out.println(
        "consent      connection "
            + connection.id()
            + " has appeared, and is "
            + connection.status());

    // Call Salesforce. When the session has expired, Ampersand refreshes the token.
    try (AmpersandTokens tokens = AmpersandTokens.of(ampersand)) {
      SalesforceHttp http = SalesforceHttp.of(tokens, client);
      out.println("call         " + limits(http, customer));
      salesforce.expireSessions();
      out.println("renew        the session ended; " + limits(http, customer));
    }

    // When the grant has ended, the customer consents again.
    salesforce.revokeAll();
    Health ended =
        ampersand.connections().getWithAccessToken(connection.id(), Refresh.FORCE).health();
    fake.complete(salesforce.approve(ampersand.connections().reconnectUrl(connection.id())));
    Health again = ampersand.connections().get(connection.id()).health();
    if (ended != Health.NEEDS_CONSENT || again != Health.WORKING) {
      throw new IllegalStateException("the connection is " + ended + ", then " + again);
    }
    out.println("reconnect    the grant was revoked: " + ended + "; after consent: " + again);

    // Run this at each deployment.
    out.println("apply again  the provider app is " + ampersand.providerApps().apply(app));
  }

  private static String limits(SalesforceHttp http, ConnectionKey customer)
      throws IOException, InterruptedException {
    HttpResponse<String> response = http.at(customer).send(LIMITS, HttpRequest.Builder::GET);
    if (response.statusCode() != 200) {
      throw new IOException("Salesforce answered " + response.statusCode());
    }
    return "GET " + response.uri().getPath() + " answered 200";
  }

  /** Returns how Salesforce refuses tokens whose grant has ended. */
  private static String refusals(HttpClient client, SalesforceOAuthFlow flow, TokenSet ended)
      throws IOException, InterruptedException {
    URI instance = SalesforceTokens.of(ended).instanceUrl().orElseThrow();
    HttpRequest call =
        HttpRequest.newBuilder(instance.resolve(LIMITS))
            .header("Authorization", "Bearer " + ended.accessToken().reveal())
            .build();
    int status = client.send(call, BodyHandlers.discarding()).statusCode();
    if (status != 401) {
      throw new IllegalStateException("the access token answers " + status);
    }
    try {
      flow.refresh(ended);
    } catch (OAuthException e) {
      return "the access token answers 401, and a refresh answers " + e.error();
    }
    throw new IllegalStateException("the refresh token still works");
  }
}
