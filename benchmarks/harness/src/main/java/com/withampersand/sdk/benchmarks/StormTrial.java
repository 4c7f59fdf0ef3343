package com.withampersand.sdk.benchmarks;

import java.time.Duration;

/**
 * Lets 200 threads ask one contestant for a token that is over, and prints how long they waited.
 */
final class StormTrial {
  /** How long the server takes for a request. */
  static final Duration DELAY = Duration.ofMillis(200);

  private StormTrial() {}

  public static void main(String[] args) throws Exception {
    Contestant contestant = Contestants.load(args[0]);
    loadClasses(contestant);
    Work work = contestant.prepare(Operation.STORM).orElseThrow();
    Storm storm = Storm.of(Operation.STORM.threads(), work::once);
    System.out.println(Reading.of(storm.longest().toNanos() / 1e6, storm.failed()));
    System.exit(0);
  }

  /** Does both halves of it with another server: a storm is no cold start. */
  private static void loadClasses(Contestant contestant) throws Exception {
    String server = Settings.server().toString();
    try (TokenServer other = TokenServer.rotating(Duration.ZERO)) {
      System.setProperty(Settings.SERVER, other.uri().toString());
      Storm.of(2, contestant.prepare(Operation.STORM).orElseThrow()::once);
    } finally {
      System.setProperty(Settings.SERVER, server);
    }
  }
}
