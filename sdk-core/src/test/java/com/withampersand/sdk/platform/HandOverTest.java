package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow.ClientAuthentication;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.MovableClock;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.ReceivedRequest;
import com.withampersand.sdk.token.FreshTokens;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.TokenStore;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A grant has one owner: once it is Ampersand's, nobody here refreshes it. */
class HandOverTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final Duration EXPIRED = Duration.ofMinutes(31);
  private static final String TOKEN_PATH = "/services/oauth2/token";

  private final MovableClock clock = new MovableClock();
  private final FakeSalesforce salesforce = FakeSalesforce.builder().clock(clock).start();
  private final FakeAmpersand ampersand = FakeAmpersand.builder(salesforce).clock(clock).start();
  private final TokenStore store = new InMemoryTokenStore();
  private final AmpersandClient client =
      AmpersandClient.builder(ampersand.projectId(), Secret.of(ampersand.apiKey()))
          .baseUrl(ampersand.apiUri())
          .clock(clock)
          .build();
  private final AuthorizationCodeFlow flow =
      AuthorizationCodeFlow.builder(
              app(),
              URI.create(salesforce.uri() + "/services/oauth2/authorize"),
              URI.create(salesforce.uri() + TOKEN_PATH))
          .revocationEndpoint(
              URI.create(salesforce.uri() + "/services/oauth2/revoke"), ClientAuthentication.NONE)
          .clock(clock)
          .build();
  private final FreshTokens fresh = fresh();

  private DeclaredApp app() {
    DeclaredApp app = new DeclaredApp();
    app.clientId = salesforce.consumerKey();
    app.secret = Secret.of(salesforce.consumerSecret());
    app.scopes = Scopes.of("api", "id", "refresh_token");
    app.callback = URI.create("http://localhost:8080/callback");
    return app;
  }

  private FreshTokens fresh() {
    return fresh(store);
  }

  private FreshTokens fresh(TokenStore store) {
    return FreshTokens.builder(flow, store)
        .clock(clock)
        .keeper(
            AmpersandGrants.of(
                client,
                (key, tokens) ->
                    ConnectionImport.builder(key, tokens).workspaceRef("acme").build()))
        .build();
  }

  @BeforeEach
  void connectHere() {
    salesforce.registerCallback(URI.create("http://localhost:8080/callback"));
    ampersand.addProviderApp(
        "salesforce",
        salesforce.consumerKey(),
        salesforce.consumerSecret(),
        "api",
        "id",
        "refresh_token");
    AuthorizationRequest request = flow.authorize();
    fresh.save(
        ADA,
        flow.exchange(request, AuthorizationCallback.parse(salesforce.approve(request.url()))));
    salesforce.clearRequests();
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private TokenSet stored() {
    return store.find(ADA).orElseThrow();
  }

  private List<ReceivedRequest> imports() {
    return ampersand.requests("/v1/projects/" + ampersand.projectId() + "/connections:generate");
  }

  @Test
  void handOver_grant_isImportedOnceAndLosesItsRefreshTokenHere() {
    String id = fresh.handOver(ADA);

    assertThat(ampersand.connectionIds()).containsExactly(id);
    assertThat(stored().refreshToken()).isEmpty();
    assertThat(fresh.handOver(ADA)).isEqualTo(id);
    assertThat(fresh().handOver(ADA)).isEqualTo(id);
    assertThat(imports()).hasSize(1);
    assertThat(imports().get(0).body()).contains("\"providerWorkspaceRef\":\"acme\"");
  }

  @Test
  void handOver_manyThreads_importsOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<String> handOver = () -> fresh().handOver(ADA);
      List<Future<String>> ids = threads.invokeAll(Collections.nCopies(8, handOver));
      for (Future<String> id : ids) {
        assertThat(id.get()).isEqualTo(ampersand.connectionIds().get(0));
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(imports()).hasSize(1);
  }

  @Test
  void get_afterHandOver_asksAmpersandAndDoesNotRefreshHere() {
    salesforce.rotateRefreshTokens(true);
    TokenSet old = stored();
    fresh.handOver(ADA);
    clock.advance(EXPIRED);
    salesforce.expireSessions();

    TokenSet tokens = fresh.get(ADA);
    TokenSet again = fresh.get(ADA);
    TokenSet elsewhere = fresh().get(ADA);

    assertThat(tokens.accessToken()).isNotEqualTo(old.accessToken());
    assertThat(tokens.attribute("instance_url")).isEqualTo(old.attribute("instance_url"));
    assertThat(again).isEqualTo(tokens);
    assertThat(elsewhere.accessToken()).isEqualTo(tokens.accessToken());
    assertThat(salesforce.requests(TOKEN_PATH)).hasSize(1);
    assertThat(store.find(ADA).orElseThrow().refreshToken()).isEmpty();
  }

  @Test
  void call_tokenRefusedAfterHandOver_forcesOneRefreshAtAmpersand() {
    fresh.handOver(ADA);
    TokenSet old = fresh.get(ADA);

    String answer =
        fresh.call(
            ADA,
            tokens -> tokens.accessToken().equals(old.accessToken()) ? "401" : "200",
            "401"::equals);

    assertThat(answer).isEqualTo("200");
    assertThat(salesforce.requests(TOKEN_PATH)).hasSize(1);
  }

  @Test
  void get_grantEndedAfterHandOver_needsConsentAtAmpersand() {
    fresh.handOver(ADA);
    salesforce.revokeAll();
    clock.advance(EXPIRED);

    OAuthException error = catchThrowableOfType(OAuthException.class, () -> fresh.get(ADA));

    assertThat(error.needsReauthorization()).isTrue();
    assertThat(error).hasMessageContaining("reconnectUrl");
  }

  @Test
  void handOver_refused_leavesTheGrantHereAndUsable() {
    ampersand.beforeNext(() -> {});
    ampersand.failNext(422, false);

    ApiException error = catchThrowableOfType(ApiException.class, () -> fresh.handOver(ADA));
    clock.advance(EXPIRED);
    TokenSet tokens = fresh.get(ADA);

    assertThat(error.httpStatus()).isEqualTo(422);
    assertThat(tokens.refreshToken()).isPresent();
    assertThat(tokens).isEqualTo(stored());
    assertThat(salesforce.requests(TOKEN_PATH)).hasSize(1);
  }

  @Test
  void handOver_answerLostButTaken_isFoundAtOnce() {
    ampersand.beforeNext(() -> {});
    ampersand.loseNextAnswer();

    String id = fresh.handOver(ADA);

    assertThat(ampersand.connectionIds()).containsExactly(id);
    assertThat(stored().refreshToken()).isEmpty();
    assertThat(imports()).hasSize(1);
  }

  @Test
  void handOver_answerLostAndNotTaken_isToldAndSettledLater() {
    ampersand.beforeNext(() -> {});
    ampersand.dropNext();

    TransportException lost =
        catchThrowableOfType(TransportException.class, () -> fresh.handOver(ADA));
    clock.advance(EXPIRED);
    TokenSet tokens = fresh.get(ADA);

    assertThat(lost.isOutcomeUnknown()).isTrue();
    assertThat(tokens.refreshToken()).isPresent();
    assertThat(salesforce.requests(TOKEN_PATH)).as("refreshed here, as it is ours").hasSize(1);
    assertThat(fresh.handOver(ADA)).isEqualTo(ampersand.connectionIds().get(0));
  }

  @Test
  void get_whoseGrantItIsIsNotKnown_nobodyRefreshesIt() {
    ampersand.beforeNext(() -> {});
    ampersand.loseNextAnswer();
    ampersand.answerNext(500, "", "", Map.of());
    TransportException lost =
        catchThrowableOfType(TransportException.class, () -> fresh.handOver(ADA));
    ampersand.answerNext(500, "", "", Map.of());
    TokenSet meanwhile = fresh.get(ADA);
    clock.advance(EXPIRED);
    ampersand.answerNext(500, "", "", Map.of());

    assertThat(lost.isOutcomeUnknown()).isTrue();
    assertThat(meanwhile.accessToken()).isEqualTo(stored().accessToken());
    assertThatExceptionOfType(ApiException.class).isThrownBy(() -> fresh.get(ADA));
    assertThat(salesforce.requests(TOKEN_PATH)).isEmpty();
    assertThat(fresh.get(ADA).accessToken()).isNotNull();
    assertThat(fresh.handOver(ADA)).isEqualTo(ampersand.connectionIds().get(0));
  }

  @Test
  void handOver_takenButTheStoreFails_isNotTakenForOurs() {
    OneFailure failing = new OneFailure(store);
    FreshTokens unlucky = fresh(failing);
    ampersand.beforeNext(() -> {});
    failing.failsWhenTaken = true;

    String id = unlucky.handOver(ADA);
    clock.advance(EXPIRED);
    unlucky.get(ADA);

    assertThat(ampersand.connectionIds()).containsExactly(id);
    assertThat(stored().refreshToken()).isEmpty();
    assertThat(imports()).hasSize(1);
  }

  @Test
  void handOver_refusedOfAGrantThatHasEnded_leavesItsMark() {
    salesforce.revokeAll();
    assertThatExceptionOfType(OAuthException.class).isThrownBy(() -> fresh.refresh(ADA));
    TokenSet before = stored();
    ampersand.beforeNext(() -> {});
    ampersand.failNext(422, false);

    assertThatExceptionOfType(ApiException.class).isThrownBy(() -> fresh.handOver(ADA));

    assertThat(stored()).isEqualTo(before);
  }

  @Test
  void call_tokenRefusedAfterHandOverAgainAndAgain_forcesARefreshEachTime() {
    fresh.handOver(ADA);
    for (int i = 1; i <= 3; i++) {
      TokenSet refused = fresh.get(ADA);
      String answer =
          fresh.call(
              ADA,
              tokens ->
                  tokens.accessToken().equals(refused.accessToken())
                          || tokens.accessToken().equals(stored().accessToken())
                      ? "401"
                      : "200",
              "401"::equals);

      assertThat(answer).as("time %d", i).isEqualTo("200");
      assertThat(salesforce.requests(TOKEN_PATH)).hasSize(i);
    }
  }

  /** A store that does not take the news that a grant was handed over. */
  private static final class OneFailure implements TokenStore {
    private final TokenStore store;
    private boolean failsWhenTaken;

    OneFailure(TokenStore store) {
      this.store = store;
    }

    @Override
    public Optional<TokenSet> find(ConnectionKey key) {
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
    public Optional<TokenSet> update(ConnectionKey key, UnaryOperator<TokenSet> change) {
      return store.update(key, tokens -> written(change.apply(tokens)));
    }

    private TokenSet written(TokenSet changed) {
      if (failsWhenTaken && changed.refreshToken().isEmpty()) {
        failsWhenTaken = false;
        throw new TokenStoreException("The database is gone.", true, null);
      }
      return changed;
    }

    @Override
    public List<ConnectionKey> keys(@Nullable ConnectionKey after, int limit) {
      return store.keys(after, limit);
    }
  }

  @Test
  void handOver_connectionOfThatNameIsThere_isRefused() {
    fresh.handOver(ADA);
    fresh.forget(ADA);
    connectHere();

    assertThatIllegalStateException()
        .isThrownBy(() -> fresh.handOver(ADA))
        .withMessageContaining(ampersand.connectionIds().get(0));
    assertThat(stored().refreshToken()).isPresent();
    assertThat(imports()).hasSize(1);
  }

  @Test
  void handOver_withoutKeeper_isRefused() {
    FreshTokens alone = FreshTokens.builder(flow, store).clock(clock).build();

    assertThatIllegalStateException().isThrownBy(() -> alone.handOver(ADA));
    fresh.handOver(ADA);
    clock.advance(EXPIRED);
    assertThatIllegalStateException().isThrownBy(() -> alone.get(ADA));
  }

  @Test
  void disconnect_handedOver_endsTheConnectionAtAmpersand() {
    fresh.handOver(ADA);

    fresh.disconnect(ADA);

    assertThat(ampersand.connectionIds()).isEmpty();
    assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> fresh.get(ADA));
  }

  @Test
  void keepAlive_handedOver_isLeftToAmpersand() {
    fresh.handOver(ADA);
    clock.advance(Duration.ofDays(20));

    assertThat(fresh.keepAlive(Duration.ofDays(7)).renewed()).isZero();
    assertThat(salesforce.requests(TOKEN_PATH)).isEmpty();
  }
}
