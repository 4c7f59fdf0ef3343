package com.withampersand.sdk.token;

import static com.withampersand.sdk.token.Customer.ADA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FreshTokensTest {
  private static final Duration STALE = Duration.ofMinutes(27);
  private static final Duration EXPIRED = Duration.ofMinutes(31);
  private static final String JSON = "application/json";

  private final Customer customer = new Customer();
  private final InMemoryTokenStore memory = new InMemoryTokenStore();
  private final FailingStore store = new FailingStore(memory);
  private final FreshTokens fresh = customer.fresh(store).build();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
    customer.close();
  }

  private TokenSet connected() {
    TokenSet tokens = customer.consent();
    store.save(ADA, tokens);
    return tokens;
  }

  /** Connects with tokens whose end the provider has named. */
  private TokenSet connectedUntil(Duration life) {
    TokenSet consented = customer.consent();
    TokenSet tokens =
        consented.toBuilder().expiry(Expiry.known(consented.obtainedAt().plus(life))).build();
    store.save(ADA, tokens);
    return tokens;
  }

  private TokenSet stored() {
    return memory.find(ADA).orElseThrow();
  }

  // Fresh, stale, expired.

  @Test
  void get_freshTokens_areThoseOfTheStoreAndNothingIsSent() {
    TokenSet tokens = connected();

    assertThat(fresh.get(ADA)).isEqualTo(tokens);
    assertThat(fresh.find(ADA)).contains(tokens);
    assertThat(customer.refreshes()).isZero();
  }

  @Test
  void get_noSuchGrant_throwsAndFindIsEmpty() {
    assertThatExceptionOfType(NoSuchElementException.class)
        .isThrownBy(() -> fresh.get(ADA))
        .withMessageContaining("acme");
    assertThat(fresh.find(ADA)).isEmpty();
  }

  @Test
  void get_hundredTimesWithoutAnExpiry_sendsNothing() {
    connected();

    for (int i = 0; i < 100; i++) {
      fresh.get(ADA);
    }

    assertThat(customer.refreshes()).isZero();
  }

  @Test
  void get_expiredTokens_areRefreshedAndStoredFirst() {
    TokenSet old = connected();
    customer.clock.advance(EXPIRED);

    TokenSet renewed = fresh.get(ADA);

    assertThat(renewed.accessToken()).isNotEqualTo(old.accessToken());
    assertThat(renewed.refreshToken()).isEqualTo(old.refreshToken());
    assertThat(stored()).isEqualTo(renewed);
    assertThat(fresh.get(ADA)).isEqualTo(renewed);
    assertThat(customer.refreshes()).isEqualTo(1);
    assertThat(customer.events).containsExactly("refreshed");
  }

  @Test
  void get_expiredTokensAndManyThreads_sendsOneRequestAndAllGetTheSame() throws Exception {
    connected();
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(EXPIRED);

    Set<TokenSet> results = Set.copyOf(together(200, () -> fresh.get(ADA)));

    assertThat(results).containsExactly(stored());
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void get_expiredTokensAndTwoProcesses_sendOneRequest() throws Exception {
    connected();
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(EXPIRED);
    FreshTokens other = customer.fresh(store).build();

    List<Callable<TokenSet>> calls = List.of(() -> fresh.get(ADA), () -> other.get(ADA));
    List<Future<TokenSet>> both = threads.invokeAll(calls);

    assertThat(both.get(0).get()).isEqualTo(both.get(1).get());
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void get_staleTokens_oneCallerRefreshesAndTheOthersDoNotWait() throws Exception {
    TokenSet old = connected();
    customer.clock.advance(STALE);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    customer.transport = held(asked, answer);

    Future<TokenSet> first = threads.submit(() -> fresh.get(ADA));
    asked.await();
    TokenSet meanwhile = fresh.get(ADA);
    answer.countDown();

    assertThat(meanwhile).isEqualTo(old);
    assertThat(first.get().accessToken()).isNotEqualTo(old.accessToken());
    assertThat(fresh.get(ADA)).isEqualTo(first.get());
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void get_sessionLengthSet_isWhatCounts() {
    connected();
    FreshTokens hasty = customer.fresh(store).sessionLength(Duration.ofMinutes(10)).build();
    customer.clock.advance(Duration.ofMinutes(11));

    fresh.get(ADA);
    assertThat(customer.refreshes()).isZero();

    hasty.get(ADA);
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"60, 30, 0", "60, 50, 1", "60, 58, 1", "0, 0, 0", "-5, 0, 0"})
  void get_shortLife_doesNotRefreshOnEachCall(int life, int later, int refreshes) {
    connectedUntil(Duration.ofSeconds(life));
    customer.clock.advance(Duration.ofSeconds(later));

    fresh.get(ADA);
    fresh.get(ADA);

    assertThat(customer.refreshes()).isEqualTo(refreshes);
  }

  @Test
  void get_thousandGrants_doNotBecomeStaleAtOnce() {
    TokenSet tokens = connected();
    Freshness freshness =
        new Freshness(Duration.ofMinutes(30), Duration.ofMinutes(5), Duration.ofSeconds(30));
    Set<Long> minutes = new java.util.TreeSet<>();

    for (int i = 0; i < 1000; i++) {
      ConnectionKey key = new ConnectionKey("salesforce", "customer-" + i, "admin");
      Duration left =
          Duration.between(freshness.staleFrom(key, tokens), tokens.obtainedAt().plus(EXPIRED));
      minutes.add(left.toMinutes());
    }

    assertThat(minutes).containsExactly(6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void get_anotherProcessHasRefreshed_isSeenWhenTheStoreIsLookedAtAgain() {
    connected();
    fresh.get(ADA);
    TokenSet byAnother = customer.flow.refresh(stored());
    memory.save(ADA, byAnother);
    customer.clock.advance(Duration.ofSeconds(6));

    assertThat(fresh.get(ADA)).isEqualTo(byAnother);
  }

  @Test
  void get_providerThatAnswersWithTheSameAccessToken_isAskedOnce() {
    TokenSet old = connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    customer.salesforce.failNextTokenRequest(
        200, JSON, "{\"access_token\":\"" + old.accessToken().reveal() + "\",\"expires_in\":3600}");

    fresh.get(ADA);
    FreshTokens other = customer.fresh(store).build();

    assertThat(other.renew(ADA, old).isHere()).isFalse();
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void get_grantWithoutRefreshTokenOrExpiry_isServedUntilItIsRefused() {
    TokenSet consented = customer.consent();
    TokenSet tokens = TokenSet.builder(consented.accessToken(), consented.obtainedAt()).build();
    store.save(ADA, tokens);
    customer.clock.advance(Duration.ofHours(1));

    assertThat(fresh.get(ADA)).isEqualTo(tokens);
    assertThatExceptionOfType(OAuthException.class)
        .isThrownBy(() -> fresh.call(ADA, used -> "401", "401"::equals))
        .matches(OAuthException::needsReauthorization);
    assertThat(customer.refreshes()).isZero();
  }

  @Test
  void get_grantWithoutRefreshToken_isServedWhileItMayWorkAndThenNeedsConsent() {
    TokenSet consented = customer.consent();
    TokenSet tokens =
        TokenSet.builder(consented.accessToken(), consented.obtainedAt())
            .expiry(Expiry.known(consented.obtainedAt().plus(Duration.ofHours(1))))
            .build();
    store.save(ADA, tokens);
    customer.clock.advance(Duration.ofMinutes(55));

    assertThat(fresh.get(ADA)).isEqualTo(tokens);

    customer.clock.advance(Duration.ofMinutes(5));
    OAuthException error = catchThrowableOfType(OAuthException.class, () -> fresh.get(ADA));
    assertThat(error.needsReauthorization()).isTrue();
    assertThat(customer.refreshes()).isZero();
  }

  // Failures.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "503|text/html|<html>maintenance</html>",
        "500|application/json|{\"error\":\"server_error\"}",
        "429||",
        "200|text/html|<html>login</html>",
        "400|application/json|{\"error\":\"invalid_client\"}"
      })
  void get_earlyRefreshFails_theGoodTokenIsServedAndACoolDownKept(String answer) {
    TokenSet old = connected();
    customer.clock.advance(STALE);
    fail(answer);

    assertThat(fresh.get(ADA)).isEqualTo(old);
    assertThat(fresh.get(ADA)).isEqualTo(old);

    assertThat(customer.refreshes()).isEqualTo(1);
    assertThat(stored()).isEqualTo(old);
    assertThat(customer.events).hasSize(1).allMatch(event -> event.startsWith("failed"));
  }

  @Test
  void get_earlyRefreshFailed_isTriedAgainAfterTheCoolDown() {
    TokenSet old = connected();
    customer.clock.advance(STALE);
    fail("429||");
    fresh.get(ADA);
    customer.clock.advance(Duration.ofSeconds(31));

    assertThat(fresh.get(ADA).accessToken()).isNotEqualTo(old.accessToken());
    assertThat(customer.refreshes()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"503||", "400|application/json|{\"error\":\"invalid_client\"}"})
  void get_refreshOfAnExpiredTokenFails_isThrownAndNotTriedAgainInTheCoolDown(String answer) {
    TokenSet old = connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    fail(answer);

    AmpersandException first = catchThrowableOfType(AmpersandException.class, () -> fresh.get(ADA));
    AmpersandException second =
        catchThrowableOfType(AmpersandException.class, () -> fresh.get(ADA));

    assertThat(second).isSameAs(first);
    assertThat(customer.refreshes()).isEqualTo(1);
    assertThat(stored()).isEqualTo(old);
    customer.clock.advance(Duration.ofSeconds(31));
    assertThat(fresh.get(ADA).accessToken()).isNotEqualTo(old.accessToken());
  }

  @Test
  void get_refreshFailsAndTheEndWasEstimated_theTokenMayStillWork() {
    TokenSet old = connected();
    customer.clock.advance(EXPIRED);
    fail("503||");

    assertThat(fresh.get(ADA)).isEqualTo(old);
  }

  @Test
  void get_answerLost_isNotSentAgainWhileTheTokenIsGood() {
    TokenSet old = connectedUntil(Duration.ofHours(1));
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(Duration.ofMinutes(56));
    customer.salesforce.loseNextTokenAnswer();

    assertThat(fresh.get(ADA)).isEqualTo(old);
    customer.clock.advance(Duration.ofMinutes(2));
    assertThat(fresh.get(ADA)).isEqualTo(old);

    assertThat(customer.refreshes()).isEqualTo(1);
    assertThat(customer.events).containsExactly("failed TransportException");
  }

  @Test
  void get_answerLostAndRotationOn_endsInConsentNeededAndIsTold() {
    connectedUntil(Duration.ofHours(1));
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(Duration.ofHours(1));
    customer.salesforce.loseNextTokenAnswer();

    TransportException lost = catchThrowableOfType(TransportException.class, () -> fresh.get(ADA));
    customer.clock.advance(Duration.ofSeconds(31));
    OAuthException ended = catchThrowableOfType(OAuthException.class, () -> fresh.get(ADA));

    assertThat(lost.isOutcomeUnknown()).isTrue();
    assertThat(ended.needsReauthorization()).isTrue();
    assertThat(customer.events)
        .containsExactly("failed TransportException", "consent needed invalid_grant");
  }

  @Test
  void get_answerLostButAnotherNodeHasTheTokens_servesThose() {
    connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    TokenSet byAnother = customer.flow.refresh(stored());
    customer.transport =
        request -> {
          memory.save(new ConnectionKey("x", "y", "z"), byAnother);
          throw new java.io.IOException("reset");
        };
    TokenStore late = new LateStore(memory, byAnother);

    assertThat(customer.fresh(late).build().get(ADA)).isEqualTo(byAnother);
  }

  @Test
  void get_grantEnded_isMarkedAndToldOnceAndStaysStored() {
    TokenSet old = connectedUntil(Duration.ofHours(1));
    customer.salesforce.revokeAll();
    customer.clock.advance(Duration.ofHours(1));

    OAuthException first = catchThrowableOfType(OAuthException.class, () -> fresh.get(ADA));
    customer.clock.advance(Duration.ofHours(1));
    OAuthException later = catchThrowableOfType(OAuthException.class, () -> fresh.get(ADA));

    assertThat(first.error()).isEqualTo("invalid_grant");
    assertThat(later.error()).isEqualTo("invalid_grant");
    assertThat(later.needsReauthorization()).isTrue();
    assertThat(later.description()).isEqualTo(first.description());
    assertThat(later.remedy()).isEqualTo(first.remedy());
    assertThat(later.actor()).isEqualTo(first.actor());
    assertThat(customer.refreshes()).isEqualTo(1);
    assertThat(customer.events).containsExactly("consent needed invalid_grant");
    assertThat(stored().refreshToken()).isEqualTo(old.refreshToken());
  }

  @Test
  void get_grantEndedEarly_isServedWhileTheAccessTokenIsGood() {
    TokenSet old = connected();
    customer.salesforce.revokeAll();
    customer.clock.advance(STALE);

    assertThat(fresh.get(ADA)).isEqualTo(old);
    assertThat(fresh.get(ADA).accessToken()).isEqualTo(old.accessToken());

    assertThat(customer.refreshes()).isEqualTo(1);
    assertThat(customer.events).containsExactly("consent needed invalid_grant");
  }

  @Test
  void save_newConsent_takesTheMarkAway() {
    connectedUntil(Duration.ofHours(1));
    customer.salesforce.revokeAll();
    customer.clock.advance(Duration.ofHours(1));
    assertThatExceptionOfType(OAuthException.class).isThrownBy(() -> fresh.get(ADA));
    TokenSet again = customer.consent();

    fresh.save(ADA, again);

    assertThat(fresh.get(ADA)).isEqualTo(again);
  }

  @Test
  void get_refusedAlthoughAnotherNodeRotated_recoversByReadingAgain() {
    TokenSet old = connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    TokenSet byAnother = customer.flow.refresh(old);
    fail("400|application/json|{\"error\":\"invalid_grant\"}");

    TokenSet tokens = customer.fresh(new LateStore(memory, byAnother)).build().get(ADA);

    assertThat(tokens).isEqualTo(byAnother);
    assertThat(customer.events).isEmpty();
  }

  @Test
  void get_storeGoneAfterTheAnswer_tokensAreServedAndStoredLater() {
    TokenSet old = connectedUntil(Duration.ofHours(1));
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(Duration.ofHours(1));
    store.failsWhenWriting = true;

    TokenSet renewed = fresh.get(ADA);

    assertThat(renewed.refreshToken()).isNotEqualTo(old.refreshToken());
    assertThat(fresh.get(ADA)).isEqualTo(renewed);
    assertThat(stored()).isEqualTo(old);
    assertThat(customer.events).containsExactly("unsaved");
    store.failsWhenWriting = false;
    assertThat(fresh.get(ADA)).isEqualTo(renewed);
    assertThat(stored()).isEqualTo(renewed);
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void get_storeGoneAndUnsavedTokensExpire_areRefreshedAllTheSame() {
    connectedUntil(Duration.ofHours(1));
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(Duration.ofHours(1));
    store.failsWhenWriting = true;
    TokenSet first = fresh.get(ADA);
    customer.clock.advance(EXPIRED);

    TokenSet second = fresh.get(ADA);
    store.failsWhenWriting = false;

    assertThat(second.refreshToken()).isNotEqualTo(first.refreshToken());
    assertThat(fresh.get(ADA)).isEqualTo(second);
    assertThat(stored()).isEqualTo(second);
  }

  @Test
  void get_storedWithoutSayingSoAndGoneAgain_theNewestTokensAreNotLost() {
    connectedUntil(Duration.ofHours(1));
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(Duration.ofHours(1));
    store.faults.add(FailingStore.Fault.AFTER_WRITING);
    TokenSet first = fresh.get(ADA);
    assertThat(stored()).isEqualTo(first);
    customer.clock.advance(EXPIRED);
    store.faults.add(FailingStore.Fault.BEFORE_READING);
    store.faults.add(FailingStore.Fault.BEFORE_WRITING);

    TokenSet second = fresh.get(ADA);

    assertThat(second.refreshToken()).isNotEqualTo(first.refreshToken());
    assertThat(fresh.get(ADA)).isEqualTo(second);
    assertThat(stored()).isEqualTo(second);
    assertThat(customer.events).containsExactly("unsaved", "unsaved");
  }

  @Test
  void handOver_tokensWaitToBeStored_handsOverThose() {
    connectedUntil(Duration.ofHours(1));
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(Duration.ofHours(1));
    TakingKeeper keeper = new TakingKeeper();
    FreshTokens kept = customer.fresh(store).keeper(keeper).build();
    store.faults.add(FailingStore.Fault.BEFORE_WRITING);
    TokenSet renewed = kept.get(ADA);
    store.faults.add(FailingStore.Fault.BEFORE_READING);

    kept.handOver(ADA);

    assertThat(keeper.taken).containsExactly(renewed);
    assertThat(Marks.connection(stored())).contains("connection");
  }

  @Test
  void get_newConsentWhileTokensWaitToBeStored_winsOverThem() {
    connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    store.failsWhenWriting = true;
    fresh.get(ADA);
    store.failsWhenWriting = false;
    TokenSet consented = customer.consent();
    memory.save(ADA, consented);

    assertThat(fresh.get(ADA)).isEqualTo(consented);
    assertThat(stored()).isEqualTo(consented);
  }

  @Test
  void get_storeGone_freshTokensAreServedFromMemory() {
    TokenSet tokens = connected();
    fresh.get(ADA);
    store.down = true;
    customer.clock.advance(Duration.ofMinutes(10));

    assertThat(fresh.get(ADA)).isEqualTo(tokens);

    customer.clock.advance(Duration.ofHours(1));
    assertThatExceptionOfType(TokenStoreException.class).isThrownBy(() -> fresh.get(ADA));
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400, -3_600, 3_600, 86_400})
  void get_clockJumps_oneRefreshAtMostAndTokensThatWork(long seconds) {
    connected();
    fresh.get(ADA);
    customer.clock.advance(Duration.ofSeconds(seconds));

    TokenSet tokens = fresh.get(ADA);
    fresh.get(ADA);

    assertThat(customer.refreshes()).isEqualTo(1);
    assertThat(tokens).isEqualTo(stored());
  }

  @Test
  void get_storeSaysThatItFailedButHadStored_nothingThatIsRotatedLaterIsLost() {
    connectedUntil(Duration.ofHours(1));
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(Duration.ofHours(1));
    store.failsAfterWriting = true;
    fresh.get(ADA);
    store.failsAfterWriting = false;
    store.failsWhenWriting = true;

    TokenSet second = fresh.refresh(ADA);
    store.failsWhenWriting = false;

    assertThat(fresh.get(ADA)).isEqualTo(second);
    assertThat(stored()).isEqualTo(second);
  }

  @Test
  void get_storedByOneWhileAnotherRefreshesInVain_theNewerTokensAreKept() {
    connectedUntil(Duration.ofHours(1));
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(Duration.ofHours(1));
    store.failsWhenWriting = true;
    fresh.get(ADA);
    store.failsWhenWriting = false;
    List<TokenSet> second = new ArrayList<>();
    store.afterNextUpdate =
        () -> {
          store.failsWhenWriting = true;
          second.add(fresh.refresh(ADA));
          store.failsWhenWriting = false;
        };

    fresh.get(ADA);
    TokenSet last = fresh.get(ADA);

    assertThat(last).isEqualTo(second.get(0));
    assertThat(stored()).isEqualTo(last);
  }

  @Test
  void get_unsavedTokensAreRefused_theReplacedOnesAreNotTakenForNewer() {
    connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    store.failsWhenWriting = true;
    fresh.get(ADA);
    customer.salesforce.revokeAll();

    OAuthException error = catchThrowableOfType(OAuthException.class, () -> fresh.refresh(ADA));

    assertThat(error.needsReauthorization()).isTrue();
    assertThat(customer.events).containsExactly("unsaved", "consent needed invalid_grant");
  }

  @Test
  void get_storeBreaksDownAfterTheAnswer_tokensAreKeptAllTheSame() {
    connectedUntil(Duration.ofHours(1));
    customer.salesforce.rotateRefreshTokens(true);
    customer.clock.advance(Duration.ofHours(1));
    store.breaksDown = true;

    TokenSet renewed = fresh.get(ADA);
    assertThat(fresh.get(ADA)).isEqualTo(renewed);
    store.breaksDown = false;

    assertThat(fresh.get(ADA)).isEqualTo(renewed);
    assertThat(stored()).isEqualTo(renewed);
    assertThat(customer.events).containsExactly("unsaved");
  }

  /** Wherever between two looks at the clock the other refresh happens. */
  @ParameterizedTest
  @CsvSource({"27, 1", "27, 2", "31, 1", "31, 2"})
  void get_anotherRefreshFailsMeanwhile_isNotFollowedByASecond(int minutes, int look) {
    connected();
    FreshTokens[] self = new FreshTokens[1];
    HookedClock clock = new HookedClock(customer.clock, () -> self[0].get(ADA));
    self[0] = customer.fresh(store).clock(clock).build();
    customer.clock.advance(Duration.ofMinutes(minutes));
    fail("429||");
    self[0].get(ADA);
    customer.clock.advance(Duration.ofSeconds(31));
    customer.salesforce.loseNextTokenAnswer();
    clock.looksUntilHook = look;

    self[0].get(ADA);

    assertThat(customer.refreshes()).isEqualTo(2);
  }

  @Test
  void get_somethingUncheckedBreaksOut_doesNotLockTheGrant() {
    connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    java.util.concurrent.atomic.AtomicBoolean broken =
        new java.util.concurrent.atomic.AtomicBoolean(true);
    FreshTokens odd =
        FreshTokens.builder(
                key -> {
                  if (broken.get()) {
                    sneak(new java.io.IOException("from a language without checked exceptions"));
                  }
                  return customer.flow;
                },
                store)
            .clock(customer.clock)
            .longestWait(Duration.ofMillis(50))
            .build();

    assertThatExceptionOfType(java.io.IOException.class).isThrownBy(() -> odd.get(ADA));
    broken.set(false);

    assertThat(odd.get(ADA)).isEqualTo(stored());
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> void sneak(Throwable t) throws E {
    throw (E) t;
  }

  @Test
  void get_listenerThrowsAnError_harmsNothing() {
    connected();
    customer.clock.advance(EXPIRED);
    FreshTokens loud =
        FreshTokens.builder(customer.flow, store)
            .clock(customer.clock)
            .listener(
                new TokenListener() {
                  @Override
                  public void refreshed(ConnectionKey key, TokenSet tokens) {
                    throw new AssertionError("an assertion in a listener");
                  }
                })
            .listener(customer.ears)
            .build();

    assertThat(loud.get(ADA)).isEqualTo(stored());
    assertThat(customer.events).containsExactly("refreshed");
  }

  @Test
  void keepAlive_noFlowForOneGrant_isCountedAndTheOthersAreKept() {
    connected();
    ConnectionKey stray = new ConnectionKey("salesforce", "acme", "stray");
    store.save(stray, customer.consent());
    customer.clock.advance(Duration.ofDays(8));
    FreshTokens picky =
        FreshTokens.builder(
                key -> {
                  if (key.equals(stray)) {
                    throw new IllegalArgumentException("nobody knows the host of this one");
                  }
                  return customer.flow;
                },
                store)
            .clock(customer.clock)
            .build();

    assertThat(picky.keepAlive(Duration.ofDays(7)))
        .isEqualTo(new KeepAliveReport(2, 1, 0, 1, true));
  }

  @Test
  void get_listenerThrows_harmsNothing() {
    TokenSet old = connected();
    customer.clock.advance(EXPIRED);
    FreshTokens loud =
        FreshTokens.builder(customer.flow, store)
            .clock(customer.clock)
            .listener(
                new TokenListener() {
                  @Override
                  public void refreshed(ConnectionKey key, TokenSet tokens) {
                    throw new IllegalStateException(tokens.accessToken().reveal());
                  }
                })
            .listener(customer.ears)
            .build();

    assertThat(loud.get(ADA).accessToken()).isNotEqualTo(old.accessToken());
    assertThat(customer.events).containsExactly("refreshed");
  }

  @Test
  void get_listenerThatAsksForTheTokens_getsTheNewOnes() {
    connected();
    customer.clock.advance(EXPIRED);
    List<TokenSet> heard = new ArrayList<>();
    FreshTokens[] self = new FreshTokens[1];
    self[0] =
        FreshTokens.builder(customer.flow, store)
            .clock(customer.clock)
            .listener(
                new TokenListener() {
                  @Override
                  public void refreshed(ConnectionKey key, TokenSet tokens) {
                    heard.add(self[0].get(key));
                  }
                })
            .build();

    assertThat(heard).isEmpty();
    assertThat(self[0].get(ADA)).isEqualTo(heard.get(0));
  }

  @Test
  void get_interruptedWhileItWaitsForAnother_stopsAndTheOtherGoesOn() throws Exception {
    connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    customer.transport = held(asked, answer);
    Future<TokenSet> leader = threads.submit(() -> fresh.get(ADA));
    asked.await();

    Thread.currentThread().interrupt();
    TransportException error = catchThrowableOfType(TransportException.class, () -> fresh.get(ADA));
    boolean interrupted = Thread.interrupted();
    answer.countDown();

    assertThat(interrupted).isTrue();
    assertThat(error.isOutcomeUnknown()).isFalse();
    assertThat(leader.get()).isEqualTo(stored());
  }

  @Test
  void get_leaderInterruptedAfterItSent_isNotFollowedByAnother() throws Exception {
    connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    CountDownLatch asked = new CountDownLatch(1);
    customer.transport = held(asked, new CountDownLatch(1));
    Thread leader =
        new Thread(
            () ->
                assertThatExceptionOfType(TransportException.class)
                    .isThrownBy(() -> fresh.get(ADA)));
    leader.start();
    asked.await();
    leader.interrupt();
    leader.join();
    customer.transport = HttpTransport.shared();

    TransportException error = catchThrowableOfType(TransportException.class, () -> fresh.get(ADA));

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(customer.refreshes()).isZero();
  }

  @Test
  void get_interruptedAndTheEndWasEstimated_stopsAllTheSame() throws Exception {
    connected();
    customer.clock.advance(EXPIRED);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    customer.transport = held(asked, answer);
    Future<TokenSet> leader = threads.submit(() -> fresh.get(ADA));
    asked.await();

    Thread.currentThread().interrupt();
    assertThatExceptionOfType(TransportException.class).isThrownBy(() -> fresh.get(ADA));
    assertThat(Thread.interrupted()).isTrue();
    answer.countDown();

    assertThat(leader.get()).isEqualTo(stored());
  }

  @Test
  void get_anotherRefreshTakesTooLong_isNotWaitedForLonger() throws Exception {
    connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    customer.transport = held(asked, answer);
    FreshTokens hasty = customer.fresh(store).longestWait(Duration.ofMillis(50)).build();
    Future<TokenSet> leader = threads.submit(() -> hasty.get(ADA));
    asked.await();

    TransportException error = catchThrowableOfType(TransportException.class, () -> hasty.get(ADA));
    answer.countDown();

    assertThat(error.isRetryable()).isTrue();
    assertThat(leader.get()).isEqualTo(stored());
  }

  @Test
  void get_leaderInterruptedBeforeItSends_leavesItToTheNext() throws Exception {
    connectedUntil(Duration.ofHours(1));
    customer.clock.advance(Duration.ofHours(1));
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch unlock = new CountDownLatch(1);
    Future<?> holder =
        threads.submit(
            () ->
                memory.update(
                    ADA,
                    tokens -> {
                      locked.countDown();
                      await(unlock);
                      return tokens;
                    }));
    locked.await();
    Thread leader =
        new Thread(
            () ->
                assertThatExceptionOfType(TokenStoreException.class)
                    .isThrownBy(() -> fresh.get(ADA)));
    leader.start();
    awaitWaiting(leader);
    Future<TokenSet> follower = threads.submit(() -> fresh.get(ADA));
    leader.interrupt();
    leader.join();
    unlock.countDown();
    holder.get();

    assertThat(follower.get()).isEqualTo(stored());
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  // Refusals of the token.

  @Test
  void call_tokenWorks_isMadeOnce() {
    connected();
    List<TokenSet> used = new ArrayList<>();

    String answer = fresh.call(ADA, tokens -> answered(used, tokens, "200"), "401"::equals);

    assertThat(answer).isEqualTo("200");
    assertThat(used).hasSize(1);
  }

  @Test
  void call_tokenRefused_isRefreshedOnceAndTheCallReplayed() {
    TokenSet old = connected();
    List<TokenSet> used = new ArrayList<>();

    String answer =
        fresh.call(
            ADA,
            tokens ->
                answered(
                    used, tokens, tokens.accessToken().equals(old.accessToken()) ? "401" : "200"),
            "401"::equals);

    assertThat(answer).isEqualTo("200");
    assertThat(used).containsExactly(old, stored());
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void call_refusedTwice_isNotMadeAThirdTime() {
    connected();
    List<TokenSet> used = new ArrayList<>();

    String answer = fresh.call(ADA, tokens -> answered(used, tokens, "401"), "401"::equals);

    assertThat(answer).isEqualTo("401");
    assertThat(used).hasSize(2);
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void call_refusedAndTheStoreHasNewerTokens_replaysWithThoseWithoutARefresh() {
    TokenSet old = connected();
    fresh.get(ADA);
    TokenSet newer = customer.flow.refresh(old);
    memory.save(ADA, newer);
    customer.salesforce.clearRequests();
    List<TokenSet> used = new ArrayList<>();

    fresh.call(
        ADA, tokens -> answered(used, tokens, tokens.equals(old) ? "401" : "200"), "401"::equals);

    assertThat(used).containsExactly(old, newer);
    assertThat(customer.refreshes()).isZero();
  }

  @Test
  void call_refusedAndTheGrantHasEnded_needsConsent() {
    connected();
    customer.salesforce.revokeAll();

    for (int i = 0; i < 2; i++) {
      OAuthException error =
          catchThrowableOfType(
              OAuthException.class,
              () ->
                  fresh.call(
                      ADA, tokens -> answered(new ArrayList<>(), tokens, "401"), "401"::equals));
      assertThat(error.needsReauthorization()).isTrue();
    }
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void call_refusedInAStorm_sendsOneRefresh() throws Exception {
    TokenSet old = connected();
    customer.salesforce.rotateRefreshTokens(true);

    List<String> answers =
        together(
            50,
            () ->
                fresh.call(
                    ADA,
                    tokens -> tokens.accessToken().equals(old.accessToken()) ? "401" : "200",
                    "401"::equals));

    assertThat(Set.copyOf(answers)).containsExactly("200");
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void call_workThrows_itsExceptionComesThrough() {
    connected();

    assertThatExceptionOfType(java.io.IOException.class)
        .isThrownBy(
            () ->
                fresh.call(
                    ADA,
                    tokens -> {
                      throw new java.io.IOException("reset");
                    },
                    answer -> false));
  }

  // Told by the caller.

  @Test
  void refresh_freshTokens_areRefreshedAllTheSame() {
    TokenSet old = connected();

    assertThat(fresh.refresh(ADA).accessToken()).isNotEqualTo(old.accessToken());
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void refresh_inTheCoolDown_isTried() {
    connected();
    fail("503||");
    assertThatExceptionOfType(TransportException.class).isThrownBy(() -> fresh.refresh(ADA));

    assertThat(fresh.refresh(ADA)).isEqualTo(stored());
    assertThat(customer.refreshes()).isEqualTo(2);
  }

  @Test
  void disconnect_grant_isRevokedAndDeleted() {
    TokenSet tokens = connected();
    fresh.get(ADA);

    fresh.disconnect(ADA);

    assertThat(fresh.find(ADA)).isEmpty();
    assertThatExceptionOfType(OAuthException.class).isThrownBy(() -> customer.flow.refresh(tokens));
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> fresh.disconnect(ADA));
  }

  @Test
  void disconnect_revocationFails_isToldAndTheGrantKept() {
    TokenSet tokens = connected();
    customer.transport =
        request -> {
          throw new java.net.ConnectException("refused");
        };

    assertThatExceptionOfType(TransportException.class).isThrownBy(() -> fresh.disconnect(ADA));

    assertThat(stored()).isEqualTo(tokens);
    assertThat(fresh.forget(ADA)).isTrue();
    assertThat(fresh.forget(ADA)).isFalse();
    assertThat(fresh.find(ADA)).isEmpty();
  }

  @Test
  void keepAlive_grantsThatLieIdle_areRefreshedOnceAndCounted() {
    ConnectionKey ended = new ConnectionKey("salesforce", "acme", "ended");
    ConnectionKey used = new ConnectionKey("salesforce", "acme", "used");
    store.save(ended, Marks.ended(customer.consent(), refusal()));
    connected();
    customer.clock.advance(Duration.ofDays(8));
    TokenSet recent = customer.consent();
    store.save(used, recent);

    KeepAliveReport first = fresh.keepAlive(Duration.ofDays(7));
    KeepAliveReport second = customer.fresh(store).build().keepAlive(Duration.ofDays(7));

    assertThat(first).isEqualTo(new KeepAliveReport(3, 1, 1, 0, true));
    assertThat(second).isEqualTo(new KeepAliveReport(3, 0, 1, 0, true));
    assertThat(memory.find(used)).contains(recent);
    assertThat(customer.refreshes()).isEqualTo(1);
  }

  @Test
  void keepAlive_manyGrantsAndNodes_refreshesEachOnce() throws Exception {
    TokenSet tokens = customer.consent();
    for (int i = 0; i < 250; i++) {
      store.save(new ConnectionKey("salesforce", "customer-" + i, "admin"), tokens);
    }
    customer.clock.advance(Duration.ofDays(8));

    List<KeepAliveReport> reports =
        together(4, () -> customer.fresh(store).build().keepAlive(Duration.ofDays(7)));

    assertThat(reports.stream().mapToLong(KeepAliveReport::renewed).sum()).isEqualTo(250);
    assertThat(customer.refreshes()).isEqualTo(250);
  }

  @Test
  void keepAlive_oneFails_theOthersAreKept() {
    connected();
    store.save(new ConnectionKey("salesforce", "acme", "grace"), customer.consent());
    customer.clock.advance(Duration.ofDays(8));
    fail("503||");

    assertThat(fresh.keepAlive(Duration.ofDays(7)))
        .isEqualTo(new KeepAliveReport(2, 1, 0, 1, true));
  }

  @Test
  void keepAlive_interrupted_stops() {
    connected();
    Thread.currentThread().interrupt();

    KeepAliveReport report = fresh.keepAlive(Duration.ZERO);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(report).isEqualTo(new KeepAliveReport(0, 0, 0, 0, false));
  }

  @Test
  void builder_timesThatCannotBe_areRefused() {
    FreshTokens.Builder builder = customer.fresh(store);

    assertThatIllegalArgumentException().isThrownBy(() -> builder.sessionLength(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.refreshEarly(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.longestWait(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> fresh.keepAlive(Duration.ofSeconds(-1)));
  }

  @Test
  void providerMember_namedLikeAMark_isLeftOut() {
    connected();
    customer.salesforce.failNextTokenRequest(
        200, JSON, "{\"access_token\":\"a\",\"ampersand-sdk:connection\":\"another-customers\"}");

    TokenSet tokens = fresh.refresh(ADA);

    assertThat(tokens.accessToken()).isEqualTo(Secret.of("a"));
    assertThat(tokens.attributes().keySet()).noneMatch(name -> name.startsWith("ampersand-sdk:"));
  }

  private static OAuthException refusal() {
    return OAuthException.builder("invalid_grant").needsReauthorization(true).build();
  }

  /** Lets the next token request be answered so: status, media type and body with bars between. */
  private void fail(String answer) {
    String[] parts = answer.split("\\|", 3);
    customer.salesforce.failNextTokenRequest(Integer.parseInt(parts[0]), parts[1], parts[2]);
  }

  private static String answered(List<TokenSet> used, TokenSet tokens, String answer) {
    used.add(tokens);
    return answer;
  }

  private static HttpTransport held(CountDownLatch asked, CountDownLatch answer) {
    return request -> {
      asked.countDown();
      answer.await();
      return HttpTransport.shared().send(request);
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns when a thread waits for something with an end to its patience. */
  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  private <T> List<T> together(int count, Callable<T> call) throws Exception {
    CyclicBarrier start = new CyclicBarrier(count);
    Callable<T> inStep =
        () -> {
          start.await();
          return call.call();
        };
    List<Future<T>> futures = threads.invokeAll(java.util.Collections.nCopies(count, inStep));
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      results.add(future.get());
    }
    return results;
  }

  /** Takes what it is given, and has nothing to say afterwards. */
  private static final class TakingKeeper implements GrantKeeper {
    private final List<TokenSet> taken = new ArrayList<>();

    @Override
    public String take(ConnectionKey key, TokenSet tokens) {
      taken.add(tokens);
      return "connection";
    }

    @Override
    public Optional<String> find(ConnectionKey key) {
      return Optional.empty();
    }

    @Override
    public TokenSet tokens(String connectionId, boolean force) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String connectionId) {
      throw new UnsupportedOperationException();
    }
  }

  /** A clock on which something happens at one of the looks. */
  private static final class HookedClock extends Clock {
    private final Clock clock;
    private final Runnable hook;
    private int looksUntilHook;

    HookedClock(Clock clock, Runnable hook) {
      this.clock = clock;
      this.hook = hook;
    }

    @Override
    public ZoneId getZone() {
      return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return clock.withZone(zone);
    }

    @Override
    public Instant instant() {
      if (looksUntilHook-- == 1) {
        hook.run();
      }
      return clock.instant();
    }
  }

  /**
   * A store in which another node's tokens appear just after an update has failed: it had taken the
   * grant over.
   */
  private record LateStore(TokenStore store, TokenSet byAnother) implements TokenStore {
    @Override
    public java.util.Optional<TokenSet> find(ConnectionKey key) {
      return store.find(key);
    }

    @Override
    public void save(ConnectionKey key, TokenSet tokens) {
      store.save(key, tokens);
    }

    @Override
    public boolean delete(ConnectionKey key) {
      return store.delete(key);
    }

    @Override
    public java.util.Optional<TokenSet> update(
        ConnectionKey key, java.util.function.UnaryOperator<TokenSet> change) {
      try {
        return store.update(key, change);
      } catch (AmpersandException e) {
        store.save(key, byAnother);
        throw e;
      }
    }

    @Override
    public List<ConnectionKey> keys(
        @org.jspecify.annotations.Nullable ConnectionKey after, int limit) {
      return store.keys(after, limit);
    }
  }
}
