package com.withampersand.sdk.benchmarks.scale;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.benchmarks.Machine;
import com.withampersand.sdk.benchmarks.Table;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.time.Duration;
import java.util.function.IntConsumer;

/** M7: grants in PostgreSQL by eight threads, beside the same statements written by hand. */
final class DatabaseTrial {
  private static final int THREADS = 8;
  private static final int GRANTS = 4_000;
  private static final Duration TURN = Duration.ofSeconds(3);

  private final HandWrittenStore floor;
  private final FreshTokens sdk;
  private int inserted = GRANTS;

  private DatabaseTrial(Database database) {
    floor = new HandWrittenStore(database.pool());
    sdk = tokens(database);
  }

  /** Returns tokens of which none is in memory when it is asked for again. */
  private static FreshTokens tokens(Database database) {
    return FreshTokens.builder(
            JdbcTokenStore.of(database.pool()),
            TokenCipher.of(Keyring.of("k1", TokenCipher.newKey())))
        .renewer(new InstantProvider())
        .cacheSize(GRANTS / 100)
        .build();
  }

  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    System.out.println(Machine.describe(rounds));
    try (Database database = Database.start()) {
      DatabaseTrial trial = new DatabaseTrial(database);
      trial.floor.create();
      Rate.times(GRANTS, THREADS, i -> trial.floor.insert(floorId(i), "user-" + i));
      Rate.times(
          GRANTS, THREADS, i -> trial.sdk.save(InstantProvider.user(i), InstantProvider.consent()));
      trial.run(rounds);
      trial.sdk.close();
    }
  }

  private static String floorId(int number) {
    return InstantProvider.user(number).id();
  }

  private void run(int rounds) throws InterruptedException {
    Table find = new Table("PostgreSQL, sealed, 8 threads: find", "µs");
    Table update = new Table("PostgreSQL, sealed, 8 threads: store another consent", "µs");
    Table refresh = new Table("PostgreSQL, sealed, 8 threads: refresh", "µs");
    Table insert = new Table("PostgreSQL, sealed, 8 threads: store a new grant", "µs");
    for (int round = 0; round <= rounds; round++) {
      boolean isWarm = round > 0;
      pair(find, isWarm, i -> floor.find(floorId(i % GRANTS)), i -> sdk.get(user(i)));
      pair(
          update,
          isWarm,
          i -> floor.update(floorId(i % GRANTS)),
          i -> sdk.save(user(i), InstantProvider.consent()));
      pair(refresh, isWarm, i -> floor.refresh(floorId(i % GRANTS)), i -> sdk.refresh(user(i)));
      int first = inserted;
      pair(
          insert,
          isWarm,
          i -> floor.insert(floorId(first + i), "user-" + i),
          i -> sdk.save(InstantProvider.user(first + i), InstantProvider.consent()));
      inserted += 1_000_000;
    }
    System.out.println(find + "" + update + refresh + insert);
  }

  private static ConnectionKey user(int number) {
    return InstantProvider.user(number % GRANTS);
  }

  private static void pair(Table table, boolean isWarm, IntConsumer floor, IntConsumer sdk)
      throws InterruptedException {
    double byHand = Rate.during(TURN, THREADS, floor);
    double bySdk = Rate.during(TURN, THREADS, sdk);
    if (isWarm) {
      table.add("floor", 1e6 / byHand, 0);
      table.add("sdk", 1e6 / bySdk, 0);
    }
  }
}
