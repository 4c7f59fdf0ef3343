package com.withampersand.sdk.token;

import static com.withampersand.sdk.token.Customer.ADA;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** {@link FreshTokens} over the stores that processes share. */
@ExtendWith(DatabaseServers.class)
class FreshTokensSharedStoreTest {
  private static final Duration EXPIRED = Duration.ofMinutes(31);

  private final Customer customer = new Customer();
  private final GrantTable table;
  private final Relay relay;

  FreshTokensSharedStoreTest(PostgresServer server) throws IOException {
    table = GrantTable.create(server.pool());
    relay = new Relay(server.port());
    customer.salesforce.rotateRefreshTokens(true);
  }

  @AfterEach
  void stop() {
    relay.close();
    customer.close();
  }

  @Test
  void get_databaseGoneForAMomentAfterTheAnswer_isStoredBeforeItIsServed() {
    TokenSet old = connected(table.store());
    AtomicInteger pauses = new AtomicInteger();
    MovableTime time =
        new MovableTime()
            .during(
                () -> {
                  if (pauses.incrementAndGet() == 10) {
                    relay.mend();
                  }
                });
    customer.transport = cuttingAfterTheAnswer();

    TokenSet renewed = customer.fresh(behindTheRelay(time)).build().get(ADA);

    assertThat(renewed.refreshToken()).isNotEqualTo(old.refreshToken());
    assertThat(table.store().find(ADA)).contains(renewed);
    assertThat(pauses).hasValue(10);
    assertThat(customer.refreshes()).isEqualTo(1);
    assertThat(customer.events).containsExactly("refreshed");
  }

  @Test
  void get_databaseGoneForLongerThanTheLease_isServedAndStoredWhenItIsBack() {
    TokenSet old = connected(table.store());
    FreshTokens fresh = customer.fresh(behindTheRelay(new MovableTime())).build();
    customer.transport = cuttingAfterTheAnswer();

    TokenSet renewed = fresh.get(ADA);

    assertThat(renewed.refreshToken()).isNotEqualTo(old.refreshToken());
    assertThat(fresh.get(ADA)).isEqualTo(renewed);
    assertThat(table.store().find(ADA)).contains(old);
    assertThat(customer.events).containsExactly("unsaved");

    relay.mend();
    table.endLeases();

    assertThat(fresh.get(ADA)).isEqualTo(renewed);
    assertThat(table.store().find(ADA)).contains(renewed);
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void get_databaseBackAndAnotherProcessAsks_getsTheTokensThatWereUnsaved() {
    connected(table.store());
    FreshTokens fresh = customer.fresh(behindTheRelay(new MovableTime())).build();
    customer.transport = cuttingAfterTheAnswer();
    TokenSet renewed = fresh.get(ADA);
    relay.mend();
    table.endLeases();
    fresh.get(ADA);

    FreshTokens other = customer.fresh(table.store()).build();

    assertThat(other.get(ADA)).isEqualTo(renewed);
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  @Timeout(60)
  void get_leaseStillRunsWhenTheDatabaseIsBack_oneCallerWaitsForItAndTheOthersAreServed()
      throws Exception {
    connected(table.store());
    CountDownLatch waiting = new CountDownLatch(1);
    CountDownLatch leaseOver = new CountDownLatch(1);
    MovableTime time = new MovableTime();
    FreshTokens fresh = customer.fresh(behindTheRelay(time)).build();
    customer.transport = cuttingAfterTheAnswer();
    TokenSet renewed = fresh.get(ADA);
    relay.mend();
    time.during(
        () -> {
          waiting.countDown();
          await(leaseOver);
        });

    try (TokenStoreContract.Crew crew = new TokenStoreContract.Crew()) {
      Future<TokenSet> one = crew.run(() -> fresh.get(ADA));
      waiting.await();
      assertThat(fresh.get(ADA)).isEqualTo(renewed);

      table.endLeases();
      leaseOver.countDown();
      assertThat(one.get()).isEqualTo(renewed);
    }
    assertThat(table.store().find(ADA)).contains(renewed);
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void get_twoOverTheSameFiles_sendOneRequestAndGetTheSame(@TempDir Path directory)
      throws Exception {
    TokenSet old = connected(FileTokenStore.open(directory, GrantTable.CIPHER));
    List<FreshTokens> two = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      two.add(customer.fresh(FileTokenStore.open(directory, GrantTable.CIPHER)).build());
    }
    Queue<TokenSet> got = new ConcurrentLinkedQueue<>();

    try (TokenStoreContract.Crew crew = new TokenStoreContract.Crew()) {
      crew.runAll(20, i -> got.add(two.get(i % 2).get(ADA)));
    }

    TokenSet stored = FileTokenStore.open(directory, GrantTable.CIPHER).find(ADA).orElseThrow();
    assertThat(stored.refreshToken()).isNotEqualTo(old.refreshToken());
    assertThat(got).hasSize(20).containsOnly(stored);
    assertThat(customer.refreshes()).isEqualTo(1);
    assertThat(customer.events).containsExactly("refreshed");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private TokenSet connected(TokenStore store) {
    TokenSet tokens = customer.consent();
    store.save(ADA, tokens);
    customer.clock.advance(EXPIRED);
    return tokens;
  }

  private HttpTransport cuttingAfterTheAnswer() {
    return request -> {
      HttpTransport.Response answer = HttpTransport.shared().send(request);
      relay.cut();
      return answer;
    };
  }

  private JdbcTokenStore behindTheRelay(MovableTime time) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl("jdbc:postgresql://127.0.0.1:" + relay.port() + "/postgres?user=postgres");
    return table.builder(dataSource).time(time).build();
  }
}
