package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantRecipient;
import com.withampersand.sdk.token.GrantStatus.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Giving a grant to another party that refreshes it from then on. */
@Timeout(60)
class HandOverTest {
  private final Deployment deployment = new Deployment();
  private final Recipient recipient = new Recipient();
  private final FreshTokens a = process();
  private final FreshTokens b = process();

  /** A recipient that has one connection at most. */
  private static final class Recipient implements GrantRecipient {
    final List<TokenSet> taken = new CopyOnWriteArrayList<>();
    final List<Duration> limits = new CopyOnWriteArrayList<>();
    final AtomicInteger asked = new AtomicInteger();
    final List<Boolean> forced = new CopyOnWriteArrayList<>();
    volatile @Nullable String connection;
    volatile TestStore.Step beforeTake = () -> {};
    volatile TestStore.Step afterTake = () -> {};
    volatile TestStore.Step beforeFind = () -> {};
    volatile TestStore.Step beforeTokens = () -> {};
    volatile TestStore.Step beforeDelete = () -> {};
    volatile @Nullable TokenSet tokens;

    private static void run(TestStore.Step step) {
      try {
        step.run();
      } catch (Throwable t) {
        TestStore.<RuntimeException>sneaky(t);
      }
    }

    @Override
    public String take(ConnectionKey key, TokenSet offered, Duration limit) {
      run(beforeTake);
      taken.add(offered);
      limits.add(limit);
      connection = "connection-1";
      run(afterTake);
      return "connection-1";
    }

    @Override
    public Optional<String> find(ConnectionKey key) {
      run(beforeFind);
      return Optional.ofNullable(connection);
    }

    @Override
    public TokenSet tokens(String connectionId, boolean force) {
      asked.incrementAndGet();
      forced.add(force);
      run(beforeTokens);
      return Objects.requireNonNull(tokens);
    }

    @Override
    public void delete(String connectionId) {
      run(beforeDelete);
      connection = null;
    }
  }

  @AfterEach
  void stop() {
    deployment.close();
  }

  private FreshTokens process() {
    return deployment.started(deployment.builder().renewer(deployment.flow()).recipient(recipient));
  }

  private TokenSet connected() {
    TokenSet consent = deployment.consent();
    a.save(ADA, consent);
    return consent;
  }

  private static void lost() {
    throw new TransportException("The answer is lost.", false, true, null);
  }

  private TokenSet kept(String name, Duration life) {
    return TokenSet.builder(Secret.of("kept access token " + name), deployment.time.instant())
        .expiry(Expiry.known(deployment.time.instant().plus(life)))
        .build();
  }

  @Test
  void handOver_goodGrant_isTakenOnceWithoutARefresh() {
    TokenSet consent = connected();

    String first = a.handOver(ADA);
    String second = b.handOver(ADA);

    assertThat(first).isEqualTo("connection-1").isEqualTo(second);
    assertThat(recipient.taken).containsExactly(consent);
    assertThat(recipient.limits).allMatch(limit -> limit.compareTo(Duration.ofSeconds(15)) <= 0);
    assertThat(deployment.kind(b)).isEqualTo(Kind.HANDED_OVER);
    assertThat(a.status(ADA).ampersandConnection()).contains("connection-1");
    assertThat(deployment.grantOf(consent).presented()).isEmpty();
  }

  @Test
  void handOver_answerIsLost_isFoundOutLaterAndNotOfferedAgain() throws Throwable {
    connected();
    recipient.afterTake = HandOverTest::lost;

    Throwable thrown = catchThrowable(() -> a.handOver(ADA));
    Kind meanwhile = deployment.kind(b);
    recipient.afterTake = () -> {};
    deployment.pass(Duration.ofSeconds(31));
    Future<String> again = deployment.async(() -> b.handOver(ADA));
    String connection = deployment.joinWhilePassing(again, Duration.ofSeconds(1));

    assertThat(thrown).isInstanceOf(AmpersandException.class);
    assertThat(meanwhile).isEqualTo(Kind.HANDING_OVER);
    assertThat(connection).isEqualTo("connection-1");
    assertThat(recipient.taken).hasSize(1);
    assertThat(deployment.kind(a)).isEqualTo(Kind.HANDED_OVER);
  }

  @Test
  void get_whileAHandOverIsUnclear_servesTheTokenAndRefreshesNothing() {
    TokenSet consent = connected();
    recipient.beforeTake = HandOverTest::lost;
    attempt(() -> a.handOver(ADA));

    assertThat(a.get(ADA)).isEqualTo(consent);
    assertThat(b.get(ADA)).isEqualTo(consent);
    deployment.pass(Duration.ofMinutes(10));
    assertThat(b.getForCall(ADA)).isEqualTo(consent);
    assertThat(deployment.grantOf(consent).presented()).isEmpty();
  }

