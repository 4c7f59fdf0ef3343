package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy of a store takes no doubt away. */
@Timeout(60)
class CopyTest {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final ConnectionKey NEW = new ConnectionKey("salesforce", "acme", "countess");

  private final Deployment deployment = new Deployment();
  private final FreshTokens tokens = deployment.process();
  private final TestStore target = new TestStore(deployment.time.ofStore());

  @AfterEach
  void stop() {
    deployment.close();
  }

  private TokenSet connected() {
    TokenSet consent = deployment.consent();
    tokens.save(ADA, consent);
    deployment.settle();
    return consent;
  }

  /** Starts a process that uses the copy. */
  private FreshTokens moved() {
    return deployment.started(
        FreshTokens.builder(target, deployment.sealer)
            .nanos(deployment.time::nanoTime)
            .clock(deployment.time)
            .timers(deployment.time::later)
            .executor(deployment.time.executor())
            .maxWait(Duration.ofMillis(300))
            .renewer(deployment.flow()));
  }

  /** Has a process take the lease. */
  private void hold() {
    Row row = deployment.store.read(ADA);
    deployment.store.write(
        ADA,
        row.revision(),
        new Row.Change(
            Row.Revision.random(),
            Objects.requireNonNull(row.version()),
            row.consent(),
            row.state(),
            row.client(),
            new Row.LeaseChange.Hold(row.leases() + 1, "gone", LEASE),
            row.leases() + 1,
            LEASE,
            Set.of(),
            Duration.ZERO,
            row.sealed()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31})
  void copyTo_leaseIsHeldOrHasLapsed_arrivesInDoubtAndIsSentWithCare(int seconds) {
    TokenSet consent = connected();
    hold();
    deployment.time.move(Duration.ofSeconds(seconds));

    tokens.copyTo(target);

    FreshTokens moved = moved();
    assertThat(deployment.kind(moved)).isEqualTo(Kind.IN_DOUBT);
    assertThat(target.read(ADA).state()).isEqualTo("IN_DOUBT");
    assertThat(target.read(ADA).lease()).isNull();
    attempt(() -> moved.refresh(ADA));
    assertThat(deployment.grantOf(consent).presented()).isEmpty();
    deployment.pass(Duration.ofMinutes(3));
    assertThat(deployment.kind(moved)).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  @Test
  void copyTo_answerIsStoredAfterTheCopy_winsOverTheDoubt() {
    connected();
    hold();
    long first = tokens.copyTo(target);
    long same = tokens.copyTo(target);
    deployment.pass(Duration.ofSeconds(31));
    tokens.get(ADA);
    deployment.pass(Duration.ofMinutes(3));
    TokenSet refreshed = tokens.refresh(ADA);

    long second = tokens.copyTo(target);

    assertThat(first).isEqualTo(1);
    assertThat(same).isZero();
    assertThat(second).isEqualTo(1);
    assertThat(moved().get(ADA)).isEqualTo(refreshed);
    assertThat(deployment.kind(moved())).isEqualTo(Kind.ACTIVE);
  }

  @Test
  void copyTo_endedGrantWhoseLeaseLapsed_staysEnded() {
    connected();
    deployment.salesforce.nextTokenRequest(
        Fault.refuse("invalid_grant", "expired access/refresh token"));
    attempt(() -> tokens.refresh(ADA));
    deployment.settle();
    hold();

    tokens.copyTo(target);

    assertThat(deployment.kind(moved())).isEqualTo(Kind.NEEDS_CONSENT);
    assertThat(target.read(ADA).lease()).isNull();
  }

  @Test
  void copyTo_doubtOverAnOlderCopy_waitsFromTheCopyOn() {
    TokenSet consent = connected();
    tokens.copyTo(target);
    deployment.time.move(Duration.ofMinutes(10));
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());
    attempt(() -> tokens.refresh(ADA));
    deployment.settle();
    deployment.time.drop();

    tokens.copyTo(target);

    FreshTokens moved = moved();
    Row copied = target.read(ADA);
    assertThat(deployment.kind(moved)).isEqualTo(Kind.IN_DOUBT);
    assertThat(GrantRow.between(copied.sentAt(), copied.readAt())).isLessThan(LEASE);
    int before = deployment.grantOf(consent).presented().size();
    attempt(() -> moved.refresh(ADA));
    assertThat(deployment.grantOf(consent).presented()).hasSize(before);
  }

  @Test
  void copyTo_renameThatWasCutOff_refreshesTheOldNameAlone() {
    TokenSet consent = connected();
    deployment.store.beforeWrite =
        () -> {
          if (deployment.store.read(NEW).sealed() != null) {
            TestStore.fail();
          }
        };
    attempt(() -> tokens.rename(ADA, NEW));
    deployment.store.comeBack();
    deployment.time.move(Duration.ofMinutes(2));

    tokens.copyTo(target);

    FreshTokens moved = moved();
    attempt(() -> moved.refresh(NEW));
    assertThat(deployment.grantOf(consent).presented()).isEmpty();
    moved.rename(ADA, NEW);
    assertThat(moved.refresh(NEW).accessToken()).isNotEqualTo(consent.accessToken());
  }

  @Test
  void copyTo_leaseOfWhatCannotBeOpened_isADoubtForWhoCanOpenIt() {
    TokenSet consent = connected();
    hold();
    TokenCipher other = TokenCipher.of(Keyring.of("other", TokenCipher.newKey()));

    deployment
        .started(FreshTokens.builder(deployment.store, other).renewer(deployment.flow()))
        .copyTo(target);

    FreshTokens moved = moved();
    assertThat(target.read(ADA).sealed()).isEqualTo(deployment.store.read(ADA).sealed());
    assertThat(deployment.kind(moved)).isEqualTo(Kind.IN_DOUBT);
    attempt(() -> moved.refresh(ADA));
    assertThat(deployment.grantOf(consent).presented()).isEmpty();
  }

  @Test
  void copyTo_noLease_copiesTheSealedTextAsItIs() {
    TokenSet consent = connected();

    tokens.copyTo(target);

    assertThat(target.read(ADA).sealed()).isEqualTo(deployment.store.read(ADA).sealed());
    assertThat(moved().getForCall(ADA)).isEqualTo(consent);
  }
}
