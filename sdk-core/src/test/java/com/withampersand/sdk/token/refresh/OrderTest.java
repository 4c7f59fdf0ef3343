package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static com.withampersand.sdk.token.refresh.Deployment.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.TokenStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Newer tokens win over what is known of older ones. */
@Timeout(60)
class OrderTest {
  private final Deployment deployment = new Deployment();
  private final Gate gate = new Gate();

  @AfterEach
  void stop() {
    gate.release();
    deployment.close();
  }

  private TokenSet connected(FreshTokens process) {
    TokenSet consent = deployment.consent();
    process.save(ADA, consent);
    return consent;
  }

  @Test
  void refresh_oldTokenIsRefusedElsewhereWhileNewOnesAreUnsaved_newOnesWin() {
    deployment.salesforce.refreshTokenPolicy(RefreshTokenPolicy.ROTATE);
    FreshTokens a = deployment.process();
    TokenSet consent = connected(a);
    deployment.store.failsWrite = change -> change.version().generation() == 2;
    TokenSet unsaved = a.refresh(ADA);
    deployment.time.jump(Duration.ofMinutes(10), 0);
    // Process a stays without the store for a while, as behind a broken network.
    FreshTokens b = deployment.process();
    Future<?> refused =
        deployment.async(() -> catchThrowable(() -> b.refused(ADA, consent.accessToken())));
    deployment.pass(Duration.ofMinutes(5));
    attempt(refused::get);
    Kind marked = deployment.kind(b);
    deployment.store.comeBack();

    deployment.pass(Duration.ofSeconds(10));

    assertThat(marked).isEqualTo(Kind.NEEDS_CONSENT);
    assertThat(a.get(ADA)).isEqualTo(unsaved);
    assertThat(b.get(ADA)).isEqualTo(unsaved);
    assertThat(deployment.kind(b)).isEqualTo(Kind.ACTIVE);
    assertThat(a.refresh(ADA).accessToken()).isNotEqualTo(unsaved.accessToken());
  }

  @Test
  void refresh_answerAfterTheLeaseIsOver_winsOverTheMarkOfAnother() throws Throwable {
    deployment.salesforce.refreshTokenPolicy(RefreshTokenPolicy.ROTATE);
    FreshTokens a = deployment.process();
    TokenSet consent = connected(a);
    deployment.salesforce.nextTokenRequest(Fault.holdAnswer(gate));
    Future<TokenSet> slow = deployment.async(() -> a.refresh(ADA));
    gate.awaitArrived(1);
    deployment.time.drop();
    deployment.busy = 1;
    FreshTokens b = deployment.process();
    deployment.pass(Duration.ofSeconds(40));
    b.get(ADA);
    deployment.pass(Duration.ofSeconds(46));
    Kind marked = deployment.kind(b);

    gate.release();
    TokenSet refreshed = join(slow);
    deployment.busy = 0;
    deployment.pass(Duration.ofSeconds(10));

    assertThat(marked).isIn(Kind.NEEDS_CONSENT, Kind.IN_DOUBT);
    assertThat(b.get(ADA)).isEqualTo(refreshed);
    assertThat(deployment.kind(b)).isEqualTo(Kind.ACTIVE);
    assertThat(refreshed.refreshToken().orElseThrow().reveal())
        .isEqualTo(deployment.grantOf(consent).refreshToken());
  }

  @Test
  void read_storeThatHasGoneBackInTime_isPutRight() {
    FreshTokens process = deployment.process();
    TokenSet consent = connected(process);
    Row before = process.row(ADA);
    TokenSet refreshed = process.refresh(ADA);
    restore(before);
    deployment.pass(Duration.ofSeconds(6));

    TokenSet served = process.get(ADA);
    deployment.settle();

    assertThat(served).isEqualTo(refreshed);
    assertThat(deployment.process().get(ADA)).isEqualTo(refreshed);
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  /** Two requests of one refresh token, which the provider answers both. */
  private static final class GraceTime {
    final ScriptedRenewer renewer;
    final CountDownLatch firstArrived = new CountDownLatch(1);
    final CountDownLatch secondArrived = new CountDownLatch(1);
    final CountDownLatch firstAnswers = new CountDownLatch(1);
    final CountDownLatch secondAnswers = new CountDownLatch(1);

    GraceTime(ScriptedRenewer renewer) {
      this.renewer = renewer;
      renewer.grace = Optional.of(Duration.ofSeconds(60));
      renewer.answer = this::answer;
    }

    private TokenSet answer(TokenSet sent) {
      boolean isFirst = renewer.sent.get() == 1;
      try {
        (isFirst ? firstArrived : secondArrived).countDown();
        (isFirst ? firstAnswers : secondAnswers).await();
      } catch (InterruptedException e) {
        TestStore.<RuntimeException>sneaky(e);
      }
      TokenSet fresh = renewer.renewed(sent);
      return isFirst ? fresh : renewer.renewed(fresh);
    }
  }

  @Test
  void refresh_graceTimeAndTheEarlierAnswerComesFirst_laterOneWins() throws Throwable {
    ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());
    FreshTokens a = deployment.process(renewer);
    FreshTokens b = deployment.process(renewer);
    a.save(ADA, renewer.tokens("ada", deployment.time));
    GraceTime grace = new GraceTime(renewer);
    Future<TokenSet> first = deployment.async(() -> a.refresh(ADA));
    grace.firstArrived.await();
    deployment.busy = 1;
    deployment.pass(Duration.ofSeconds(11));
    // The first process stands still.
    deployment.time.drop();
    deployment.pass(Duration.ofSeconds(60));
    int before = deployment.store.asked();
    Future<TokenSet> second = deployment.async(() -> b.refresh(ADA));
    Deployment.until(() -> deployment.store.asked() > before);
    Future<Object> passing =
        deployment.async(
            () -> {
              deployment.pass(Duration.ofSeconds(12));
              return "done";
            });
    grace.secondArrived.await();

    grace.firstAnswers.countDown();
    join(first);
    join(passing);
    grace.secondAnswers.countDown();
    join(second);
    deployment.busy = 0;
    deployment.pass(Duration.ofSeconds(10));

    TokenSet stored = deployment.process(renewer).get(ADA);
    assertThat(stored.accessToken().reveal()).isEqualTo("AT-ada.3");
    assertThat(a.get(ADA)).isEqualTo(stored);
    assertThat(b.get(ADA)).isEqualTo(stored);
    assertThat(deployment.store.wentBack).hasValue(0);
  }