  @Test
  void handOver_importThatLandsAfterItsAnswerWasLost_isNeverRefreshedHereToo() throws Throwable {
    TokenSet consent = connected();
    CountDownLatch lands = new CountDownLatch(1);
    recipient.beforeTake =
        () -> {
          recipient.beforeTake = () -> {};
          lost();
        };
    attempt(() -> a.handOver(ADA));
    deployment.pass(Duration.ofSeconds(31));
    // The request that was lost arrives now.
    recipient.connection = "connection-1";
    lands.countDown();

    Future<TokenSet> refused = deployment.async(() -> b.refused(ADA, consent.accessToken()));
    recipient.tokens = kept("1", Duration.ofHours(1));
    TokenSet served = deployment.joinWhilePassing(refused, Duration.ofSeconds(1));

    assertThat(served).isEqualTo(recipient.tokens);
    assertThat(deployment.kind(b)).isEqualTo(Kind.HANDED_OVER);
    assertThat(deployment.grantOf(consent).presented()).isEmpty();
  }

  @Test
  void handOver_refused_grantIsOursAgainAndWorks() throws Throwable {
    TokenSet consent = connected();
    recipient.beforeTake =
        () -> {
          throw new ProtocolException("The import is not valid.", false);
        };

    Throwable thrown = catchThrowable(() -> a.handOver(ADA));
    deployment.settle();
    deployment.pass(Duration.ofSeconds(61));
    Future<TokenSet> refused = deployment.async(() -> a.refused(ADA, consent.accessToken()));
    TokenSet refreshed = deployment.joinWhilePassing(refused, Duration.ofSeconds(1));

    assertThat(thrown).isInstanceOf(ProtocolException.class);
    assertThat(refreshed.accessToken().reveal())
        .isEqualTo(deployment.grantOf(consent).accessToken());
  }

  @Test
  void handOver_otherConnectionOfThatName_isRefusedBeforeAnythingIsSent() {
    connected();
    recipient.connection = "someone else's";

    assertThatThrownBy(() -> a.handOver(ADA)).isInstanceOf(IllegalStateException.class);

    assertThat(recipient.taken).isEmpty();
    deployment.settle();
    assertThat(deployment.kind(a)).isEqualTo(Kind.ACTIVE);
  }

  @Test
  void handOver_processDiesInTheMiddle_sweepSettlesIt() throws Throwable {
    TokenSet consent = connected();
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch dies = new CountDownLatch(1);
    recipient.beforeTake =
        () -> {
          recipient.beforeTake = () -> {};
          arrived.countDown();
          dies.await();
        };
    deployment.start(() -> a.handOver(ADA));
    arrived.await();
    deployment.busy = 1;
    deployment.settle();
    deployment.time.drop();
    deployment.pass(Duration.ofSeconds(65));

    Future<KeepAliveReport> sweep = deployment.async(b::keepAlive);
    deployment.joinWhilePassing(sweep, Duration.ofSeconds(1));

    assertThat(deployment.kind(b)).isEqualTo(Kind.HANDED_OVER);
    assertThat(recipient.taken).containsExactly(consent);
  }

