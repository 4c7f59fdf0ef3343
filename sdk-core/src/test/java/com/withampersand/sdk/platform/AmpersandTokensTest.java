package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.MovableClock;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.Gate;
import com.withampersand.sdk.testkit.ReceivedRequest;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.RefusalTest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of connections that Ampersand keeps, over HTTP. */
class AmpersandTokensTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final ConnectionKey GRACE = new ConnectionKey("salesforce", "acme", "grace");
  private static final Duration CACHE = Duration.ofMinutes(5);
  private static final Duration BACKOFF = Duration.ofSeconds(1);

  private static final Duration SESSION = Duration.ofMinutes(30);

  /** Longer than a session at the fake Salesforce, and than tokens are fresh or stale. */
  private static final Duration EXPIRED = SESSION.plusMinutes(1);

  private final MovableClock clock = new MovableClock();
  private final FakeSalesforce salesforce =
      FakeSalesforce.builder().clock(clock).sessionTimeout(SESSION).start();
  private final FakeAmpersand ampersand = FakeAmpersand.builder(salesforce).clock(clock).start();
  private final AmpersandClient client =
      AmpersandClient.builder(ampersand.projectId(), Secret.of(ampersand.apiKey()))
          .baseUrl(ampersand.apiUri())
          .clock(clock)
          .pause(wait -> {})
          .build();
  private final AmpersandTokens tokens = AmpersandTokens.builder(client).clock(clock).build();
  private final ExecutorService callers = Executors.newCachedThreadPool();

  @BeforeEach
  void registerTheApp() {
    ampersand.addProviderApp(
        "salesforce",
        salesforce.consumerKey(),
        salesforce.consumerSecret(),
        "api",
        "id",
        "refresh_token");
  }

  @AfterEach
  void stop() {
    callers.shutdownNow();
    tokens.close();
    ampersand.close();
    salesforce.close();
  }

  private String connect(ConnectionKey key) {
    URI url =
        client.connections().connectUrl(ConnectRequest.builder(key).workspaceRef("acme").build());
    ampersand.complete(salesforce.approve(url));
    String id = client.connections().find(key).orElseThrow().id();
    clear();
    return id;
  }

  private void clear() {
    ampersand.clearRequests();
    salesforce.clearRequests();
  }

  private List<ReceivedRequest> lists() {
    return ampersand.requests("/v1/projects/" + ampersand.projectId() + "/connections");
  }

  private long forced() {
    return ampersand.requests().stream()
        .filter(request -> request.query("refresh").filter("force"::equals).isPresent())
        .count();
  }

  private <T> List<T> onManyThreads(int count, Callable<T> call) throws Exception {
    List<Future<T>> running = callers.invokeAll(Collections.nCopies(count, call));
    List<T> results = new ArrayList<>();
    for (Future<T> each : running) {
      results.add(each.get(30, TimeUnit.SECONDS));
    }
    return results;
  }

  /** Gets the tokens on many threads, and holds the next request until all of them have begun. */
  private List<TokenSet> getOnManyThreads(int count) throws Exception {
    Gate gate = new Gate();
    CountDownLatch begun = new CountDownLatch(count);
    ampersand.nextRequest(Fault.holdRequest(gate));
    return onManyThreads(
        count,
        () -> {
          begun.countDown();
          if (begun.getCount() == 0) {
            gate.release();
          }
          return tokens.get(ADA);
        });
  }

  static Thread waiting(Runnable work) {
    Thread thread = new Thread(work);
    thread.start();
    awaitWaiting(thread);
    return thread;
  }

  private static void awaitWaiting(Thread thread) {
    long start = System.nanoTime();
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
      assertThat(thread.getState()).isNotEqualTo(Thread.State.TERMINATED);
      Thread.onSpinWait();
    }
  }

  // get

  @Test
  void get_manyThreadsOnAnExpiredConnection_askAmpersandOnce() throws Exception {
    connect(ADA);
    TokenSet old = tokens.get(ADA);
    clock.advance(EXPIRED);
    clear();

    List<TokenSet> got = getOnManyThreads(100);

    assertThat(ampersand.requests()).hasSize(1);
    assertThat(salesforce.requests("/services/oauth2/token")).hasSize(1);
    assertThat(new HashSet<>(got)).hasSize(1).doesNotContain(old);
  }

  @Test
  void get_manyThreadsOnAnUnknownConnection_findAndReadItOnce() throws Exception {
    connect(ADA);

    List<TokenSet> got = getOnManyThreads(50);

    assertThat(lists()).hasSize(1);
    assertThat(ampersand.requests()).hasSize(2);
    assertThat(new HashSet<>(got)).hasSize(1);
  }

  @Test
  void get_freshToken_asksNothing() {
    connect(ADA);
    TokenSet first = tokens.get(ADA);
    clear();

    for (int i = 0; i < 100; i++) {
      assertThat(tokens.get(ADA)).isSameAs(first);
    }
    clock.advance(CACHE.minusMillis(1));
    tokens.get(ADA);

    assertThat(ampersand.requests()).isEmpty();
    assertThat(first.refreshToken()).isEmpty();
    assertThat(first.attribute("ampersand_workspace")).contains("acme");
  }

  @Test
  void get_staleToken_isHandedOutWhileAmpersandIsAsked() {
    connect(ADA);
    TokenSet old = tokens.get(ADA);
    clock.advance(CACHE);
    clear();
    Gate gate = new Gate();
    ampersand.nextRequest(Fault.holdRequest(gate));

    TokenSet first = tokens.get(ADA);
    gate.awaitArrived(1);
    TokenSet second = tokens.get(ADA);
    gate.release();

    assertThat(first).isSameAs(old);
    assertThat(second).isSameAs(old);
    assertThat(ampersand.requests()).hasSize(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void get_knownEnd_isCachedUntilShortlyBefore() {
    try (ApiServer server = new ApiServer()) {
      server
          .json(200, "[" + ApiServer.CONNECTION + "]")
          .json(200, connection("first", MovableClock.START.plusSeconds(7200).toString()))
          .json(200, connection("second", MovableClock.START.plusSeconds(14400).toString()));
      AmpersandTokens known =
          AmpersandTokens.builder(server.client()).clock(clock).cacheFor(CACHE).build();

      assertThat(known.get(ADA).accessToken()).isEqualTo(Secret.of("first"));
      clock.advance(Duration.ofHours(2).minus(CachedTokens.EARLY).minusMillis(1));
      assertThat(known.get(ADA).accessToken()).isEqualTo(Secret.of("first"));
      assertThat(server.requestCount()).isEqualTo(2);
      clock.advance(CachedTokens.EARLY.minus(CachedTokens.MARGIN).plusMillis(1));
      assertThat(known.get(ADA).accessToken()).isEqualTo(Secret.of("second"));
      assertThat(server.requestCount()).isEqualTo(3);
    }
  }

  private static String connection(String token, String expiresAt) {
    return ApiServer.CONNECTION.replaceFirst(
        "\\{",
        "{\"oauth2AuthorizationCode\":{\"accessToken\":{\"token\":\"%s\",\"expiresAt\":\"%s\"}},"
            .formatted(token, expiresAt));
  }

  @Test
  void get_clockHoursAhead_handsOutWhatAmpersandSaysAndDoesNotAskEachTime() {
    try (ApiServer server = new ApiServer()) {
      server
          .json(200, "[" + ApiServer.CONNECTION + "]")
          .json(200, connection("good", MovableClock.START.minusSeconds(7200).toString()));
      AmpersandTokens ahead = AmpersandTokens.builder(server.client()).clock(clock).build();

      for (int i = 0; i < 100; i++) {
        assertThat(ahead.get(ADA).accessToken()).isEqualTo(Secret.of("good"));
      }
      assertThat(server.requestCount()).isEqualTo(2);
    }
  }

  @Test
  void get_clockSetBack_asksAgain() {
    connect(ADA);
    tokens.get(ADA);
    clear();

    clock.advance(Duration.ofHours(-5));
    tokens.get(ADA);
    tokens.get(ADA);

    assertThat(ampersand.requests()).hasSize(1);
  }

  // interrupts and waits

  @Test
  void get_firstCallerInterrupted_othersGetTheTokensOfTheSameRequest() throws Exception {
    connect(ADA);
    Gate gate = new Gate();
    ampersand.nextRequest(Fault.holdRequest(gate));
    FutureTask<Boolean> first =
        new FutureTask<>(
            () -> {
              TransportException interrupted =
                  catchThrowableOfType(TransportException.class, () -> tokens.get(ADA));
              assertThat(interrupted.isRetryable()).isTrue();
              assertThat(interrupted.connection()).contains(ADA);
              return Thread.interrupted();
            });
    FutureTask<TokenSet> second = new FutureTask<>(() -> tokens.get(ADA));
    Thread leader = waiting(first);
    waiting(second);

    leader.interrupt();
    boolean flag = first.get(30, TimeUnit.SECONDS);
    gate.release();

    assertThat(flag).as("interrupt flag").isTrue();
    assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(tokens.get(ADA));
    assertThat(ampersand.requests()).as("one list, one read").hasSize(2);
  }

  @Test
  void get_interruptedWithATokenThatMayWork_handsItOutAndKeepsTheFlag() {
    connect(ADA);
    TokenSet old = tokens.get(ADA);
    clock.advance(EXPIRED);
    Gate gate = new Gate();
    ampersand.nextRequest(Fault.holdRequest(gate));

    Thread.currentThread().interrupt();
    TokenSet got = tokens.get(ADA);
    boolean flag = Thread.interrupted();
    gate.release();

    assertThat(got).isSameAs(old);
    assertThat(flag).isTrue();
  }

  @Test
  void get_noAnswerWithinMaxWait_failsThisCallerAndNotTheRequest() {
    connect(ADA);
    AmpersandTokens hasty =
        AmpersandTokens.builder(client).clock(clock).maxWait(Duration.ofMillis(100)).build();
    Gate gate = new Gate();
    ampersand.nextRequest(Fault.holdRequest(gate));

    TransportException late = catchThrowableOfType(TransportException.class, () -> hasty.get(ADA));
    AmpersandTokens patient = AmpersandTokens.builder(client).clock(clock).build();
    gate.release();
    TokenSet later = patient.get(ADA);
    TokenSet atLast = untilItComes(hasty);

    assertThat(late.isRetryable()).isTrue();
    assertThat(late.connection()).contains(ADA);
    assertThat(late).hasMessageContaining("PT0.1S");
    assertThat(atLast).isEqualTo(later);
    assertThat(lists()).as("one of each").hasSize(2);
  }

  private static TokenSet untilItComes(AmpersandTokens tokens) {
    while (true) {
      try {
        return tokens.get(ADA);
      } catch (TransportException e) {
        assertThat(e).hasMessageContaining("has not answered");
      }
    }
  }

  // refused

  private static boolean isRefused(TokenSet sent, Set<TokenSet> refused) {
    return refused.stream().anyMatch(it -> it.accessToken().equals(sent.accessToken()));
  }

  @Test
  void call_manyThreadsAreRefused_forceOneRefresh() throws Exception {
    connect(ADA);
    Set<TokenSet> bad = Set.of(tokens.get(ADA));
    clear();
    CountDownLatch came = new CountDownLatch(100);

    List<String> answers =
        onManyThreads(
            100,
            () ->
                tokens.call(
                    ADA,
                    sent -> {
                      came.countDown();
                      await(came);
                      return isRefused(sent, bad) ? "401" : "200";
                    },
                    "401"::equals));

    assertThat(new HashSet<>(answers)).containsExactly("200");
    assertThat(forced()).isEqualTo(1);
    assertThat(salesforce.requests("/services/oauth2/token")).hasSize(1);
  }

  @Test
  void call_refusedByAnException_forcesOneRefresh() {
    connect(ADA);
    Set<TokenSet> bad = Set.of(tokens.get(ADA));

    String answer =
        tokens.call(
            ADA,
            sent -> {
              if (isRefused(sent, bad)) {
                throw new IllegalStateException("401");
              }
              return "200";
            },
            RefusalTest.<String>ofFailure(e -> "401".equals(e.getMessage())));

    assertThat(answer).isEqualTo("200");
    assertThat(forced()).isEqualTo(1);
  }

  @Test
  void refused_newerTokenIsCached_returnsItAndAsksNothing() {
    connect(ADA);
    TokenSet old = tokens.get(ADA);
    TokenSet newer = tokens.refused(ADA, old.accessToken());
    clear();

    assertThat(tokens.refused(ADA, old.accessToken())).isSameAs(newer);
    assertThat(tokens.get(ADA)).isSameAs(newer);
    assertThat(ampersand.requests()).isEmpty();
  }

  @Test
  void refused_anotherProcessRefreshedAlready_forcesNothing() {
    connect(ADA);
    AmpersandTokens another = AmpersandTokens.builder(client).clock(clock).build();
    TokenSet old = tokens.get(ADA);
    another.get(ADA);
    clock.advance(CachedTokens.SHORTEST);
    TokenSet newer = another.refused(ADA, old.accessToken());
    clear();

    TokenSet got = tokens.refused(ADA, old.accessToken());

    assertThat(got).isEqualTo(newer);
    assertThat(forced()).isZero();
    assertThat(ampersand.requests()).hasSize(1);
  }

  @Test
  void refused_requestUnderWayBringsTheRefusedToken_forcesAnother() throws Exception {
    connect(ADA);
    TokenSet old = tokens.get(ADA);
    Gate gate = new Gate();
    AmpersandTokens cold = AmpersandTokens.builder(client).clock(clock).build();
    ampersand.nextRequest(Fault.holdRequest(gate));
    FutureTask<TokenSet> plain = new FutureTask<>(() -> cold.get(ADA));
    FutureTask<TokenSet> refused = new FutureTask<>(() -> cold.refused(ADA, old.accessToken()));
    waiting(plain);
    waiting(refused);
    gate.release();

    TokenSet got = refused.get(30, TimeUnit.SECONDS);

    assertThat(got.accessToken()).isNotEqualTo(old.accessToken());
    assertThat(plain.get(30, TimeUnit.SECONDS)).as("never a refused one").isEqualTo(got);
    assertThat(forced()).isEqualTo(1);
  }

  @Test
  void refused_forcedTokenToo_isNotForcedAgainAtOnceAndSaysWhenToRetry() {
    connect(ADA);
    TokenSet first = tokens.get(ADA);
    TokenSet second = tokens.refused(ADA, first.accessToken());
    clear();

    OAuthException again =
        catchThrowableOfType(OAuthException.class, () -> tokens.refused(ADA, second.accessToken()));
    OAuthException got = catchThrowableOfType(OAuthException.class, () -> tokens.get(ADA));

    assertThat(again.verdict()).isEqualTo(Verdict.PASSING);
    assertThat(again.isRetryable()).isTrue();
    assertThat(again.retryAfter()).contains(BACKOFF);
    assertThat(again.needsReauthorization()).isFalse();
    assertThat(got).as("a fresh instance").isNotSameAs(again).hasMessageContaining("acme");
    assertThat(ampersand.requests()).isEmpty();

    clock.advance(BACKOFF);
    assertThat(tokens.get(ADA)).isNotIn(first, second);
    assertThat(forced()).isEqualTo(1);
  }

  @Test
  void refused_ampersandReturnsTheSameToken_isNotHandedOutAgain() {
    try (ApiServer server = new ApiServer()) {
      String same = connection("same", "2026-11-25T12:00:00Z");
      server.json(200, "[" + ApiServer.CONNECTION + "]").json(200, same).json(200, same);
      AmpersandTokens stubborn = AmpersandTokens.builder(server.client()).clock(clock).build();
      Secret sent = stubborn.get(ADA).accessToken();

      assertThatExceptionOfType(OAuthException.class).isThrownBy(() -> stubborn.refused(ADA, sent));
      assertThatExceptionOfType(OAuthException.class).isThrownBy(() -> stubborn.get(ADA));
      assertThat(server.requestCount()).isEqualTo(3);
    }
  }

  // Ampersand does not answer

  @Test
  void get_ampersandAwayWithATokenThatMayWork_handsItOutAndPausesTwiceAsLongEachTime() {
    connect(ADA);
    TokenSet good = tokens.get(ADA);
    clock.advance(EXPIRED);
    clear();
    for (int i = 0; i < 4; i++) {
      ampersand.nextRequest(Fault.respond(500));
    }

    List<Integer> requests = new ArrayList<>();
    for (int second = 0; second < 8; second++) {
      for (int i = 0; i < 20; i++) {
        assertThat(tokens.get(ADA)).isSameAs(good);
      }
      requests.add(ampersand.requests().size());
      clock.advance(BACKOFF);
    }

    assertThat(requests).containsExactly(1, 2, 2, 3, 3, 3, 3, 4);
  }

  @Test
  void get_ampersandAwayAndBack_worksAgainAndThePausesBeginAnew() {
    connect(ADA);
    ampersand.nextRequest(Fault.respond(500));
    ApiException first = catchThrowableOfType(ApiException.class, () -> tokens.get(ADA));
    clock.advance(BACKOFF);

    tokens.get(ADA);
    clock.advance(EXPIRED);
    ampersand.nextRequest(Fault.respond(500));
    clear();
    tokens.get(ADA);
    clock.advance(BACKOFF);
    tokens.get(ADA);

    assertThat(first.isRetryable()).isTrue();
    assertThat(first.retryAfter()).contains(BACKOFF);
    assertThat(first.connection()).contains(ADA);
    assertThat(ampersand.requests()).hasSize(2);
  }

  @Test
  void get_ampersandAwayWithoutAToken_failsEachCallerWithAnExceptionOfItsOwn() {
    connect(ADA);
    ampersand.nextRequest(Fault.respond(500));

    ApiException first = catchThrowableOfType(ApiException.class, () -> tokens.get(ADA));
    ApiException second = catchThrowableOfType(ApiException.class, () -> tokens.get(ADA));

    assertThat(second).isNotSameAs(first);
    assertThat(second.getCause()).isSameAs(first.getCause());
    assertThat(ampersand.requests()).hasSize(1);
  }

  @Test
  void get_ampersandThrottles_isLeftAloneForAsLongAsItSays() {
    connect(ADA);
    connect(GRACE);
    ampersand.nextRequest(Fault.problem(429, true).header("Retry-After", "120"));

    ApiException throttled = catchThrowableOfType(ApiException.class, () -> tokens.get(ADA));
    ApiException other = catchThrowableOfType(ApiException.class, () -> tokens.get(GRACE));
    clock.advance(Duration.ofSeconds(119));
    assertThatExceptionOfType(ApiException.class).isThrownBy(() -> tokens.get(GRACE));

    assertThat(throttled.retryAfter()).contains(Duration.ofMinutes(2));
    assertThat(other.retryAfter()).contains(Duration.ofMinutes(2));
    assertThat(other.connection()).contains(GRACE);
    assertThat(ampersand.requests()).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(tokens.get(GRACE)).isNotNull();
  }

  @Test
  void get_oneConnectionFails_othersAreAskedForAllTheSame() {
    connect(ADA);
    connect(GRACE);
    ampersand.nextRequest(Fault.respond(500));

    assertThatExceptionOfType(ApiException.class).isThrownBy(() -> tokens.get(ADA));

    assertThat(tokens.get(GRACE)).isNotNull();
  }

  // What Ampersand says about the connection

  @Test
  void get_neverConnected_isNotConnected() {
    NotConnectedException absent =
        catchThrowableOfType(NotConnectedException.class, () -> tokens.get(ADA));

    assertThat(absent.connection()).contains(ADA);
    assertThat(absent.isRetryable()).isFalse();
    assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> tokens.get(ADA));
    assertThat(ampersand.requests()).as("remembered for a moment").hasSize(1);
    connect(ADA);
    clock.advance(BACKOFF);
    assertThat(tokens.get(ADA)).isNotNull();
  }

  @Test
  void get_connectionDeleted_isNotConnected() {
    String id = connect(ADA);
    tokens.get(ADA);
    client.connections().delete(id);
    clock.advance(EXPIRED);

    assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> tokens.get(ADA));
    assertThat(tokens.status(ADA).kind()).isEqualTo(Kind.ABSENT);
  }

  @Test
  void get_connectionDeletedAndMadeAnew_isFoundUnderItsNewId() {
    String id = connect(ADA);
    TokenSet old = tokens.get(ADA);
    client.connections().delete(id);
    String newId = connect(ADA);
    clock.advance(EXPIRED);

    TokenSet got = tokens.get(ADA);

    assertThat(newId).isNotEqualTo(id);
    assertThat(got).isNotEqualTo(old);
  }

  @Test
  void get_grantEnded_needsConsentAndWorksAfterIt() {
    String id = connect(ADA);
    tokens.get(ADA);
    salesforce.revokeAll();
    clock.advance(EXPIRED);

    OAuthException ended = catchThrowableOfType(OAuthException.class, () -> tokens.get(ADA));
    OAuthException second = catchThrowableOfType(OAuthException.class, () -> tokens.get(ADA));
    ampersand.complete(salesforce.approve(tokens.reconnectUrl(ADA)));
    tokens.forget(ADA);

    assertThat(ended.verdict()).isEqualTo(Verdict.FINAL);
    assertThat(ended.reason()).isEqualTo(Reason.REVOKED_OR_EXPIRED);
    assertThat(ended.actor()).isEqualTo(Actor.END_USER);
    assertThat(ended.remedy()).isEqualTo("Connect again.");
    assertThat(ended.connection()).contains(ADA);
    assertThat(ended.isRetryable()).isFalse();
    assertThat(ended).hasMessageContaining(id).isNotSameAs(second);
    assertThat(tokens.get(ADA)).isNotNull();
    assertThat(ampersand.connectionIds()).containsExactly(id);
  }

  @Test
  void refused_grantEnded_needsConsent() {
    connect(ADA);
    Secret sent = tokens.get(ADA).accessToken();
    salesforce.revokeAll();

    OAuthException ended =
        catchThrowableOfType(OAuthException.class, () -> tokens.refused(ADA, sent));

    assertThat(ended.needsReauthorization()).isTrue();
    assertThatExceptionOfType(OAuthException.class)
        .as("the refused token is not handed out")
        .isThrownBy(() -> tokens.get(ADA));
  }

  @Test
  void reconnectUrl_neverConnected_isNotConnected() {
    NotConnectedException absent =
        catchThrowableOfType(NotConnectedException.class, () -> tokens.reconnectUrl(ADA));

    assertThat(absent.connection()).contains(ADA);
  }

  @Test
  void get_severalConnections_namesThemAndSendsNoToken() {
    String first = connect(ADA);
    TokenSet held =
        client
            .connections()
            .getWithRefreshToken(first, Connections.Refresh.NEVER)
            .tokens()
            .orElseThrow();
    String second =
        client
            .connections()
            .importConnection(ConnectionImport.builder(ADA, held).workspaceRef("acme").build())
            .id();

    ProtocolException several =
        catchThrowableOfType(ProtocolException.class, () -> tokens.get(ADA));
    GrantStatus status = tokens.status(ADA);

    assertThat(several).hasMessageContainingAll(first, second);
    assertThat(several.connection()).contains(ADA);
    assertThat(status.kind()).isEqualTo(Kind.FOREIGN);
    assertThat(status.actor()).contains(Actor.DEVELOPER);
    assertThat(status.remedy().orElseThrow()).contains(first, second);
  }

  // status

  @Test
  void status_connectionWorks_isActiveWithItsFacts() {
    String id = connect(ADA);

    GrantStatus status = tokens.status(ADA);

    assertThat(status.kind()).isEqualTo(Kind.ACTIVE);
    assertThat(status.connection()).isEqualTo(ADA);
    assertThat(status.ampersandConnection()).contains(id);
    assertThat(status.scopes().contains("api")).isTrue();
    assertThat(status.clientId()).contains(salesforce.consumerKey());
    assertThat(status.identity().orElseThrow()).endsWith(salesforce.userId());
    assertThat(status.tokensAt()).contains(MovableClock.START);
    assertThat(status.reason()).isEmpty();
  }

  @Test
  void status_credentialsRefused_needsConsent() {
    String id = connect(ADA);
    ampersand.setConnectionStatus(id, "bad_credentials");

    GrantStatus status = tokens.status(ADA);

    assertThat(status.kind()).isEqualTo(Kind.NEEDS_CONSENT);
    assertThat(status.reason()).contains(Reason.REVOKED_OR_EXPIRED);
    assertThat(status.actor()).contains(Actor.END_USER);
    assertThat(status.remedy()).contains("Connect again.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"created", "working", "added_later"})
  void status_nothingIsAgainstIt_isActive(String word) {
    String id = connect(ADA);
    ampersand.setConnectionStatus(id, word);

    assertThat(tokens.status(ADA).kind()).isEqualTo(Kind.ACTIVE);
  }

  @Test
  void status_asksAmpersandEachTimeAndNeverMemory() {
    String id = connect(ADA);
    tokens.get(ADA);

    assertThat(tokens.status(ADA).kind()).isEqualTo(Kind.ACTIVE);
    client.connections().delete(id);

    assertThat(tokens.status(ADA).kind()).isEqualTo(Kind.ABSENT);
  }

  @Test
  void status_ampersandAway_throwsWithTheConnection() {
    connect(ADA);
    ampersand.nextRequest(Fault.respond(500));

    AmpersandException failure =
        catchThrowableOfType(AmpersandException.class, () -> tokens.status(ADA));

    assertThat(failure.connection()).contains(ADA);
  }

  // the end

  @Test
  void close_laterCalls_areRefused() {
    connect(ADA);
    Secret sent = tokens.get(ADA).accessToken();

    tokens.close();
    tokens.close();

    assertThatIllegalStateException().isThrownBy(() -> tokens.get(ADA));
    assertThatIllegalStateException().isThrownBy(() -> tokens.refused(ADA, sent));
    assertThatIllegalStateException().isThrownBy(() -> tokens.status(ADA));
    assertThatIllegalStateException().isThrownBy(() -> tokens.reconnectUrl(ADA));
  }

  @Test
  void close_requestUnderWay_isFinishedForItsCallers() throws Exception {
    connect(ADA);
    Gate gate = new Gate();
    ampersand.nextRequest(Fault.holdRequest(gate));
    FutureTask<TokenSet> caller = new FutureTask<>(() -> tokens.get(ADA));
    waiting(caller);

    tokens.close();
    gate.release();

    assertThat(caller.get(30, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void builder_nonsense_isRefused() {
    AmpersandTokens.Builder builder = AmpersandTokens.builder(client);

    for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(40_000))) {
      assertThatIllegalArgumentException().isThrownBy(() -> builder.cacheFor(wrong));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.backoff(wrong));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxWait(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.cacheSize(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxRequests(0));
    assertThat(builder.maxWait(Duration.ofDays(400_000)).build()).isNotNull();
  }

  @Test
  void toString_ofEverything_showsNoToken() {
    connect(ADA);
    String token = tokens.get(ADA).accessToken().reveal();

    assertThat(tokens.toString()).doesNotContain(token).contains(client.project());
  }
}
