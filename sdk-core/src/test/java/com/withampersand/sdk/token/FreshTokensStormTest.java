package com.withampersand.sdk.token;

import static com.withampersand.sdk.token.FreshProcess.THREADS;
import static com.withampersand.sdk.token.FreshProcess.grant;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.ReceivedRequest;
import com.withampersand.sdk.token.FreshProcess.Plan;
import com.withampersand.sdk.token.FreshProcess.Report;
import com.withampersand.sdk.token.FreshProcess.Stop;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many processes that keep the grants of one PostgreSQL fresh, at a provider that rotates. */
@Tag("storm")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(DatabaseServers.class)
class FreshTokensStormTest {
  private static final int PROCESSES = 8;
  private static final Duration EXPIRED = Duration.ofMinutes(31);

  /** Shorter than a call may take: nobody here comes back late. */
  private static final Duration SHORT_LEASE = Duration.ofSeconds(1);

  private final Customer customer = new Customer();
  private final Secret cipherKey = TokenCipher.newKey();
  private final String database;
  private final GrantTable table;
  private final JdbcTokenStore store;
  private final List<FreshProcess> processes = new ArrayList<>();

  FreshTokensStormTest(PostgresServer server) {
    database = server.url();
    table = GrantTable.create(server.pool());
    store =
        JdbcTokenStore.builder(table.dataSource(), TokenCipher.builder("k1", cipherKey).build())
            .table(table.name())
            .build();
    customer.salesforce.rotateRefreshTokens(true);
  }

