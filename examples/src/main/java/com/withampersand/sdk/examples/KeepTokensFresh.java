package com.withampersand.sdk.examples;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.AmpersandGrants;
import com.withampersand.sdk.platform.ConnectionImport;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.GrantRecipient;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.KeepAliveReport;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import javax.sql.DataSource;

/** What a back end does that keeps its grants itself. */
final class KeepTokensFresh {
  private static final System.Logger log = System.getLogger(KeepTokensFresh.class.getName());

  private KeepTokensFresh() {}

  static FreshTokens tokens(SalesforceOAuthFlow flow, DataSource dataSource, Secret key) {
    // region store
    JdbcTokenStore store = JdbcTokenStore.of(dataSource);
    store.migrate(); // or run the DDL that the jar ships
    // The key is one that TokenCipher.newKey() made, kept where your other secrets are.
    TokenCipher cipher = TokenCipher.of(Keyring.of("tokens-2026-11", key));
    FreshTokens tokens = FreshTokens.builder(store, cipher).renewer(flow).build();
    // endregion
    return tokens;
  }

  static HttpResponse<String> call(FreshTokens tokens, HttpClient client, ConnectionKey customer)
      throws IOException, InterruptedException {
    // region call
    SalesforceHttp salesforce = SalesforceHttp.of(tokens, client);
    HttpResponse<String> limits =
        salesforce.at(customer).send("/services/data/v65.0/limits", HttpRequest.Builder::GET);
    // endregion
    return limits;
  }

  static String status(FreshTokens tokens, ConnectionKey customer) {
    // region status
    GrantStatus status = tokens.status(customer); // reads the store; never throws for a customer
    String shown =
        switch (status.kind()) {
          case ACTIVE, IN_DOUBT, HANDING_OVER, HANDED_OVER -> "Connected";
          case NEEDS_CONSENT, ABSENT -> "Connect Salesforce";
          default -> "Ask support"; // status.actor() and status.remedy() tell support
        };
    // endregion
    return shown;
  }

  // region alive
  /** Sweeps until what it returns is canceled, in as many processes as you like. */
  static Future<?> keepAlive(
      FreshTokens tokens, ScheduledExecutorService scheduler, Duration pause) {
    return scheduler.scheduleWithFixedDelay(() -> sweep(tokens), 0, pause.toNanos(), NANOSECONDS);
  }

  private static void sweep(FreshTokens tokens) {
    try {
      KeepAliveReport report = tokens.keepAlive();
      log.log(Level.INFO, "{0} grants refreshed, {1} failed", report.refreshed(), report.failed());
    } catch (RuntimeException e) { // it would end the schedule silently
      log.log(Level.WARNING, "The grants could not be listed; the next sweep tries again", e);
    }
  }

  // endregion

  static String handOver(
      FreshTokens.Builder builder,
      AmpersandClient ampersand,
      ConnectionKey customer,
      Function<ConnectionKey, LoginHost> hostOf) {
    // region handover
    GrantRecipient recipient =
        AmpersandGrants.of(
            ampersand,
            (key, grant) ->
                ConnectionImport.builder(key, grant).workspaceRef(hostOf.apply(key)).build());
    FreshTokens tokens = builder.recipient(recipient).build();
    String connection = tokens.handOver(customer); // from now on Ampersand refreshes it
    // endregion
    return connection;
  }
}
