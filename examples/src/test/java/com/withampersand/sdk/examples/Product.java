package com.withampersand.sdk.examples;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.Map;

/** A product with one customer, set up by the environment: what {@link SyncTest} tests. */
final class Product {
  private static final ConnectionKey CUSTOMER = new ConnectionKey("salesforce", "acme", "admin");

  private final SalesforceOAuthFlow flow;
  private final FreshTokens tokens;
  private final SalesforceHttp salesforce;
  private Secret kept = Secret.of("{}");

  Product(Map<String, String> environment) {
    LoginHost host = LoginHost.fromStored(String.valueOf(environment.get("SALESFORCE_LOGIN_HOST")));
    SalesforceApp app = SalesforceApp.fromEnvironment(environment);
    this.flow = SalesforceOAuthFlow.builder(app, host).build();
    this.tokens = FreshTokens.inMemory().renewer(flow).build();
    this.salesforce =
        SalesforceHttp.builder(tokens, HttpClient.newHttpClient()).alsoAt(host).build();
  }

  URI connectUrl() {
    AuthorizationRequest request = flow.authorize(AuthorizationOptions.builder().build());
    kept = request.toJson();
    return request.url();
  }

  void connected(URI callback) {
    tokens.save(
        CUSTOMER,
        flow.exchange(
            AuthorizationRequest.fromJson(kept), AuthorizationCallback.fromUri(callback)));
  }

  void sync() throws IOException, InterruptedException {
    salesforce.send(
        CUSTOMER, "/services/data/v65.0/query?q=SELECT+Id+FROM+Account", HttpRequest.Builder::GET);
  }
}
