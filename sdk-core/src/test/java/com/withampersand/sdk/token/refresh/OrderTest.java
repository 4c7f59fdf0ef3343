package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static com.withampersand.sdk.token.refresh.Deployment.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.TokenStore;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
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
