package com.withampersand.sdk.benchmarks.scale;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.benchmarks.Jvm;
import com.withampersand.sdk.benchmarks.Machine;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Rates at growing tables, and a sweep of the largest by four processes: one percent is due. Most
 * rows are copies that are never opened; those that are opened lie all over the table, since keys
 * are hashes.
 */
final class DatabaseScale {
  private static final int THREADS = 8;
  private static final int PROCESSES = 4;
  private static final Duration TURN = Duration.ofSeconds(5);

  private final Database database;
  private final Secret key = TokenCipher.newKey();
  private final FreshTokens tokens;
  private int real;

  private DatabaseScale(Database database) {
    this.database = database;
    this.tokens =
        FreshTokens.builder(
                JdbcTokenStore.of(database.pool()), TokenCipher.of(Keyring.of("k1", key)))
            .renewer(new InstantProvider())
            .cacheSize(1)
            .build();
  }

  /**
   * Runs it all.
   *
   * @param args the number of rows of the largest table
   */
  public static void main(String[] args) throws Exception {
    int largest = Integer.parseInt(args[0]);
    System.out.println(Machine.describe(1));
    try (Database database = Database.start()) {
      DatabaseScale scale = new DatabaseScale(database);
      scale.grow(largest);
      scale.sweep(largest);
      scale.tokens.close();
    }
  }

  private void grow(int largest) throws Exception {
    System.out.println(
        """

        | rows | cold get, per s | refresh, per s | bytes per row, with indexes |
        |---:|---:|---:|---:|""");
    connect(1_000);
    rates(1_000, false);
    int before = 1_000;
    for (int rows : List.of(1_000, 100_000, largest)) {
      if (rows > before) {
        database.addCopies(before, rows - 1);
      }
      before = rows;
      rates(rows, true);
    }
  }

  private void connect(int grants) throws InterruptedException {
    int first = real;
    Rate.times(
        grants - first,
        THREADS,
        i -> tokens.save(InstantProvider.user(first + i), InstantProvider.consent()));
    real = grants;
  }

  private void rates(int rows, boolean isShown) throws InterruptedException, SQLException {
    double get = Rate.during(TURN, THREADS, i -> tokens.get(InstantProvider.user(i % real)));
    double refresh =
        Rate.during(TURN, THREADS, i -> tokens.refresh(InstantProvider.user(i % real)));
    long bytes = database.number("SELECT pg_total_relation_size('ampersand_grant')") / rows;
    if (isShown) {
      System.out.printf("| %,d | %,.0f | %,.0f | %,d |%n", rows, get, refresh, bytes);
    }
  }

  private void sweep(int rows) throws Exception {
    connect(rows / 100);
    database.run("UPDATE ampersand_grant SET look_at = 9000000000000");
    database.run(
        "UPDATE ampersand_grant SET look_at = 0, tokens_at = tokens_at - 691200000"
            + " WHERE consumer_ref LIKE 'user-%'");
    database.run("VACUUM ANALYZE ampersand_grant");
    String before = "SELECT count(*) FROM ampersand_grant WHERE look_at = 0";
    System.out.printf("%nsweep: %,d rows are due%n", database.number(before));
    Jvm jvm = Jvm.likeThis().database(database.url());
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(jvm.start(SweepProcess.class.getName(), key.reveal()));
    }
    for (Process process : processes) {
      System.out.print(Jvm.outputOf(process));
    }
    System.out.printf("still due: %,d%n", database.number(before));
  }
}
