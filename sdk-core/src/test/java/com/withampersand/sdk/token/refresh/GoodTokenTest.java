package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.join;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.IssuedGrant;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has a good token does not wait, and a grant is not refreshed without need. */
@Timeout(60)
class GoodTokenTest {
  private final Deployment deployment = new Deployment();
  private final Gate gate = new Gate();

  @AfterEach
  void stop() {
    gate.release();
    deployment.close();
  }

  private TokenSet connected(FreshTokens process, Duration life) {
    IssuedGrant grant = deployment.salesforce.issueGrant();
    TokenSet consent =
        deployment.tokensOf(grant, Expiry.known(deployment.time.instant().plus(life)));
    process.save(ADA, consent);
    return consent;
  }

  @Test
  void get_staleTokenAndTheRefreshOfAnotherProcess_isServedAtOnce() throws Throwable {
    FreshTokens a = deployment.process();
    FreshTokens b = deployment.process();
    TokenSet consent = connected(a, Duration.ofHours(2));
    deployment.pass(Duration.ofMinutes(118));
    deployment.salesforce.nextTokenRequest(Fault.holdAnswer(gate));
    Future<TokenSet> refresh = deployment.async(() -> a.refresh(ADA));
    gate.awaitArrived(1);

    assertThat(b.get(ADA)).isEqualTo(consent);
    assertThat(a.get(ADA)).isEqualTo(consent);

    gate.release();
    join(refresh);
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  @Test
  void get_staleToken_isServedAndRefreshedByOneProcess() {
    List<FreshTokens> processes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      processes.add(deployment.process());
    }
    TokenSet consent = connected(processes.get(0), Duration.ofHours(2));
    deployment.pass(Duration.ofMinutes(118));

    for (FreshTokens process : processes) {
      process.get(ADA);
    }
    deployment.settle();

    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
    deployment.pass(Duration.ofSeconds(6));
    String newest = deployment.grantOf(consent).accessToken();
    assertThat(processes)
        .allSatisfy(p -> assertThat(p.get(ADA).accessToken().reveal()).isEqualTo(newest));
  }

  @Test
  void get_staleTokenAndALeaseThatAnotherLeftBehind_isServedAtOnce() {
    FreshTokens dead = deployment.process();
    TokenSet consent = connected(dead, Duration.ofHours(2));
    deployment.pass(Duration.ofMinutes(118));
    deployment.salesforce.nextTokenRequest(Fault.holdRequest(gate).and(Fault.dropRequest()));
    deployment.start(() -> dead.refresh(ADA));
    gate.awaitArrived(1);
    deployment.time.drop();

    assertThat(deployment.process().get(ADA)).isEqualTo(consent);
  }

  @Test
  void refused_tenProcessesAtOnce_refreshOnceWithTwoWrites() throws Throwable {
    List<FreshTokens> processes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      processes.add(deployment.process());
    }
    TokenSet consent = connected(processes.get(0), Duration.ofHours(2));
    processes.forEach(process -> process.get(ADA));
    int before = deployment.store.written.get();

    List<Future<TokenSet>> calls = new ArrayList<>();
    for (FreshTokens process : processes) {
      calls.add(deployment.async(() -> process.refused(ADA, consent.accessToken())));
    }
    String newest = null;
    for (Future<TokenSet> call : calls) {
      newest = deployment.joinWhilePassing(call, Duration.ofMillis(250)).accessToken().reveal();
    }

    assertThat(newest).isEqualTo(deployment.grantOf(consent).accessToken());
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
    assertThat(deployment.store.written.get() - before).isEqualTo(2);
  }

  @Test
  void save_sameTokensAgain_writesNothing() {
    FreshTokens process = deployment.process();
    TokenSet consent = connected(process, Duration.ofHours(2));
    int before = deployment.store.written.get();

    process.save(ADA, consent);
    deployment.process().save(ADA, consent);

    assertThat(deployment.store.written).hasValue(before);
  }

  @Test
  void getForCall_unknownExpiryAllDay_isNeverRefreshedWithoutARefusal() {
    FreshTokens process = deployment.process();
    TokenSet consent = deployment.consent();
    process.save(ADA, consent);

    for (int minute = 0; minute < 24 * 60; minute += 10) {
      deployment.pass(Duration.ofMinutes(10));
      process.getForCall(ADA);
    }

    assertThat(deployment.grantOf(consent).presented()).isEmpty();
    process.refused(ADA, consent.accessToken());
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  @Test
  void get_twoProcessesWhoseClocksDiffer_doNotRefreshInTurns() {
    ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());
    renewer.life = Duration.ofMinutes(30);
    renewer.answer = sent -> renewer.renewed(sent, deployment.time.instant());
    FreshTokens right = deployment.process(renewer);
    Clock ahead = Clock.offset(deployment.time, Duration.ofMinutes(40));
    FreshTokens wrong = deployment.started(deployment.builder().renewer(renewer).clock(ahead));
    right.save(ADA, renewer.tokens("ada", deployment.time));
    wrong.refresh(ADA);
    renewer.sent.set(0);

    for (int second = 0; second < 600; second += 3) {
      wrong.get(ADA);
      right.get(ADA);
      deployment.pass(Duration.ofSeconds(3));
    }

    assertThat(renewer.sent).hasValueLessThanOrEqualTo(3);
  }

  @Test
  void refused_tokenThatAnotherProcessHasReplaced_isAnsweredWithoutARequest() {
    FreshTokens a = deployment.process();
    FreshTokens b = deployment.process();
    TokenSet consent = connected(a, Duration.ofHours(2));
    b.get(ADA);
    TokenSet refreshed = a.refresh(ADA);

    TokenSet answer = b.refused(ADA, consent.accessToken());

    assertThat(answer).isEqualTo(refreshed);
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  @Test
  void refused_refreshedTokenAtOnce_isNotRefreshedInALoop() {
    FreshTokens process = deployment.process();
    TokenSet consent = connected(process, Duration.ofHours(2));
    TokenSet last = consent;

    for (int i = 0; i < 20; i++) {
      try {
        last = process.refused(ADA, last.accessToken());
      } catch (com.withampersand.sdk.TransportException e) {
        assertThat(e.retryAfter()).isPresent();
      }
    }

    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  @Test
  void refresh_leaseIsAlmostOverBeforeSending_isTakenAnew() {
    FreshTokens process = deployment.process();
    TokenSet consent = connected(process, Duration.ofHours(2));
    deployment.store.beforeWrite =
        () -> {
          deployment.store.beforeWrite = () -> {};
          // The process stands still while it takes the lease.
          deployment.time.move(Duration.ofSeconds(29));
        };

    process.refresh(ADA);

    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
    assertThat(process.row(ADA).leases()).isEqualTo(2);
  }
}