  @Test
  void takeBack_importNeverArrived_grantIsRefreshedCarefullyBeforeAnythingElse() throws Throwable {
    TokenSet consent = connected();
    recipient.beforeTake = HandOverTest::lost;
    attempt(() -> a.handOver(ADA));
    deployment.pass(Duration.ofSeconds(65));

    Future<Object> back =
        deployment.async(
            () -> {
              b.takeBack(ADA);
              return "done";
            });
    deployment.joinWhilePassing(back, Duration.ofSeconds(1));
    Kind kind = deployment.kind(b);
    b.get(ADA);
    deployment.pass(Duration.ofSeconds(80));

    assertThat(kind).isEqualTo(Kind.IN_DOUBT);
    assertThat(deployment.kind(b)).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  @Test
  void takeBack_recipientHasIt_completesTheHandOver() throws Throwable {
    connected();
    recipient.afterTake = HandOverTest::lost;
    attempt(() -> a.handOver(ADA));
    deployment.pass(Duration.ofSeconds(65));

    Future<Object> back =
        deployment.async(
            () -> {
              b.takeBack(ADA);
              return "done";
            });

    assertThat(catchThrowable(() -> deployment.joinWhilePassing(back, Duration.ofSeconds(1))))
        .isInstanceOf(IllegalStateException.class);
    assertThat(deployment.kind(b)).isEqualTo(Kind.HANDED_OVER);
  }

  @Test
  void takeBack_ordinaryGrant_isRefused() {
    connected();

    assertThatThrownBy(() -> a.takeBack(ADA)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> a.takeBack(new ConnectionKey("salesforce", "acme", "no one")))
        .isInstanceOf(NotConnectedException.class);
  }

  @Test
  void get_handedOver_asksTheRecipientOnceForManyCalls() {
    connected();
    a.handOver(ADA);
    recipient.tokens = kept("1", Duration.ofHours(1));

    for (int i = 0; i < 50; i++) {
      assertThat(a.get(ADA)).isEqualTo(recipient.tokens);
    }

    assertThat(recipient.asked).hasValue(1);
  }

  @Test
  void refused_handedOver_isForcedOnceAndTheRefusedTokenIsNotServed() {
    connected();
    a.handOver(ADA);
    TokenSet old = kept("1", Duration.ofHours(1));
    recipient.tokens = old;
    a.get(ADA);
    recipient.tokens = kept("2", Duration.ofHours(1));

    TokenSet answer = a.refused(ADA, old.accessToken());
    recipient.tokens = answer;
    Throwable stillRefused = catchThrowable(() -> a.refused(ADA, answer.accessToken()));

    assertThat(answer.accessToken()).isNotEqualTo(old.accessToken());
    assertThat(recipient.forced).containsExactly(false, true, true);
    assertThat(stillRefused)
        .isInstanceOfSatisfying(
            AmpersandException.class, e -> assertThat(e.isRetryable()).isTrue());
  }

  @Test
  void get_connectionThatNeedsConsent_isToldOnceAndAskedSeldom() {
    connected();
    a.handOver(ADA);
    recipient.beforeTokens =
        () -> {
          throw OAuthException.builder("invalid_grant").verdict(Verdict.FINAL).build();
        };
    List<Throwable> thrown = new ArrayList<>();

    for (int minute = 0; minute < 60; minute++) {
      thrown.add(catchThrowable(() -> a.get(ADA)));
      thrown.add(catchThrowable(() -> a.get(ADA)));
      deployment.pass(Duration.ofMinutes(1));
    }

    assertThat(thrown).allMatch(OAuthException.class::isInstance);
    assertThat(recipient.asked.get()).isLessThanOrEqualTo(60);
    assertThat(deployment.told("consentNeeded")).isEqualTo(1);
  }

  @Test
  void get_consentComesWhileTheRecipientIsAsked_isAnsweredFromTheConsent() throws Throwable {
    connected();
    a.handOver(ADA);
    recipient.tokens = deployment.consent();
    CountDownLatch held = new CountDownLatch(1);
    recipient.beforeTokens = held::await;
    Future<TokenSet> get = deployment.async(() -> a.refresh(ADA));
    Deployment.until(() -> recipient.asked.get() == 1);

    TokenSet again = deployment.consent();
    a.save(ADA, again);
    held.countDown();
    TokenSet got = Deployment.join(get);

    assertThat(got.accessToken()).isNotEqualTo(recipient.tokens.accessToken());
    assertThat(got.consentId()).isEqualTo(again.consentId());
    assertThat(a.getForCall(ADA).consentId()).isEqualTo(again.consentId());
  }

  @Test
  void refused_consentComesWhileTheRecipientRefuses_newConsentIsNotHeldUp() throws Throwable {
    connected();
    a.handOver(ADA);
    CountDownLatch held = new CountDownLatch(1);
    recipient.beforeTokens =
        () -> {
          held.await();
          throw OAuthException.builder("invalid_grant").verdict(Verdict.FINAL).build();
        };
    deployment.start(() -> a.get(ADA));
    Deployment.until(() -> recipient.asked.get() == 1);

    TokenSet again = deployment.consent();
    a.save(ADA, again);
    held.countDown();
    deployment.settle();

    assertThat(a.refused(ADA, again.accessToken()).consentId()).isEqualTo(again.consentId());
    assertThat(deployment.told("consentNeeded")).isZero();
  }

  @Test
  void disconnect_handedOver_deletesTheConnectionAndTheRow() {
    connected();
    a.handOver(ADA);

    assertThat(b.disconnect(ADA)).isTrue();

    assertThat(recipient.connection).isNull();
    assertThat(deployment.kind(a)).isEqualTo(Kind.ABSENT);
  }

  @Test
  void handOver_recipientThatThrowsAnything_isNeverTakenForARefusal() {
    TokenSet consent = connected();
    recipient.beforeTake =
        () -> {
          throw new StackOverflowError();
        };

    Throwable thrown = catchThrowable(() -> a.handOver(ADA));
    deployment.settle();

    assertThat(thrown).isInstanceOf(AmpersandException.class);
    assertThat(deployment.kind(a)).isEqualTo(Kind.HANDING_OVER);
    assertThat(a.get(ADA)).isEqualTo(consent);
  }

  @Test
  void handOver_withoutARecipient_isRefused() {
    FreshTokens none = deployment.process();

    assertThatThrownBy(() -> none.handOver(ADA)).isInstanceOf(IllegalStateException.class);
  }
}
