package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.join;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clocks that are set by hours while everything runs. */
@Timeout(60)
class ClockTest {
  private final Deployment deployment = new Deployment();
  private final ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());
  private final SetClock wall = new SetClock(deployment.time);
  private final SetClock ofStore = new SetClock(deployment.time.ofStore());
  private final TestStore store = new TestStore(ofStore);

  /** A clock that can be set. */
  private static final class SetClock extends Clock {
    private final Clock right;
    volatile Duration wrongBy = Duration.ZERO;

    SetClock(Clock right) {
      this.right = right;
    }

    @Override
    public Instant instant() {
      return right.instant().plus(wrongBy);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @AfterEach
  void stop() {
    deployment.close();
  }

  private FreshTokens.Builder builder() {
    return FreshTokens.builder(store, deployment.sealer)
        .nanos(deployment.time::nanoTime)
        .clock(wall)
        .timers(deployment.time::later)
        .executor(deployment.time.executor())
        .listener(deployment.notices);
  }

  private FreshTokens process() {
    return deployment.started(builder().renewer(deployment.flow()));
  }

  private FreshTokens scripted() {
    renewer.answer = sent -> renewer.renewed(sent, wall.instant());
    return deployment.started(builder().renewer(renewer));
  }

  @ParameterizedTest
  @ValueSource(longs = {9, -9})
  void get_wallClockIsSetByHoursAndBack_everyCallIsServedAndRefreshesAreFew(long hours) {
    FreshTokens process = scripted();
    process.save(ADA, renewer.tokens("ada", wall));

    for (int minute = 0; minute < 120; minute++) {
      wall.wrongBy = minute >= 30 && minute < 60 ? Duration.ofHours(hours) : Duration.ZERO;
      assertThat(process.get(ADA).accessToken()).isNotNull();
      deployment.pass(Duration.ofMinutes(1));
    }

    assertThat(renewer.sent).hasValueLessThanOrEqualTo(8);
    assertThat(process.status(ADA).kind()).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.told("consentNeeded")).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {9, -9})
  void get_storeClockIsSetByHoursAndBack_everyCallIsServedAndRefreshesAreFew(long hours) {
    FreshTokens process = scripted();
    FreshTokens other = scripted();
    process.save(ADA, renewer.tokens("ada", wall));

    for (int minute = 0; minute < 120; minute++) {
      ofStore.wrongBy = minute >= 30 && minute < 60 ? Duration.ofHours(hours) : Duration.ZERO;
      assertThat(process.get(ADA).accessToken()).isNotNull();
      assertThat(other.get(ADA).accessToken()).isNotNull();
      deployment.pass(Duration.ofMinutes(1));
    }

    assertThat(renewer.sent).hasValueLessThanOrEqualTo(8);
    assertThat(process.status(ADA).kind()).isEqualTo(Kind.ACTIVE);
    assertThat(process.refresh(ADA).accessToken()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {9, -9})
  void refresh_storeClockIsSetWhileTheRequestIsOut_answerIsStored(long hours) throws Throwable {
    Gate gate = new Gate();
    FreshTokens a = process();
    FreshTokens b = process();
    TokenSet consent = deployment.consent();
    a.save(ADA, consent);
    deployment.salesforce.nextTokenRequest(Fault.holdAnswer(gate));
    Future<TokenSet> caller = deployment.async(() -> a.refresh(ADA));
    gate.awaitArrived(1);
    ofStore.wrongBy = Duration.ofHours(hours);
    deployment.busy = 1;
    TokenSet meanwhile = b.getForCall(ADA);
    deployment.settle();

    gate.release();
    TokenSet refreshed = join(caller);
    deployment.busy = 0;
    deployment.pass(Duration.ofSeconds(10));

    assertThat(meanwhile).isEqualTo(consent);
    assertThat(b.get(ADA)).isEqualTo(refreshed);
    assertThat(b.status(ADA).kind()).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  @Test
  void get_storeClockGoesBackOverTheLeaseOfADeadProcess_goodTokenIsServed() {
    Gate gate = new Gate();
    FreshTokens dead = process();
    TokenSet consent =
        deployment.tokensOf(
            deployment.salesforce.issueGrant(),
            Expiry.known(deployment.time.instant().plus(Duration.ofHours(20))));
    dead.save(ADA, consent);
    deployment.salesforce.nextTokenRequest(Fault.holdRequest(gate).and(Fault.dropRequest()));
    deployment.start(() -> dead.refresh(ADA));
    gate.awaitArrived(1);
    deployment.busy = 1;
    deployment.time.drop();
    ofStore.wrongBy = Duration.ofHours(-9);
    FreshTokens heir = process();

    for (int hour = 0; hour < 8; hour++) {
      assertThat(heir.get(ADA)).isEqualTo(consent);
      deployment.pass(Duration.ofHours(1));
    }
    // By then the lease of the dead process is over by the store's clock, too.
    deployment.pass(Duration.ofHours(2));
    TokenSet found = heir.get(ADA);
    deployment.pass(Duration.ofMinutes(2));

    assertThat(found).isEqualTo(consent);
    assertThat(heir.get(ADA)).isNotEqualTo(consent);
    assertThat(heir.status(ADA).kind()).isEqualTo(Kind.ACTIVE);
    gate.release();
  }

  @ParameterizedTest
  @ValueSource(longs = {9, -9})
  void save_storeClockIsSetBetweenTwoConsents_laterConsentIsWhatStays(long hours) {
    FreshTokens a = process();
    FreshTokens b = process();
    a.save(ADA, deployment.consent());
    deployment.time.move(Duration.ofMinutes(1));
    ofStore.wrongBy = Duration.ofHours(hours);
    TokenSet later = deployment.consent();

    b.save(ADA, later);
    deployment.pass(Duration.ofSeconds(10));

    assertThat(a.get(ADA)).isEqualTo(later);
    assertThat(b.get(ADA)).isEqualTo(later);
    assertThat(deployment.told("superseded")).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {9, -9})
  void keepAlive_storeClockIsSetByHours_refreshesNothingBeforeItsDay(long hours) {
    FreshTokens process = scripted();
    process.save(ADA, renewer.tokens("ada", wall));
    ofStore.wrongBy = Duration.ofHours(hours);

    KeepAliveReport report = process.keepAlive();

    assertThat(report.isComplete()).isTrue();
    assertThat(renewer.sent).hasValue(0);
  }
}
