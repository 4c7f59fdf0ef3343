package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static com.withampersand.sdk.token.refresh.Deployment.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.testkit.Situation;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a grant whose refresh had no usable answer. */
@Timeout(60)
class DoubtTest {
  private final Deployment deployment = new Deployment();

  @AfterEach
  void stop() {
    deployment.close();
  }

  private TokenSet connected(FreshTokens process) {
    TokenSet tokens = deployment.consent();
    process.save(ADA, tokens);
    return tokens;
  }

  private AmpersandException failedRefresh(FreshTokens process) {
    return catchThrowableOfType(AmpersandException.class, () -> process.refresh(ADA));
  }

  @Test
  void refresh_lostAnswer_isNotSentAgainByAnotherProcess() {
    FreshTokens a = deployment.process();
    FreshTokens b = deployment.process();
    TokenSet tokens = connected(a);
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());

    AmpersandException lost = failedRefresh(a);
    AmpersandException doubtful = failedRefresh(b);

    assertThat(lost.isRetryable()).isTrue();
    assertThat(doubtful.isRetryable()).isTrue();
    assertThat(doubtful.retryAfter())
        .hasValueSatisfying(
            after -> assertThat(after).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(70)));
    assertThat(deployment.grantOf(tokens).presented()).containsExactly(1);
    assertThat(deployment.grantOf(tokens).isAlive()).isTrue();
  }

  @Test
  void refused_lostAnswerAndEightProcessesAtOnce_isSentOnce() throws Throwable {
    FreshTokens first = deployment.process();
    TokenSet tokens = connected(first);
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());
    List<FreshTokens> processes = Stream.generate(deployment::process).limit(8).toList();
    processes.forEach(process -> assertThat(process.get(ADA)).isEqualTo(tokens));

    List<Future<TokenSet>> calls = new ArrayList<>();
    for (FreshTokens process : processes) {
      calls.add(deployment.async(() -> process.refused(ADA, tokens.accessToken())));
    }

    for (Future<TokenSet> call : calls) {
      assertThatThrownBy(() -> deployment.joinWhilePassing(call, Duration.ofMillis(250)))
          .isInstanceOfSatisfying(
              AmpersandException.class, e -> assertThat(e.isRetryable()).isTrue());
    }

    assertThat(deployment.grantOf(tokens).presented()).containsExactly(1);
    assertThat(deployment.grantOf(tokens).isAlive()).isTrue();
  }

  @Test
  void get_lostAnswer_servesTheAccessTokenInEveryProcess() {
    FreshTokens a = deployment.process();
    FreshTokens b = deployment.process();
    TokenSet tokens = connected(a);
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());
    failedRefresh(a);

    assertThat(a.get(ADA)).isEqualTo(tokens);
    assertThat(b.get(ADA)).isEqualTo(tokens);
    assertThat(deployment.kind(b)).isEqualTo(Kind.IN_DOUBT);
  }

  @Test
  void refresh_lostAnswerAndRestart_isNotForgotten() {
    FreshTokens before = deployment.process();
    TokenSet tokens = connected(before);
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());
    failedRefresh(before);
    before.close(Duration.ofSeconds(5));

    FreshTokens after = deployment.process();
    AmpersandException doubtful = failedRefresh(after);

    assertThat(doubtful.isRetryable()).isTrue();
    assertThat(after.get(ADA)).isEqualTo(tokens);
    assertThat(deployment.grantOf(tokens).presented()).containsExactly(1);
  }

  @Test
  void getForCall_lostAnswerAndUnknownExpiry_servesTheTokenUntilItIsRefused() {
    FreshTokens process = deployment.process();
    TokenSet tokens = connected(process);
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());
    failedRefresh(process);
    deployment.pass(Duration.ofMinutes(31));

    assertThat(process.getForCall(ADA)).isEqualTo(tokens);
  }

  @Test
  void keepAlive_lostAnswer_isNotSentAgainByTheNextSweep() {
    FreshTokens process = deployment.process();
    TokenSet tokens = connected(process);
    deployment.pass(Duration.ofDays(8));
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());
    KeepAliveReport first = process.keepAlive();

    KeepAliveReport second = process.keepAlive();
    KeepAliveReport others = deployment.process().keepAlive();

    assertThat(first.failed()).isEqualTo(1);
    assertThat(second.seen()).isZero();
    assertThat(others.seen()).isZero();
    assertThat(deployment.grantOf(tokens).presented()).containsExactly(1);
  }

  @Test
  void keepAlive_doubtThatADeadProcessLeft_isTriedOnceAfterTheLongestSession() throws Throwable {
    FreshTokens dead = deployment.process();
    TokenSet tokens =
        deployment.tokensOf(
            deployment.salesforce.issueGrant(),
            Expiry.known(deployment.time.instant().plus(Duration.ofHours(10))));
    dead.save(ADA, tokens);
    deployment.salesforce.nextTokenRequest(Fault.dropRequest());
    failedRefresh(dead);
    deployment.settle();
    deployment.time.drop();
    FreshTokens a = deployment.process();
    FreshTokens b = deployment.process();

    for (int hour = 1; hour < 24; hour++) {
      deployment.pass(Duration.ofHours(1));
      assertThat(a.keepAlive().seen()).isZero();
      assertThat(b.keepAlive().seen()).isZero();
    }
    List<Integer> before = deployment.grantOf(tokens).presented();
    deployment.pass(Duration.ofHours(2));
    Future<KeepAliveReport> first = deployment.async(a::keepAlive);
    Future<KeepAliveReport> second = deployment.async(b::keepAlive);
    deployment.joinWhilePassing(first, Duration.ofSeconds(1));
    deployment.joinWhilePassing(second, Duration.ofSeconds(1));

    assertThat(before).containsExactly(1);
    assertThat(deployment.grantOf(tokens).presented()).containsExactly(1, 1);
    assertThat(deployment.kind(a)).isEqualTo(Kind.ACTIVE);
  }

  @Test
  void refresh_moreLostAnswersThanTheCacheHolds_areAllRemembered() {
    ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());
    FreshTokens process = deployment.started(deployment.builder().renewer(renewer).cacheSize(100));
    List<ConnectionKey> keys = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      keys.add(new ConnectionKey("salesforce", "acme", "user" + i));
      process.save(keys.get(i), renewer.tokens("grant" + i, deployment.time));
    }
    renewer.answer = tokens -> ScriptedRenewer.lost();
    keys.forEach(key -> attempt(() -> process.refresh(key)));

    keys.forEach(key -> attempt(() -> process.refresh(key)));

    assertThat(renewer.sent).hasValue(1_200);
  }

  @Test
  void refresh_renewerThatThrowsAfterItHasSent_isADoubt() {
    ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());
    FreshTokens process = deployment.process(renewer);
    TokenSet tokens = renewer.tokens("grant", deployment.time);
    process.save(ADA, tokens);
    for (Throwable thrown :
        List.of(new IllegalStateException("hook"), new StackOverflowError(), new Exception("x"))) {
      renewer.sent.set(0);
      process.save(ADA, renewer.tokens("grant" + thrown, deployment.time));
      TokenSet saved = process.get(ADA);
      renewer.answer =
          sent -> {
            TestStore.<RuntimeException>sneaky(thrown);
            return sent;
          };

      AmpersandException failure = failedRefresh(process);
      AmpersandException again = failedRefresh(deployment.process(renewer));

      assertThat(failure.isRetryable()).isTrue();
      assertThat(again.isRetryable()).isTrue();
      assertThat(process.get(ADA)).isEqualTo(saved);
      assertThat(deployment.kind(process)).isEqualTo(Kind.IN_DOUBT);
      assertThat(renewer.sent).hasValue(1);
    }
  }

  @Test
  void refresh_slowProvider_isAskedOnceAndItsLateAnswerIsStored() throws Throwable {
    deployment.salesforce.refreshTokenPolicy(RefreshTokenPolicy.KEEP);
    deployment.salesforce.set(Situation.OVERLAPPING_REFRESH_REJECTED, true);
    FreshTokens a = deployment.process();
    FreshTokens b = deployment.process();
    TokenSet tokens = connected(a);
    Gate gate = new Gate();
    deployment.salesforce.nextTokenRequest(Fault.holdWork(gate));
    Future<TokenSet> caller = deployment.async(() -> a.refresh(ADA));
    gate.awaitArrived(1);
    deployment.busy = 1;
    deployment.pass(Duration.ofSeconds(45));
    Kind meanwhile = deployment.kind(b);
    AmpersandException other = failedRefresh(b);
    TokenSet served = b.get(ADA);

    gate.release();
    TokenSet refreshed = join(caller);
    deployment.busy = 0;
    deployment.settle();

    assertThat(meanwhile).isEqualTo(Kind.IN_DOUBT);
    assertThat(other).isInstanceOf(TransportException.class);
    assertThat(served).isEqualTo(tokens);
    assertThat(refreshed.accessToken()).isNotEqualTo(tokens.accessToken());
    assertThat(deployment.kind(b)).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.grantOf(tokens).presented()).containsExactly(1);
    assertThat(deployment.told("consentNeeded")).isZero();
  }

  @Test
  void get_processDiesAfterSending_nextOneDoubtsAndTriesCarefully() throws Throwable {
    FreshTokens dead = deployment.process();
    IssuedGrant grant = deployment.salesforce.issueGrant();
    TokenSet tokens =
        deployment.tokensOf(
            grant, Expiry.known(deployment.time.instant().plus(Duration.ofMinutes(2))));
    dead.save(ADA, tokens);
    deployment.salesforce.nextTokenRequest(Fault.dropRequest().and(Fault.holdRequest(new Gate())));
    deployment.start(() -> dead.refresh(ADA));
    deployment.salesforce.awaitRequests(Deployment.TOKEN, 1);
    deployment.busy = 1;
    // The dead process runs no timer any more.
    deployment.time.drop();
    FreshTokens heir = deployment.process();
    deployment.pass(Duration.ofSeconds(31));

    Kind doubt = deployment.kind(heir);
    TokenSet served = heir.get(ADA);
    deployment.pass(Duration.ofSeconds(90));
    TokenSet refreshed = heir.get(ADA);

    assertThat(doubt).isEqualTo(Kind.IN_DOUBT);
    assertThat(served).isEqualTo(tokens);
    assertThat(refreshed.accessToken().reveal()).isEqualTo(grant.accessToken());
    assertThat(grant.presented()).containsExactly(1, 1);
    assertThat(deployment.kind(heir)).isEqualTo(Kind.ACTIVE);
  }

  @Test
  void get_doubtThatNoOneAsksAboutAgain_isResolvedByTheProcessThatWasAsked() {
    FreshTokens process = deployment.process();
    TokenSet tokens = connected(process);
    deployment.salesforce.nextTokenRequest(Fault.dropRequest());
    failedRefresh(process);

    deployment.pass(Duration.ofSeconds(75));

    assertThat(deployment.grantOf(tokens).presented()).containsExactly(1, 1);
    assertThat(deployment.kind(process)).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.told()).contains("inDoubt", "recovered", "refreshed");
  }

  @Test
  void refresh_carefulTriesWithoutAnswer_comeLaterEachTime() {
    FreshTokens process = deployment.process();
    TokenSet tokens = connected(process);
    deployment.salesforce.everyTokenRequest(Fault.dropRequest());
    failedRefresh(process);

    deployment.pass(Duration.ofSeconds(75));
    int afterOne = deployment.grantOf(tokens).presented().size();
    deployment.pass(Duration.ofSeconds(100));
    int stillTwo = deployment.grantOf(tokens).presented().size();
    deployment.pass(Duration.ofSeconds(45));
    int afterTwo = deployment.grantOf(tokens).presented().size();

    assertThat(List.of(afterOne, stillTwo, afterTwo)).containsExactly(2, 2, 3);
  }

  @Test
  void refresh_announcedTry_isEndedByNewerTokensOfAnotherProcess() {
    FreshTokens a = deployment.process();
    FreshTokens b = deployment.process();
    TokenSet tokens = connected(a);
    b.get(ADA);
    deployment.store.failsWrite = change -> change.version().generation() == 2;
    TokenSet unsaved = a.refresh(ADA);
    deployment.store.beforeRead = TestStore::fail;
    deployment.store.beforeWrite = TestStore::fail;
    deployment.pass(Duration.ofMinutes(10));
    deployment.store.comeBack();

    deployment.pass(Duration.ofSeconds(15));

    assertThat(unsaved.accessToken()).isNotEqualTo(tokens.accessToken());
    assertThat(b.get(ADA).accessToken()).isEqualTo(unsaved.accessToken());
    assertThat(deployment.grantOf(tokens).presented()).containsExactly(1);
  }
}
