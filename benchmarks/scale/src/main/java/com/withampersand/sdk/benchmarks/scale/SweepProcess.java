package com.withampersand.sdk.benchmarks.scale;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.benchmarks.Settings;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.KeepAliveReport;
import com.zaxxer.hikari.HikariDataSource;

/** One of the processes that sweep the same table. */
final class SweepProcess {
  private SweepProcess() {}

  public static void main(String[] args) {
    try (HikariDataSource pool = Database.pool(Settings.database(), 16)) {
      CountingDataSource counting = new CountingDataSource(pool);
      TokenCipher cipher = TokenCipher.of(Keyring.of("k1", Secret.of(args[0])));
      InstantProvider provider = new InstantProvider();
      try (FreshTokens tokens =
          FreshTokens.builder(JdbcTokenStore.of(counting.dataSource()), cipher)
              .renewer(provider)
              .build()) {
        long start = System.nanoTime();
        KeepAliveReport report = tokens.keepAlive();
        System.out.printf(
            "process: %,d refreshed by %,d requests, %,d not due any more, %,d failed, %,d statements, %.1f s%n",
            report.refreshed(),
            provider.requests(),
            report.notDue(),
            report.failed(),
            counting.statements(),
            (System.nanoTime() - start) / 1e9);
      }
    }
  }
}