  @AfterEach
  void stop() {
    processes.forEach(FreshProcess::close);
    customer.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void get_expiredGrantsAndManyProcesses_sendsOneRequestForEachAndAllGetTheSame(int grants)
      throws Exception {
    connectAndLetExpire(grants);
    List<String> old = refreshTokens(grants);

    Report report = storm(plan(grants, Duration.ofSeconds(90)));

    assertThat(sentRefreshTokens()).containsExactlyInAnyOrderElementsOf(old);
    assertThat(report.got()).isEqualTo(eachAsStored(grants, PROCESSES * THREADS));
    assertThat(report.heard()).hasSize(grants).containsOnly("refreshed");
    assertThat(refreshTokens(grants)).doesNotContainAnyElementsOf(old);
    assertThat(table.leases()).isZero();
    refreshAtTheProvider(grants);
  }

  @Test
  void get_holderKilledBeforeTheCall_isTakenOverAndRefreshed() throws Exception {
    connectAndLetExpire(1);
    Plan plan = plan(1, SHORT_LEASE);
    FreshProcess other = start(plan);
    FreshProcess holder = start(plan.stoppingAt(Stop.BEFORE_THE_CALL));
    release(holder);
    holder.awaitStop();

    Report report = takeOver(holder, other);

    assertThat(customer.refreshes()).isEqualTo(1);
    assertThat(report.got()).isEqualTo(eachAsStored(1, THREADS));
    assertThat(report.heard()).containsExactly("refreshed");
    refreshAtTheProvider(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void get_holderKilledDuringTheCall_needsConsentWhereRefreshTokensRotate(boolean rotate)
      throws Exception {
    customer.salesforce.rotateRefreshTokens(rotate);
    connectAndLetExpire(1);
    Plan plan = plan(1, SHORT_LEASE);
    FreshProcess other = start(plan);
    try (Relay relay = new Relay(customer.salesforce.uri().getPort())) {
      CountDownLatch answer = relay.holdAnswers();
      FreshProcess holder = start(plan.at(URI.create("http://localhost:" + relay.port())));
      release(holder);
      answer.await();

      requireLostOnlyIf(rotate, takeOver(holder, other));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void get_holderKilledBeforeTheWrite_needsConsentWhereRefreshTokensRotate(boolean rotate)
      throws Exception {
    customer.salesforce.rotateRefreshTokens(rotate);
    connectAndLetExpire(1);
    Plan plan = plan(1, SHORT_LEASE);
    FreshProcess other = start(plan);
    FreshProcess holder = start(plan.stoppingAt(Stop.BEFORE_THE_WRITE));
    release(holder);
    holder.awaitStop();

    requireLostOnlyIf(rotate, takeOver(holder, other));
  }

  /** The refresh token that the dead holder got is nobody's; the one before it is all there is. */
  private void requireLostOnlyIf(boolean rotate, Report report) throws Exception {
    assertThat(customer.refreshes()).isEqualTo(2);
    if (rotate) {
      assertThat(report.got()).isEqualTo(Map.of(FreshProcess.consentNeeded(0), THREADS));
      assertThat(report.heard()).containsExactly("consent needed invalid_grant");
      assertThat(store.find(grant(0)).flatMap(Marks::ending)).isPresent();
    } else {
      assertThat(report.got()).isEqualTo(eachAsStored(1, THREADS));
      assertThat(report.heard()).containsExactly("refreshed");
      refreshAtTheProvider(1);
    }
    assertThat(table.leases()).isZero();
  }

  // The grants.

  private void connectAndLetExpire(int grants) throws Exception {
    forEach(grants, i -> store.save(grant(i), customer.consent()));
    customer.clock.advance(EXPIRED);
  }

  /** Fails if a grant was revoked, or if what is stored is not its last refresh token. */
  private void refreshAtTheProvider(int grants) throws Exception {
    forEach(grants, i -> customer.flow.refresh(stored(i)));
  }

  private static void forEach(int grants, IntConsumer task) throws Exception {
    int threads = Math.min(grants, 4);
    try (TokenStoreContract.Crew crew = new TokenStoreContract.Crew()) {
      crew.runAll(
          threads,
          first -> {
            for (int i = first; i < grants; i += threads) {
              task.accept(i);
            }
          });
    }
  }

  private TokenSet stored(int grant) {
    return store.find(grant(grant)).orElseThrow();
  }

  private List<String> refreshTokens(int grants) {
    List<String> refreshTokens = new ArrayList<>();
    for (int i = 0; i < grants; i++) {
      refreshTokens.add(stored(i).refreshToken().orElseThrow().reveal());
    }
    return refreshTokens;
  }

  private Collection<String> sentRefreshTokens() {
    List<ReceivedRequest> requests = customer.salesforce.requests("/services/oauth2/token");
    return requests.stream().map(request -> request.form("refresh_token").orElse("")).toList();
  }

  private Map<String, Integer> eachAsStored(int grants, int times) {
    Map<String, Integer> outcomes = new TreeMap<>();
    for (int i = 0; i < grants; i++) {
      outcomes.put(FreshProcess.outcome(i, stored(i)), times);
    }
    return outcomes;
  }

  // The processes.

  private Plan plan(int grants, Duration lease) {
    return new Plan(
        database,
        table.name(),
        cipherKey.reveal(),
        lease,
        customer.salesforce.uri(),
        customer.salesforce.consumerKey(),
        customer.salesforce.consumerSecret(),
        customer.clock.instant(),
        grants,
        Stop.NEVER);
  }

  private FreshProcess start(Plan plan) throws IOException {
    FreshProcess process = FreshProcess.start(plan);
    processes.add(process);
    return process;
  }

  private static void release(FreshProcess process) throws IOException {
    process.awaitReady();
    process.go();
  }

  private Report storm(Plan plan) throws Exception {
    List<FreshProcess> all = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      all.add(start(plan));
    }
    for (FreshProcess process : all) {
      process.awaitReady();
    }
    for (FreshProcess process : all) {
      process.go();
    }
    Report report = new Report();
    for (FreshProcess process : all) {
      report.add(process.report());
    }
    return report;
  }

  /** Kills who has the grant, and returns what becomes of another that wants it. */
  private Report takeOver(FreshProcess holder, FreshProcess other) throws Exception {
    assertThat(table.leases()).isEqualTo(1);
    release(other);
    assertThat(holder.kill()).isNotZero();
    return other.report();
  }
}
