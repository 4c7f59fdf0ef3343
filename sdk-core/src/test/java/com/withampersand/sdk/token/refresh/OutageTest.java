package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static com.withampersand.sdk.token.refresh.Deployment.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers and the other party notice while the store or the provider is out of service. */
@Timeout(90)
class OutageTest {
  private final Deployment deployment = new Deployment();
  private final FreshTokens tokens = deployment.process();
  private final ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());

  @AfterEach
  void stop() {
    deployment.close();
  }

  private TokenSet connected() {
    TokenSet consent = deployment.consent();
    tokens.save(ADA, consent);
    return consent;
  }

  private List<TokenSet> atOnce(int threads, Callable<TokenSet> call) throws Throwable {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<TokenSet>> calls = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      calls.add(
          deployment.async(
              () -> {
                start.await();
                return call.call();
              }));
    }
    start.countDown();
    List<TokenSet> results = new ArrayList<>();
    for (Future<TokenSet> one : calls) {
      results.add(join(one));
    }
    return results;
  }

  private static ConnectionKey user(int number) {
    return new ConnectionKey("salesforce", "acme", "user" + number);
  }

  @Test
  void get_storeIsDownAndTheTokenIsGood_hundredThreadsAreServed() throws Throwable {
    TokenSet consent = connected();
    deployment.pass(Duration.ofSeconds(6));
    deployment.store.goAway();
    int before = deployment.store.asked();

    for (int second = 0; second < 30; second++) {
      assertThat(atOnce(100, () -> tokens.get(ADA))).containsOnly(consent);
      deployment.pass(Duration.ofSeconds(1));
    }

    assertThat(deployment.store.asked() - before).isBetween(1, 10);
  }

  @Test
  void get_storeThatHangs_holdsUpOneCallerAtMost() throws Throwable {
    TokenSet consent = connected();
    deployment.pass(Duration.ofSeconds(6));
    CountDownLatch hangs = new CountDownLatch(1);
    deployment.store.beforeRead = hangs::await;
    int before = deployment.store.asked();
    Future<TokenSet> first = deployment.async(() -> tokens.get(ADA));
    Deployment.until(() -> deployment.store.asked() > before);
    deployment.busy = 1;

    List<TokenSet> others = atOnce(50, () -> tokens.get(ADA));
    deployment.pass(Duration.ofMillis(2_600));
    TokenSet late = join(first);
    List<TokenSet> afterTheLimit = atOnce(50, () -> tokens.get(ADA));
    hangs.countDown();

    assertThat(others).containsOnly(consent);
    assertThat(late).isEqualTo(consent);
    assertThat(afterTheLimit).containsOnly(consent);
    assertThat(deployment.store.asked() - before).isLessThanOrEqualTo(2);
  }

  @Test
  void get_storeIsDownAndTheExpiryIsUnknown_isServedBeyondTheEstimate() {
    TokenSet consent = connected();
    deployment.pass(Duration.ofMinutes(31));
    deployment.store.goAway();

    assertThat(tokens.get(ADA)).isEqualTo(consent);
    assertThat(tokens.get(ADA)).isEqualTo(consent);
  }

  @Test
  void refused_storeFailsOnceBeforeAnythingIsSent_isDoneWithoutWaitingForTheBackoff()
      throws Throwable {
    TokenSet consent = connected();
    deployment.store.beforeWrite =
        () -> {
          deployment.store.beforeWrite = () -> {};
          TestStore.fail();
        };
    attempt(() -> tokens.refused(ADA, consent.accessToken()));
    Instant start = deployment.time.instant();

    TokenSet refreshed = null;
    while (refreshed == null) {
      try {
        refreshed = tokens.refused(ADA, consent.accessToken());
      } catch (AmpersandException e) {
        assertThat(e.isRetryable()).isTrue();
        deployment.pass(Duration.ofMillis(500));
      }
    }

    assertThat(Duration.between(start, deployment.time.instant()))
        .isLessThanOrEqualTo(Duration.ofSeconds(3));
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  @Test
  void get_storeIsDownAndNothingIsInMemory_failsRetryably() {
    connected();
    deployment.store.goAway();
    FreshTokens other = deployment.process();

    TokenStoreException first =
        catchThrowableOfType(TokenStoreException.class, () -> other.get(ADA));
    int asked = deployment.store.asked();
    TokenStoreException second =
        catchThrowableOfType(TokenStoreException.class, () -> other.get(ADA));

    assertThat(first.isRetryable()).isTrue();
    assertThat(first.retryAfter()).isPresent();
    assertThat(first.connection()).contains(ADA);
    assertThat(second).isNotSameAs(first);
    assertThat(deployment.store.asked()).isEqualTo(asked);
  }

  @Test
  void get_twoHundredThreadsAfterTheCacheTime_readOnce() throws Throwable {
    connected();
    deployment.pass(Duration.ofSeconds(6));
    int before = deployment.store.reads.get();

    atOnce(200, () -> tokens.get(ADA));

    assertThat(deployment.store.reads.get() - before).isEqualTo(1);
  }

  @Test
  void get_providerIsDownAndTheTokenIsStale_readsAndRequestsAreBounded() {
    FreshTokens process = deployment.process(renewer);
    TokenSet consent = renewer.tokens("ada", deployment.time);
    process.save(ADA, consent);
    renewer.answer = sent -> ScriptedRenewer.unsent();
    deployment.pass(Duration.ofMinutes(118));
    int before = deployment.store.asked();

    for (int i = 0; i < 2_000; i++) {
      assertThat(process.get(ADA)).isEqualTo(consent);
    }
    deployment.settle();

    assertThat(renewer.sent).hasValueLessThanOrEqualTo(2);
    assertThat(deployment.store.asked() - before).isLessThan(20);
  }

  @Test
  void get_grantWithoutRefreshTokenBeyondTheEstimate_isReadAtABoundedRate() {
    TokenSet consent = deployment.consent().withoutRefreshToken();
    tokens.save(ADA, consent);
    deployment.pass(Duration.ofMinutes(31));
    int before = deployment.store.asked();

    for (int i = 0; i < 1_000; i++) {
      assertThat(tokens.get(ADA)).isEqualTo(consent);
    }

    assertThat(deployment.store.asked() - before).isLessThanOrEqualTo(3);
  }

  /** A server that is down may say so in OAuth's words. */
  @Test
  void get_providerAnswers503WithAnOAuthError_breakerBoundsTheRequests() {
    FreshTokens process = deployment.started(deployment.builder().renewer(renewer));
    int count = 200;
    for (int i = 0; i < count; i++) {
      process.save(user(i), renewer.tokens("user" + i, deployment.time));
    }
    deployment.time.move(Duration.ofHours(3));
    renewer.answer =
        sent -> {
          throw OAuthException.builder("temporarily_unavailable")
              .httpStatus(503)
              .verdict(Verdict.PASSING)
              .build();
        };

    for (int i = 0; i < count; i++) {
      int number = i;
      attempt(() -> process.get(user(number)));
    }

    assertThat(renewer.sent.get()).isLessThan(40);
  }

  @Test
  void get_providerIsDownForThousandsOfGrants_breakerBoundsTheRequests() {
    FreshTokens process = deployment.started(deployment.builder().renewer(renewer).cacheSize(200));
    int count = 1_500;
    for (int i = 0; i < count; i++) {
      process.save(user(i), renewer.tokens("user" + i, deployment.time));
    }
    deployment.time.move(Duration.ofHours(3));
    renewer.answer = sent -> ScriptedRenewer.unsent();

    for (int i = 0; i < count; i++) {
      int number = i;
      assertThat(catchThrowable(() -> process.get(user(number))))
          .isInstanceOf(TransportException.class);
    }
    int first = renewer.sent.get();
    for (int i = 0; i < count; i++) {
      int number = i;
      attempt(() -> process.get(user(number)));
    }
    int second = renewer.sent.get();
    deployment.pass(Duration.ofSeconds(3));
    for (int i = 0; i < 100; i++) {
      int number = i;
      attempt(() -> process.get(user(number)));
    }

    assertThat(first).isLessThan(40);
    assertThat(second).isEqualTo(first);
    assertThat(renewer.sent.get() - second).isLessThanOrEqualTo(2);
    assertThat(process.toString()).matches("FreshTokens\\[(1?\\d?\\d|2\\d\\d) grants in memory]");
  }

  @Test
  void cache_manyColdGrants_hotOnesStay() {
    FreshTokens process = deployment.started(deployment.builder().renewer(renewer).cacheSize(100));
    for (int i = 0; i < 20; i++) {
      process.save(user(i), renewer.tokens("user" + i, deployment.time));
    }
    int misses = 0;

    for (int cold = 0; cold < 1_000; cold++) {
      ConnectionKey key = new ConnectionKey("salesforce", "cold", "user" + cold);
      process.save(key, renewer.tokens("cold" + cold, deployment.time));
      int before = deployment.store.reads.get();
      process.get(user(cold % 20));
      misses += deployment.store.reads.get() - before;
    }

    assertThat(misses).isLessThan(40);
  }

  @Test
  void refresh_tooManyRequests_isLeftAloneForAsLongAsTheProviderSays() {
    TokenSet consent = connected();
    deployment.salesforce.nextTokenRequest(Fault.respond(429).header("Retry-After", "180"));

    AmpersandException first =
        catchThrowableOfType(AmpersandException.class, () -> tokens.refresh(ADA));
    AmpersandException second =
        catchThrowableOfType(
            AmpersandException.class, () -> tokens.refused(ADA, consent.accessToken()));
    deployment.pass(Duration.ofSeconds(181));
    TokenSet refreshed = tokens.refused(ADA, consent.accessToken());

    assertThat(first.retryAfter()).contains(Duration.ofMinutes(3));
    assertThat(second.isRetryable()).isTrue();
    assertThat(refreshed.accessToken()).isNotEqualTo(consent.accessToken());
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1, 1);
    assertThat(deployment.told("inDoubt")).isZero();
  }

  @Test
  void refresh_maintenance_grantComesBackByItself() {
    TokenSet consent = connected();
    deployment.salesforce.set(Situation.MAINTENANCE, true);
    attempt(() -> tokens.refused(ADA, consent.accessToken()));
    deployment.salesforce.set(Situation.MAINTENANCE, false);

    deployment.pass(Duration.ofSeconds(80));

    assertThat(tokens.get(ADA).accessToken()).isNotEqualTo(consent.accessToken());
    assertThat(deployment.told("consentNeeded")).isZero();
  }
}