  @Test
  void refresh_graceTimeAndTheEarlierAnswerComesLast_doesNotReplaceTheLaterOne() throws Throwable {
    ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());
    FreshTokens a = deployment.process(renewer);
    FreshTokens b = deployment.process(renewer);
    a.save(ADA, renewer.tokens("ada", deployment.time));
    GraceTime grace = new GraceTime(renewer);
    Future<TokenSet> first = deployment.async(() -> a.refresh(ADA));
    grace.firstArrived.await();
    deployment.busy = 1;
    deployment.pass(Duration.ofSeconds(11));
    // The first process stands still.
    deployment.time.drop();
    deployment.pass(Duration.ofSeconds(60));
    grace.secondAnswers.countDown();
    Future<TokenSet> second = deployment.async(() -> b.refresh(ADA));
    TokenSet newer = deployment.joinWhilePassing(second, Duration.ofSeconds(1));

    grace.firstAnswers.countDown();
    TokenSet served = join(first);
    deployment.busy = 0;
    deployment.pass(Duration.ofSeconds(10));

    assertThat(newer.accessToken().reveal()).isEqualTo("AT-ada.3");
    assertThat(served).isEqualTo(newer);
    assertThat(a.get(ADA)).isEqualTo(newer);
    assertThat(deployment.process(renewer).get(ADA)).isEqualTo(newer);
    assertThat(deployment.store.wentBack).hasValue(0);
  }

  @Test
  void refresh_replicaThatLagsBehind_isBoundedAndEndsNothing() {
    FreshTokens process = deployment.process();
    TokenSet consent = connected(process);
    InMemoryTokenStore replica = new InMemoryTokenStore(deployment.time);
    process.copyTo(replica);
    TokenSet refreshed = process.refresh(ADA);
    FreshTokens lagging =
        deployment.started(
            FreshTokens.builder(new Lagging(deployment.store, replica), deployment.sealer)
                .nanos(deployment.time::nanoTime)
                .clock(deployment.time)
                .timers(deployment.time::later)
                .executor(deployment.time.executor())
                .renewer(deployment.flow()));
    int before = deployment.store.asked();

    AmpersandException failure =
        catchThrowableOfType(AmpersandException.class, () -> lagging.refresh(ADA));
    deployment.pass(Duration.ofMinutes(2));

    assertThat(failure.isRetryable()).isTrue();
    assertThat(deployment.store.asked() - before).isLessThan(100);
    assertThat(process.get(ADA)).isEqualTo(refreshed);
    assertThat(deployment.kind(process)).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  /** Reads at a replica. */
  private record Lagging(TokenStore writer, TokenStore replica) implements TokenStore {
    @Override
    public Row read(ConnectionKey key) {
      return replica.read(key);
    }

    @Override
    public boolean write(ConnectionKey key, Row.Revision expected, Row.Change next) {
      return writer.write(key, expected, next);
    }

    @Override
    public List<Row> rows(RowFilter filter, @Nullable ConnectionKey after, int limit) {
      return replica.rows(filter, after, limit);
    }

    @Override
    public List<Row> due(Row.@Nullable Cursor after, int limit) {
      return replica.due(after, limit);
    }
  }

  private void restore(Row row) {
    TokenStore store = deployment.store;
    Row present = store.read(ADA);
    store.write(
        ADA,
        present.revision(),
        new Row.Change(
            Row.Revision.random(),
            Objects.requireNonNull(row.version()),
            row.consent(),
            row.state(),
            row.client(),
            new Row.LeaseChange.Clear(),
            row.leases(),
            Duration.ofDays(7),
            Set.of(),
            Duration.ZERO,
            row.sealed()));
  }
}
