package com.withampersand.sdk.benchmarks.scale;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.benchmarks.Fixture;
import com.withampersand.sdk.benchmarks.Jvm;
import com.withampersand.sdk.benchmarks.Machine;
import com.withampersand.sdk.benchmarks.TokenServer;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Eight processes of 25 threads each that want the same token, which is over. */
final class StormScale {
  private static final int PROCESSES = 8;
  private static final Duration DELAY = Duration.ofMillis(200);

  private StormScale() {}

  /**
   * Runs some storms.
   *
   * @param args how many
   */
  public static void main(String[] args) throws Exception {
    int storms = Integer.parseInt(args[0]);
    System.out.println(Machine.describe(storms));
    Secret key = TokenCipher.newKey();
    try (Database database = Database.start();
        TokenServer server = TokenServer.rotating(DELAY)) {
      Jvm jvm = Jvm.likeThis().database(database.url()).server(server);
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(jvm.start(StormProcess.class.getName(), key.reveal(), "" + storms));
      }
      for (Process process : processes) {
        awaitReady(process);
      }
      for (int storm = 0; storm < storms; storm++) {
        server.reset();
        saveExpired(database, key, server, storm);
        run(processes, server);
      }
      for (Process process : processes) {
        Jvm.outputOf(process);
      }
    }
  }

  /** Each writes a line when it is ready, and one after each storm. */
  private static String awaitReady(Process process) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = process.getInputStream().read();
        c >= 0 && c != '\n';
        c = process.getInputStream().read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  private static void run(List<Process> processes, TokenServer server) throws IOException {
    for (Process process : processes) {
      OutputStream out = process.getOutputStream();
      out.write("go\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
    List<String> waits = new ArrayList<>();
    for (Process process : processes) {
      waits.add(awaitReady(process));
    }
    System.out.printf(
        "storm: %d requests, %d refused; slowest thread of each process (ms/calls failed): %s%n",
        server.requests(), server.refused(), waits);
  }

  private static void saveExpired(Database database, Secret key, TokenServer server, int storm) {
    Instant now = Instant.now();
    TokenSet expired =
        TokenSet.builder(Secret.of("another-access-token"), now.minusSeconds(7200))
            .refreshToken(Secret.of(Fixture.REFRESH_TOKEN))
            .issuer(server.uri())
            .clientId(Fixture.CLIENT_ID)
            .expiry(Expiry.known(now.minusSeconds(60)))
            .consentedNow()
            .build();
    try (FreshTokens tokens =
        FreshTokens.builder(
                JdbcTokenStore.of(database.pool()), TokenCipher.of(Keyring.of("k1", key)))
            .build()) {
      tokens.save(InstantProvider.user(storm), expired);
    }
  }
}
