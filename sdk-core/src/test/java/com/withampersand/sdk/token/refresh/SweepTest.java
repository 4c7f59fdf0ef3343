package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.Row;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a sweep over idle grants does, and what it costs. */
@Timeout(60)
class SweepTest {
  private final Deployment deployment = new Deployment();
  private final ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());

  @AfterEach
  void stop() {
    deployment.close();
  }

  private static ConnectionKey user(int number) {
    return new ConnectionKey("salesforce", "acme", "user" + number);
  }

  private void connect(FreshTokens process, int count) {
    for (int i = 0; i < count; i++) {
      process.save(user(i), renewer.tokens("user" + i, deployment.time));
    }
  }

  private void idle() {
    deployment.time.move(Duration.ofDays(8));
    renewer.answer = sent -> renewer.renewed(sent, deployment.time.instant());
  }

  @Test
  void keepAlive_nothingIsDue_costsOnePage() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 300);
    int before = deployment.store.asked();

    KeepAliveReport report = process.keepAlive();

    assertThat(report.seen()).isZero();
    assertThat(report.isComplete()).isTrue();
    assertThat(deployment.store.asked() - before).isEqualTo(1);
  }

  @Test
  void keepAlive_dueGrants_costTwoWritesEachAndNoReads() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 250);
    idle();
    int reads = deployment.store.reads.get();
    int writes = deployment.store.writes.get();

    KeepAliveReport report = process.keepAlive();

    assertThat(report.refreshed()).isEqualTo(250);
    assertThat(report.failures()).isEmpty();
    assertThat(deployment.store.reads.get() - reads).isZero();
    assertThat(deployment.store.writes.get() - writes).isEqualTo(500);
    assertThat(process.keepAlive().seen()).isZero();
  }

  @Test
  void keepAlive_twoProcessesAtOnce_refreshEachGrantOnce() throws Throwable {
    FreshTokens a = deployment.process(renewer);
    FreshTokens b = deployment.process(renewer);
    connect(a, 150);
    idle();

    Future<KeepAliveReport> first = deployment.async(a::keepAlive);
    Future<KeepAliveReport> second = deployment.async(b::keepAlive);
    long refreshed = Deployment.join(first).refreshed() + Deployment.join(second).refreshed();

    assertThat(renewer.sent).hasValue(150);
    assertThat(refreshed).isGreaterThanOrEqualTo(150);
  }

  @Test
  void keepAlive_parallelism_boundsTheRequests() throws Throwable {
    FreshTokens process = deployment.process();
    for (IssuedGrant grant : deployment.salesforce.issueGrants(12)) {
      process.save(
          new ConnectionKey("salesforce", "acme", grant.refreshToken().substring(0, 40)),
          deployment.tokensOf(grant));
    }
    deployment.time.move(Duration.ofDays(8));
    Gate gate = new Gate();
    deployment.salesforce.everyTokenRequest(Fault.holdAnswer(gate));

    Future<KeepAliveReport> sweep =
        deployment.async(() -> process.keepAlive(SweepOptions.defaults().parallelism(4)));
    gate.awaitArrived(4);
    deployment.settle(4);
    int arrived = gate.arrived();
    gate.release();

    assertThat(arrived).isEqualTo(4);
    assertThat(Deployment.join(sweep).refreshed()).isEqualTo(12);
  }

  @Test
  void keepAlive_deadline_endsBetweenGrantsAndGoesOnFromTheReport() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 30);
    idle();
    SweepOptions options =
        SweepOptions.defaults()
            .parallelism(1)
            .deadline(Duration.ofSeconds(10))
            .onProgress(key -> deployment.time.move(Duration.ofSeconds(2)));

    KeepAliveReport first = process.keepAlive(options);
    KeepAliveReport rest =
        process.keepAlive(SweepOptions.defaults().after(first.resumeAfter().orElseThrow()));

    assertThat(first.isComplete()).isFalse();
    assertThat(first.seen()).isBetween(1L, 29L);
    assertThat(rest.isComplete()).isTrue();
    assertThat(first.refreshed() + rest.refreshed()).isEqualTo(30);
    assertThat(renewer.sent).hasValue(30);
  }

  @Test
  void keepAlive_failures_areNamedEachWithItsReason() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 4);
    idle();
    renewer.answer =
        sent ->
            switch (sent.accessToken().reveal()) {
              case "AT-user1.1" -> throw new NoSuchElementException("no customer");
              case "AT-user2.1" ->
                  throw OAuthException.builder("invalid_grant").verdict(Verdict.FINAL).build();
              default -> renewer.renewed(sent, deployment.time.instant());
            };

    KeepAliveReport report = process.keepAlive();

    assertThat(report.seen()).isEqualTo(4);
    assertThat(report.refreshed()).isEqualTo(2);
    assertThat(report.failures())
        .extracting(KeepAliveReport.Failure::connection)
        .containsExactlyInAnyOrder(user(1), user(2));
    assertThat(report.failures())
        .anySatisfy(f -> assertThat(f.exception()).hasRootCauseMessage("no customer"))
        .anySatisfy(f -> assertThat(f.exception()).isInstanceOf(OAuthException.class));
  }

  /** Each is counted; what is kept of them does not grow with their number. */
  @Test
  void keepAlive_thousandsOfFailures_namesAThousand() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 1_100);
    idle();
    renewer.answer =
        sent -> {
          throw OAuthException.builder("invalid_grant").verdict(Verdict.FINAL).build();
        };

    KeepAliveReport report = process.keepAlive();

    assertThat(report.failed()).isEqualTo(1_100);
    assertThat(report.failures()).hasSize(1_000);
  }

  @Test
  void keepAlive_thousandsOfFailuresThatPass_namesTheOneThatLasts() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 1_100);
    idle();
    renewer.answer =
        sent -> {
          boolean isLast = sent.accessToken().reveal().contains("user1099");
          throw OAuthException.builder(isLast ? "invalid_grant" : "temporarily_unavailable")
              .verdict(isLast ? Verdict.FINAL : Verdict.PASSING)
              .build();
        };

    KeepAliveReport report = process.keepAlive();

    assertThat(report.failures()).hasSize(1_000);
    assertThat(report.failures().get(0).connection()).isEqualTo(user(1_099));
  }

  @Test
  void keepAlive_ownsThatThrows_isCountedAndTheOthersAreRefreshed() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 3);
    idle();
    renewer.owns =
        tokens -> {
          if (tokens.accessToken().reveal().contains("user1")) {
            throw new NoSuchElementException("no customer");
          }
          return true;
        };

    KeepAliveReport report = process.keepAlive();

    assertThat(report.seen()).isEqualTo(3);
    assertThat(report.refreshed()).isEqualTo(2);
    assertThat(report.foreign() + report.failed()).isEqualTo(1);
  }

  @Test
  void keepAlive_rowThatDoesNotOpen_isNamedAndEndsNothing() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 3);
    damage(process.row(user(1)));
    idle();

    KeepAliveReport report = process.keepAlive();

    assertThat(report.refreshed()).isEqualTo(2);
    assertThat(report.failures())
        .extracting(KeepAliveReport.Failure::connection)
        .containsExactly(user(1));
  }

  private void damage(Row row) {
    String sealed = java.util.Objects.requireNonNull(row.sealed());
    deployment.store.write(
        row.key(),
        row.revision(),
        new Row.Change(
            Row.Revision.random(),
            java.util.Objects.requireNonNull(row.version()),
            row.consent(),
            row.state(),
            row.client(),
            new Row.LeaseChange.Clear(),
            row.leases(),
            Duration.ofDays(1),
            Set.of(),
            Duration.ZERO,
            sealed.substring(0, sealed.length() - 5)));
  }

  @Test
  void keepAlive_progressListenerThatThrows_isHeardOut() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 5);
    idle();
    List<ConnectionKey> told = new CopyOnWriteArrayList<>();

    KeepAliveReport report =
        process.keepAlive(
            SweepOptions.defaults()
                .onProgress(
                    key -> {
                      told.add(key);
                      throw new IllegalStateException("metrics");
                    }));

    assertThat(report.refreshed()).isEqualTo(5);
    assertThat(told).hasSize(5);
  }

  @Test
  void keepAlive_storeFailsAtALaterPage_reportsWhatWasDone() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 150);
    idle();
    int before = deployment.store.pages.get();
    deployment.store.beforeRead =
        () -> {
          if (deployment.store.pages.get() == before + 2) {
            TestStore.fail();
          }
        };

    KeepAliveReport report = process.keepAlive();
    deployment.store.comeBack();
    KeepAliveReport rest =
        process.keepAlive(SweepOptions.defaults().after(report.resumeAfter().orElseThrow()));

    assertThat(report.isComplete()).isFalse();
    assertThat(report.refreshed()).isEqualTo(100);
    assertThat(rest.refreshed()).isEqualTo(50);
  }

  @Test
  void keepAlive_storeIsAway_throws() {
    FreshTokens process = deployment.process(renewer);
    deployment.store.goAway();

    TokenStoreException thrown =
        catchThrowableOfType(TokenStoreException.class, process::keepAlive);

    assertThat(thrown.isRetryable()).isTrue();
  }

  @Test
  void keepAlive_oneDeadHost_doesNotHoldUpTheOthers() {
    ScriptedRenewer dead = new ScriptedRenewer(URI.create("https://dead.example.com"));
    dead.answer = sent -> ScriptedRenewer.unsent();
    dead.owns = tokens -> tokens.issuer().orElseThrow().getHost().startsWith("dead");
    renewer.owns = tokens -> !dead.owns.test(tokens);
    FreshTokens process = deployment.started(deployment.builder().renewer(renewer).renewer(dead));
    for (int i = 0; i < 200; i++) {
      ScriptedRenewer owner = i % 2 == 0 ? dead : renewer;
      process.save(user(i), owner.tokens("user" + i, deployment.time));
    }
    idle();

    KeepAliveReport report = process.keepAlive();

    assertThat(report.refreshed()).isEqualTo(100);
    assertThat(report.failed()).isEqualTo(100);
    assertThat(dead.sent.get()).isLessThan(60);
  }

  @Test
  void keepAlive_foreignGrants_areCountedAndLeftAlone() {
    FreshTokens process = deployment.process(renewer);
    connect(process, 3);
    idle();
    renewer.owns = tokens -> false;

    KeepAliveReport report = process.keepAlive();

    assertThat(report.foreign()).isEqualTo(3);
    assertThat(report.failures()).isEmpty();
    assertThat(renewer.sent).hasValue(0);
  }

  @Test
  void keepAlive_endedGrant_isAskedOnceADayForAWeek() {
    FreshTokens process = deployment.process();
    TokenSet consent = deployment.consent();
    process.save(ADA, consent);
    IssuedGrant grant = deployment.grantOf(consent);
    grant.revoke();
    attempt(() -> process.refused(ADA, consent.accessToken()));
    assertThat(deployment.kind(process)).isEqualTo(Kind.NEEDS_CONSENT);

    for (int day = 0; day < 20; day++) {
      deployment.pass(Duration.ofDays(1).plusSeconds(1));
      Future<KeepAliveReport> sweep = deployment.async(process::keepAlive);
      try {
        deployment.joinWhilePassing(sweep, Duration.ofSeconds(5));
      } catch (Throwable t) {
        throw new AssertionError(t);
      }
    }

    assertThat(grant.presented()).hasSizeBetween(6, 8);
    assertThat(deployment.told("consentNeeded")).isEqualTo(1);
  }

  @Test
  void options_badValues_areRefused() {
    SweepOptions options = SweepOptions.defaults();

    assertThatIllegalArgumentException().isThrownBy(() -> options.parallelism(0));
    assertThatIllegalArgumentException().isThrownBy(() -> options.parallelism(1_001));
    assertThatIllegalArgumentException().isThrownBy(() -> options.deadline(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> options.deadline(Duration.ofDays(-1)));
  }
}
