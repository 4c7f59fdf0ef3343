package com.withampersand.sdk.benchmarks.scale;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.benchmarks.Fixture;
import com.withampersand.sdk.benchmarks.Settings;
import com.withampersand.sdk.benchmarks.Storm;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.URI;
import java.util.HashSet;

/**
 * One of the processes of a storm. Each line that it reads begins one; it writes one line for each.
 */
final class StormProcess {
  private static final int THREADS = 25;

  private StormProcess() {}

  public static void main(String[] args) throws Exception {
    SalesforceApp app =
        SalesforceApp.builder(Fixture.CLIENT_ID, Fixture.CLIENT_SECRET)
            .scopes(Fixture.SCOPES)
            .callback(URI.create(Fixture.CALLBACK))
            .build();
    TokenCipher cipher = TokenCipher.of(Keyring.of("k1", Secret.of(args[0])));
    try (HikariDataSource pool = Database.pool(Settings.database(), 8);
        FreshTokens tokens =
            FreshTokens.builder(JdbcTokenStore.of(pool), cipher)
                .renewer(SalesforceOAuthFlow.of(app, LoginHost.custom(Settings.server())))
                .build()) {
      System.out.println("ready");
      for (int storm = 0; storm < Integer.parseInt(args[1]); storm++) {
        awaitLine();
        ConnectionKey key = InstantProvider.user(storm);
        Storm result = Storm.of(THREADS, () -> tokens.get(key).accessToken().reveal());
        System.out.println(
            result.longest().toMillis() + "/" + result.failed() + new HashSet<>(result.failures()));
      }
    }
  }

  private static void awaitLine() throws IOException {
    for (int c = System.in.read(); c != '\n'; c = System.in.read()) {
      if (c < 0) {
        throw new IOException("the other end is closed");
      }
    }
  }
}
