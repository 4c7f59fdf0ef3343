package com.withampersand.sdk.token.storm;

import static com.withampersand.sdk.token.storm.Conditions.until;
import static com.withampersand.sdk.token.storm.Conditions.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.token.jdbc.Servers;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.storm.Fleet.Kept;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL goes away, and comes back, while many threads use tokens that are good. */
@Tag("storm")
@Timeout(180)
@ExtendWith(Servers.Resolver.class)
class DatabaseOutageStormTest {
  private static final int THREADS = 100;
  private static final int GRANTS = 20;

  /** A grant is looked for after 0.5, 1, 2, 4, 8, 8 … seconds, and not by two at a time. */
  private static final int LOOKS_FOR_A_GRANT = 9;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicLong served = new AtomicLong();
  private final Servers servers;
  @TempDir private Path directory;

  DatabaseOutageStormTest(Servers servers) {
    this.servers = servers;
  }

  @Test
  void get_databaseIsAwayForThirtySeconds_allAreServedAndConnectionsAreBounded() throws Exception {
    try (Fleet fleet =
            new Fleet(
                Kept.IN_POSTGRESQL,
                servers,
                directory,
                RefreshTokenPolicy.ROTATE_AND_REVOKE_ON_REUSE,
                Lengths.REAL);
        Relay relay = new Relay(servers.postgres().port());
        FreshTokens tokens = fleet.plan.at(Fleet.url(relay.port())).open()) {
      ConnectionKey[] keys = fleet.connectGood(GRANTS);
      Arrays.stream(keys).forEach(tokens::get);
      int before = relay.arrived();

      List<Future<Void>> callers = callers(tokens, keys);
      relay.cut();
      pass(Duration.ofSeconds(15));
      int whileCut = relay.arrived() - before;
      relay.goSilent();
      pass(Duration.ofSeconds(15));
      int inAll = relay.arrived() - before;
      relay.restore();
      IssuedGrant later = fleet.provider.salesforce.issueGrant();
      fleet.own.save(keys[0], fleet.provider.good(later));
      until("the other consent is seen", () -> isServed(tokens, keys[0], later));
      isOver.set(true);
      for (Future<Void> caller : callers) {
        caller.get();
      }

      System.out.printf(
          "30 s without a database: %d calls served, %d connections while cut, %d in all%n",
          served.get(), whileCut, inAll);
      assertThat(served.get()).isGreaterThan(10_000);
      assertThat(inAll).isBetween(GRANTS, GRANTS * LOOKS_FOR_A_GRANT);
    } finally {
      isOver.set(true);
      threads.shutdownNow();
    }
  }

  /** Starts callers, whose futures fail with the first call that does. */
  private List<Future<Void>> callers(FreshTokens tokens, ConnectionKey... keys) {
    List<Future<Void>> callers = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int first = thread;
      callers.add(
          threads.submit(
              () -> {
                for (int i = first; !isOver.get(); i++) {
                  tokens.get(keys[i % keys.length]);
                  served.incrementAndGet();
                  LockSupport.parkNanos(1_000_000);
                }
                return null;
              }));
    }
    return callers;
  }

  private static void pass(Duration length) {
    assertThat(within(length, () -> false)).isFalse();
  }

  private static boolean isServed(FreshTokens tokens, ConnectionKey key, IssuedGrant grant) {
    return tokens.get(key).accessToken().reveal().equals(grant.accessToken());
  }
}
