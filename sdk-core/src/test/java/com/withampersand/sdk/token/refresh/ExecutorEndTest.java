package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that an application gave, and that end or come late in the middle of a refresh. */
@Timeout(60)
class ExecutorEndTest {
  private static final int GRANTS = 40;

  private final Deployment deployment = new Deployment();
  private final ExecutorService given = Executors.newFixedThreadPool(12);
  private final FreshTokens tokens =
      deployment.started(deployment.builder().renewer(deployment.flow()).executor(given));
  private final Gate gate = new Gate();
  private final List<ConnectionKey> keys = new ArrayList<>();

  @AfterEach
  void stop() {
    given.shutdownNow();
    deployment.close();
  }

  private void connectAndLieIdle() {
    for (IssuedGrant grant : deployment.salesforce.issueGrants(GRANTS)) {
      ConnectionKey key = new ConnectionKey("salesforce", "acme", "user" + keys.size());
      keys.add(key);
      tokens.save(key, deployment.tokensOf(grant));
    }
    deployment.time.move(Duration.ofDays(8));
  }

  /** Ends the threads while requests are out whose answers have not arrived. */
  private KeepAliveReport sweepWhose(Runnable end) throws Throwable {
    deployment.salesforce.everyTokenRequest(Fault.holdAnswer(gate));
    Future<KeepAliveReport> sweep = deployment.async(tokens::keepAlive);
    gate.awaitArrived(10);
    end.run();
    gate.release();
    return deployment.joinWhilePassing(sweep, Duration.ofMillis(100));
  }

  @Test
  void keepAlive_givenExecutorIsShutDown_whatWasSentIsStored() throws Throwable {
    connectAndLieIdle();

    KeepAliveReport report = sweepWhose(given::shutdown);

    assertThat(report.refreshed()).isGreaterThanOrEqualTo(10);
    assertThat(report.failures()).isNotEmpty();
    FreshTokens next = deployment.process();
    for (ConnectionKey key : keys) {
      TokenSet stored = next.getForCall(key);
      assertThat(stored.refreshToken().orElseThrow().reveal())
          .isEqualTo(deployment.grantOf(stored).refreshToken());
      assertThat(next.status(key).kind()).isEqualTo(Kind.ACTIVE);
    }
  }

  @Test
  void keepAlive_givenExecutorIsShutDownAtOnce_callsEndAndNoGrantIsLost() throws Throwable {
    connectAndLieIdle();
    deployment.salesforce.everyTokenRequest(Fault.holdRequest(gate).and(Fault.dropRequest()));
    Future<KeepAliveReport> sweep =
        deployment.async(() -> tokens.keepAlive(SweepOptions.defaults().parallelism(GRANTS)));
    gate.awaitArrived(10);

    given.shutdownNow();
    gate.release();
    KeepAliveReport report = deployment.joinWhilePassing(sweep, Duration.ofSeconds(1));
    deployment.salesforce.everyTokenRequest(Fault.none());
    TokenSet another = deployment.consent();
    tokens.save(ADA, another);
    deployment.pass(Duration.ofMinutes(3));
    FreshTokens next = deployment.process();
    for (ConnectionKey key : keys) {
      next.getForCall(key);
      deployment.pass(Duration.ofSeconds(1));
    }
    deployment.pass(Duration.ofMinutes(3));

    assertThat(report.failures()).isNotEmpty();
    assertThat(next.get(ADA)).isEqualTo(another);
    for (ConnectionKey key : keys) {
      TokenSet got = next.refresh(key);
      assertThat(deployment.grantOf(got).isAlive()).isTrue();
      assertThat(next.status(key).kind()).isEqualTo(Kind.ACTIVE);
    }
  }

  @Test
  void refresh_threadForTheRequestComesLate_nothingIsSent() throws Throwable {
    List<Runnable> held = new CopyOnWriteArrayList<>();
    AtomicBoolean holds = new AtomicBoolean();
    FreshTokens late =
        deployment.started(
            deployment
                .builder()
                .renewer(deployment.flow())
                .executor(task -> hand(task, holds, held)));
    TokenSet consent = deployment.consent();
    late.save(ADA, consent);
    late.get(ADA);
    deployment.settle();
    deployment.store.failsAfterWrite =
        change -> {
          holds.compareAndSet(false, held.isEmpty());
          return false;
        };

    Future<TokenSet> call = deployment.async(() -> late.refresh(ADA));
    Deployment.until(() -> !held.isEmpty());
    deployment.store.comeBack();
    deployment.time.move(Duration.ofMinutes(2));
    FreshTokens other = deployment.process();
    other.getForCall(ADA);
    deployment.pass(Duration.ofMinutes(2));
    TokenSet refreshed = other.refresh(ADA);
    held.forEach(Runnable::run);
    deployment.settle();

    assertThat(deployment.grantOf(refreshed).presented()).containsExactly(1, 2);
    assertThat(deployment.grantOf(refreshed).isAlive()).isTrue();
    call.cancel(true);
  }

  /** Hands a task on, or keeps the next one back. */
  private void hand(Runnable task, AtomicBoolean holds, List<Runnable> held) {
    if (holds.compareAndSet(true, false)) {
      held.add(task);
    } else {
      deployment.time.executor().execute(task);
    }
  }
}
