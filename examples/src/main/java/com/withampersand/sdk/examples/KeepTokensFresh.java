package com.withampersand.sdk.examples;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.AmpersandGrants;
import com.withampersand.sdk.platform.ConnectionImport;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.FreshTokens;
import com.withampersand.sdk.token.GrantKeeper;
import com.withampersand.sdk.token.JdbcTokenStore;
import com.withampersand.sdk.token.TokenCipher;
import com.withampersand.sdk.token.TokenStore;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import javax.sql.DataSource;

/** What a back end does that keeps its grants itself. */
final class KeepTokensFresh {
  private KeepTokensFresh() {}

  static TokenStore store(DataSource dataSource, Secret key) {
    // region store
    // The key is one that TokenCipher.newKey() made, kept where your other secrets are.
    TokenCipher cipher = TokenCipher.builder("2026-11", key).build();
    JdbcTokenStore store = JdbcTokenStore.of(dataSource, cipher);
    store.createTableIfMissing(); // or run the DDL that the jar ships
    // endregion
    return store;
  }

  static HttpResponse<String> call(
      SalesforceOAuthFlow flow, TokenStore store, HttpClient client, ConnectionKey customer)
      throws IOException, InterruptedException {
    // region call
    FreshTokens tokens = FreshTokens.of(flow, store);
    SalesforceHttp salesforce = SalesforceHttp.of(tokens, client);
    HttpResponse<String> limits =
        salesforce.send(customer, "/services/data/v65.0/limits", HttpRequest.Builder::GET);
    // endregion
    return limits;
  }

  static void keepAlive(FreshTokens tokens) {
    // region alive
    tokens.keepAlive(Duration.ofDays(7)); // once a day, from as many nodes as you like
    // endregion
  }

  static String handOver(
      SalesforceOAuthFlow flow,
      TokenStore store,
      AmpersandClient ampersand,
      ConnectionKey customer,
      String customersDomain) {
    // region handover
    GrantKeeper keeper =
        AmpersandGrants.of(
            ampersand,
            (key, grant) ->
                ConnectionImport.builder(key, grant).workspaceRef(customersDomain).build());
    FreshTokens tokens = FreshTokens.builder(flow, store).keeper(keeper).build();
    String connection = tokens.handOver(customer); // from now on Ampersand refreshes it
    // endregion
    return connection;
  }
}
