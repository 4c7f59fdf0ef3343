package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.join;
import static com.withampersand.sdk.token.refresh.Deployment.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A caller who goes away takes nothing along. */
@Timeout(60)
class InterruptTest {
  private final Deployment deployment = new Deployment();
  private final FreshTokens tokens = deployment.process();
  private final Gate gate = new Gate();

  @AfterEach
  void stop() {
    deployment.close();
  }

  private TokenSet connected() {
    TokenSet consent = deployment.consent();
    tokens.save(ADA, consent);
    return consent;
  }

  private void release() {
    deployment.busy = 0;
    gate.release();
    deployment.settle();
  }

  @Test
  void refresh_interruptedWhileTheRequestIsOut_answerIsStored() throws Throwable {
    TokenSet old = connected();
    deployment.salesforce.nextTokenRequest(Fault.holdAnswer(gate));
    AtomicReference<Boolean> flag = new AtomicReference<>();
    AtomicReference<RuntimeException> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                tokens.refresh(ADA);
              } catch (RuntimeException e) {
                thrown.set(e);
                flag.set(Thread.currentThread().isInterrupted());
              }
            });
    caller.start();
    gate.awaitArrived(1);

    caller.interrupt();
    caller.join(10_000);
    release();

    assertThat(thrown.get()).isInstanceOf(TransportException.class);
    assertThat(thrown.get())
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.isRetryable()).isTrue());
    assertThat(flag.get()).isTrue();
    IssuedGrant grant = deployment.grantOf(old);
    assertThat(tokens.get(ADA).accessToken().reveal()).isEqualTo(grant.accessToken());
    assertThat(deployment.kind(deployment.process())).isEqualTo(Kind.ACTIVE);
    assertThat(grant.presented()).containsExactly(1);
  }

  @Test
  void refresh_canceledFuture_otherCallersGetTheAnswer() throws Throwable {
    TokenSet old = connected();
    deployment.salesforce.nextTokenRequest(Fault.holdAnswer(gate));
    Future<TokenSet> first = deployment.async(() -> tokens.refresh(ADA));
    gate.awaitArrived(1);
    Future<TokenSet> second = deployment.async(() -> tokens.refused(ADA, old.accessToken()));

    first.cancel(true);
    gate.release();
    TokenSet served = join(second);

    assertThat(served.accessToken().reveal()).isEqualTo(deployment.grantOf(old).accessToken());
    assertThat(deployment.grantOf(old).presented()).containsExactly(1);
  }

  @Test
  void keepAlive_shutdownNow_losesNoGrant() throws Exception {
    List<ConnectionKey> keys = new ArrayList<>();
    for (IssuedGrant grant : deployment.salesforce.issueGrants(40)) {
      ConnectionKey key = new ConnectionKey("salesforce", "acme", "user" + keys.size());
      keys.add(key);
      tokens.save(key, deployment.tokensOf(grant));
    }
    deployment.pass(Duration.ofDays(8));
    deployment.salesforce.everyTokenRequest(Fault.holdAnswer(gate));
    ExecutorService scheduler = Executors.newSingleThreadExecutor();
    Future<KeepAliveReport> sweep = scheduler.submit(() -> tokens.keepAlive());
    gate.awaitArrived(16);

    scheduler.shutdownNow();
    KeepAliveReport report = sweep.get(20, TimeUnit.SECONDS);
    gate.release();
    boolean isStored = tokens.close(Duration.ofSeconds(20));

    assertThat(report.isComplete()).isFalse();
    assertThat(isStored).isTrue();
    FreshTokens next = deployment.process();
    for (ConnectionKey key : keys) {
      TokenSet stored = next.get(key);
      IssuedGrant grant = deployment.grantOf(stored);
      assertThat(stored.refreshToken().orElseThrow().reveal()).isEqualTo(grant.refreshToken());
      assertThat(next.status(key).kind()).isEqualTo(Kind.ACTIVE);
    }
  }

  @Test
  void keepAlive_interruptedThread_keepsTheFlagAndStops() throws Exception {
    connected();
    deployment.pass(Duration.ofDays(8));
    ExecutorService thread = Executors.newSingleThreadExecutor();

    Future<Boolean> swept =
        thread.submit(
            () -> {
              Thread.currentThread().interrupt();
              KeepAliveReport report = tokens.keepAlive();
              return Thread.interrupted() && !report.isComplete();
            });

    assertThat(swept.get(20, TimeUnit.SECONDS)).isTrue();
    deployment.settle();
    assertThat(deployment.salesforce.requests(Deployment.TOKEN)).isEmpty();
    thread.shutdown();
  }

  @Test
  void refresh_longestWaitIsOver_callerFailsAndTheAnswerIsStored() {
    FreshTokens hasty =
        deployment.started(
            deployment.builder().renewer(deployment.flow()).maxWait(Duration.ofMillis(50)));
    TokenSet old = connected();
    deployment.salesforce.nextTokenRequest(Fault.holdAnswer(gate));

    assertThatThrownBy(() -> hasty.refresh(ADA))
        .isInstanceOfSatisfying(
            TransportException.class,
            e -> {
              assertThat(e.isRetryable()).isTrue();
              assertThat(e.connection()).contains(ADA);
            });

    gate.awaitArrived(1);
    release();
    until(() -> hasty.flush(Duration.ofSeconds(1)));
    assertThat(hasty.get(ADA).accessToken().reveal())
        .isEqualTo(deployment.grantOf(old).accessToken());
  }

  @Test
  void get_interruptedBeforeTheCall_servesAGoodTokenFromMemoryAndKeepsTheFlag() throws Throwable {
    TokenSet old = connected();

    boolean served =
        join(
            deployment.async(
                () -> {
                  Thread.currentThread().interrupt();
                  TokenSet got = tokens.get(ADA);
                  return got.equals(old) && Thread.interrupted();
                }));

    assertThat(served).isTrue();
  }

  @Test
  void close_whileARequestIsOut_waitsForItsAnswerAndStoresIt() throws Throwable {
    TokenSet old = connected();
    deployment.salesforce.nextTokenRequest(Fault.holdAnswer(gate));
    Future<TokenSet> caller = deployment.async(() -> tokens.refresh(ADA));
    gate.awaitArrived(1);

    Future<Boolean> closed = deployment.async(() -> tokens.close(Duration.ofSeconds(20)));
    until(
        () -> {
          try {
            tokens.get(ADA);
            return false;
          } catch (IllegalStateException e) {
            return true;
          }
        });
    gate.release();

    assertThat(join(closed)).isTrue();
    assertThat(join(caller).accessToken().reveal())
        .isEqualTo(deployment.grantOf(old).accessToken());
    assertThat(deployment.process().get(ADA).accessToken().reveal())
        .isEqualTo(deployment.grantOf(old).accessToken());
  }

  @Test
  void close_answerThatDoesNotCome_returnsFalse() {
    connected();
    deployment.salesforce.nextTokenRequest(Fault.holdAnswer(gate));
    deployment.start(() -> tokens.refresh(ADA));
    gate.awaitArrived(1);

    assertThat(tokens.close(Duration.ofMillis(20))).isFalse();
    assertThat(tokens.close(Duration.ZERO)).isFalse();
  }
}
