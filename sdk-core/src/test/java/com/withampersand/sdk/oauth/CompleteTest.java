package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Declined;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One call for whatever a callback brings, with requests that are kept and with signed states. */
class CompleteTest {
  private final MovableClock clock = new MovableClock();
  private final TestApp app = new TestApp();
  private final TokenServer server = new TokenServer();
  private final Secret key = StateSigner.newKey();
  private final BrowserBinding browser = BrowserBinding.random();
  private final AuthorizationCodeFlow flow = node(new InMemoryReplayGuard(clock));

  @AfterEach
  void stop() {
    server.close();
  }

  private AuthorizationCodeFlow node(ReplayGuard guard) {
    return server.flow(app).clock(clock).states(signer(guard)).build();
  }

  private StateSigner signer(ReplayGuard guard) {
    return StateSigner.builder("k1", key).clock(clock).replayGuard(guard).build();
  }

  private AuthorizationOptions signed(String payload) {
    return AuthorizationOptions.builder().payload(payload).binding(browser).build();
  }

  private static AuthorizationOptions kept(String payload) {
    return AuthorizationOptions.builder().payload(payload).build();
  }

  private static AuthorizationCallback approved(AuthorizationRequest request) {
    return AuthorizationCallback.fromQuery("code=CODE&state=" + request.state());
  }

  private static AuthorizationCallback declined(AuthorizationRequest request) {
    return AuthorizationCallback.fromQuery("error=access_denied&state=" + request.state());
  }

  private static Reason reason(AuthorizationResult result) {
    return ((CallbackException) ((Failed) result).error()).reason();
  }

  // Signed states

  @Test
  void complete_signed_isConnectedOnAnyNodeWithThePayload() {
    server.tokens();
    AuthorizationRequest request = flow.authorize(signed("acme"));

    AuthorizationResult result =
        node(ReplayGuard.forOneNode()).complete(approved(request), browser);

    assertThat(result)
        .isInstanceOfSatisfying(
            Connected.class,
            connected -> {
              assertThat(connected.payload()).isEqualTo("acme");
              assertThat(connected.tokens().accessToken()).isEqualTo(Secret.of("ACCESS-TOKEN"));
            });
  }

  @Test
  void complete_signedAndDeclined_namesWhoDeclined() {
    AuthorizationResult result = flow.complete(declined(flow.authorize(signed("acme"))), browser);

    assertThat(result)
        .isInstanceOfSatisfying(
            Declined.class,
            declined -> {
              assertThat(declined.payload()).isEqualTo("acme");
              assertThat(declined.reason().error()).isEqualTo("access_denied");
            });
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void complete_signedTwice_failsWithThePayload() {
    server.tokens();
    AuthorizationRequest request = flow.authorize(signed("acme"));
    flow.complete(approved(request), browser);

    AuthorizationResult again = flow.complete(approved(request), browser);

    assertThat(reason(again)).isEqualTo(Reason.STATE_REUSED);
    assertThat(again.payload()).isEqualTo("acme");
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void complete_signedTwiceOnNodesWithOneGuard_isConnectedOnce() {
    ReplayGuard shared = new InMemoryReplayGuard(clock);
    server.tokens();
    AuthorizationRequest request = node(shared).authorize(signed("acme"));

    AuthorizationResult first = node(shared).complete(approved(request), browser);
    AuthorizationResult second = node(shared).complete(approved(request), browser);

    assertThat(first).isInstanceOf(Connected.class);
    assertThat(reason(second)).isEqualTo(Reason.STATE_REUSED);
  }

  @Test
  void complete_signedAndLate_failsWithThePayload() {
    AuthorizationRequest request = flow.authorize(signed("acme"));
    clock.advance(Duration.ofMinutes(31));

    AuthorizationResult late = flow.complete(approved(request), browser);

    assertThat(reason(late)).isEqualTo(Reason.STATE_EXPIRED);
    assertThat(late.payload()).isEqualTo("acme");
  }

  @Test
  void complete_signedInAnotherBrowser_failsWithoutThePayload() {
    AuthorizationRequest request = flow.authorize(signed("acme"));

    AuthorizationResult stolen = flow.complete(approved(request), BrowserBinding.random());
    AuthorizationResult declined =
        flow.complete(declined(request), BrowserBinding.fromCookie(null));

    assertThat(reason(stolen)).isEqualTo(Reason.STATE_FOREIGN);
    assertThat(stolen.payload()).isEmpty();
    assertThat(reason(declined)).isEqualTo(Reason.STATE_FOREIGN);
    assertThat(declined.payload()).isEmpty();
  }

  @Test
  void complete_signedForAnotherHostClientOrCallback_isNotExchanged() {
    TestApp otherClient = new TestApp();
    otherClient.clientId = "another";
    TestApp otherCallback = new TestApp();
    otherCallback.callback = URI.create("https://app.example/other");
    StateSigner signer = signer(ReplayGuard.forOneNode());
    AuthorizationCodeFlow otherHost =
        AuthorizationCodeFlow.builder(
                app, URI.create("https://other.example/authorize"), server.uri("/token"))
            .states(signer)
            .clock(clock)
            .build();

    for (AuthorizationCodeFlow other :
        new AuthorizationCodeFlow[] {
          server.flow(otherClient).clock(clock).states(signer).build(),
          server.flow(otherCallback).clock(clock).states(signer).build(),
          otherHost
        }) {
      AuthorizationRequest request = other.authorize(signed("acme"));

      AuthorizationResult result = flow.complete(approved(request), browser);

      assertThat(reason(result)).isEqualTo(Reason.STATE_MISMATCH);
    }
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void complete_signedButThrottled_mayBeCompletedAgain() {
    server.answer(429, "application/json", "{\"error\":\"slow_down\"}");
    server.tokens();
    AuthorizationRequest request = flow.authorize(signed("acme"));

    AuthorizationResult throttled = flow.complete(approved(request), browser);
    AuthorizationResult again = flow.complete(approved(request), browser);

    assertThat(((Failed) throttled).error().isRetryable()).isTrue();
    assertThat(again).isInstanceOf(Connected.class);
  }

  @Test
  void complete_guardCannotTell_failsAndMayBeCompletedAgain() {
    AwayOnce guard = new AwayOnce();
    AuthorizationCodeFlow guarded = node(guard);
    server.tokens();
    AuthorizationRequest request = guarded.authorize(signed("acme"));

    AuthorizationResult away = guarded.complete(approved(request), browser);
    AuthorizationResult again = guarded.complete(approved(request), browser);

    assertThat(((Failed) away).error().isRetryable()).isTrue();
    assertThat(away.payload()).isEqualTo("acme");
    assertThat(again).isInstanceOf(Connected.class);
  }

  @Test
  void complete_guardThrowsAnything_failsRetryablyWithoutQuotingIt() {
    AuthorizationCodeFlow guarded =
        node(
            guard(
                () -> {
                  throw new IllegalStateException("CANARY");
                },
                () -> {}));
    AuthorizationRequest request = guarded.authorize(signed("acme"));

    Failed failed = (Failed) guarded.complete(approved(request), browser);

    assertThat(failed.error().isRetryable()).isTrue();
    assertThat(failed.error()).hasMessageContaining("IllegalStateException").hasNoCause();
    assertThat(failed.error().toString()).doesNotContain("CANARY");
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void complete_throttledAndTheGuardCannotUnmark_isNotRetryable() {
    AuthorizationCodeFlow guarded =
        node(
            guard(
                () -> true,
                () -> {
                  throw new IllegalStateException("redis is away");
                }));
    server.answer(429, "application/json", "{\"error\":\"slow_down\"}");
    AuthorizationRequest request = guarded.authorize(signed("acme"));

    Failed failed = (Failed) guarded.complete(approved(request), browser);

    assertThat(failed.error()).isInstanceOf(OAuthException.class);
    assertThat(failed.error().isRetryable()).isFalse();
  }

  @Test
  void complete_neverSentAndTheGuardCannotUnmark_isNotRetryable() {
    AuthorizationCodeFlow guarded =
        node(
            guard(
                () -> true,
                () -> {
                  throw new IllegalStateException("redis is away");
                }));
    AuthorizationRequest request = guarded.authorize(signed("acme"));
    server.close();

    Failed failed = (Failed) guarded.complete(approved(request), browser);

    assertThat(failed.error()).isInstanceOf(TransportException.class);
    assertThat(failed.error().isRetryable()).isFalse();
  }

  private static ReplayGuard guard(BooleanSupplier marks, Runnable unmarks) {
    return new ReplayGuard() {
      @Override
      public boolean markUsed(String nonce, Instant expiresAt) {
        return marks.getAsBoolean();
      }

      @Override
      public void markUnused(String nonce) {
        unmarks.run();
      }
    };
  }

  @Test
  void complete_declinedLongAfterTheStateExpired_isLate() {
    AuthorizationRequest request = flow.authorize(signed("acme"));
    clock.advance(Duration.ofDays(3));

    assertThat(reason(flow.complete(declined(request), browser))).isEqualTo(Reason.STATE_EXPIRED);
  }

  @Test
  void exchange_requestThatExpectsAnOrg_isNotForAFlowThatCannotTell() {
    AuthorizationCodeFlow checking = server.flow(app).clock(clock).checksOrg().build();
    AuthorizationRequest request =
        checking.authorize(AuthorizationOptions.builder().expectOrg("org-1").build());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow.exchange(request, approved(request)))
        .withMessageContaining("which org");
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void verifyCallbackIssuer_beforeOrAfterTheIssuer_decides() {
    for (AuthorizationCodeFlow lenient :
        new AuthorizationCodeFlow[] {
          server.flow(app).issuer(server.uri("/as")).verifyCallbackIssuer(named -> true).build(),
          server.flow(app).verifyCallbackIssuer(named -> true).issuer(server.uri("/as")).build()
        }) {
      server.tokens();
      AuthorizationRequest request = lenient.authorize();

      AuthorizationResult result =
          lenient.complete(
              AuthorizationCallback.fromQuery(
                  "code=C&iss=https%3A%2F%2Fx&state=" + request.state()),
              request);

      assertThat(result).isInstanceOf(Connected.class);
    }
  }

  @Test
  void revoke_withoutAuthenticationAndWithoutItsSecret_isDone() {
    AuthorizationCodeFlow open =
        server
            .flow(app)
            .revocationEndpoint(server.uri("/revoke"), ClientAuthentication.NONE)
            .build();
    server.tokens();
    server.answer(200, "text/plain", "");
    AuthorizationRequest request = open.authorize();
    TokenSet tokens = open.exchange(request, approved(request));
    app.secretIsAway = true;

    open.revoke(tokens);

    server.takeRequest();
    assertThat(server.takeForm()).doesNotContainKey("client_secret").containsKey("token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mac", "DPoP", "N_A"})
  void exchange_tokensOfATypeThatCannotBeUsed_areRevoked(String type) {
    AuthorizationCodeFlow flow = server.flow(app).revocationEndpoint(server.uri("/revoke")).build();
    server.answer(
        200,
        "application/json",
        "{\"access_token\":\"A\",\"refresh_token\":\"R\",\"token_type\":\"%s\"}".formatted(type));
    server.answer(200, "text/plain", "");
    AuthorizationRequest request = flow.authorize();

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> flow.exchange(request, approved(request)))
        .withMessageContaining("a token_type other than Bearer");

    server.takeRequest();
    assertThat(server.takeForm()).containsEntry("token", "R");
  }

  @ParameterizedTest
  @ValueSource(strings = {"code=C", "error=access_denied", "code=C&state=s"})
  void complete_browserWithoutSigner_isRefusedWhateverTheCallbackSays(String query) {
    AuthorizationCodeFlow flow = server.flow(app).build();

    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(
            () -> flow.complete(AuthorizationCallback.fromQuery(query), BrowserBinding.random()));
  }

  private static final class AwayOnce implements ReplayGuard {
    private boolean isBack;

    @Override
    public boolean markUsed(String nonce, Instant expiresAt) {
      if (!isBack) {
        isBack = true;
        throw new TokenStoreException("The database is away.", true, null);
      }
      return true;
    }

    @Override
    public void markUnused(String nonce) {}
  }

  @Test
  void authorize_boundWithoutSigner_saysWhatIsMissing() {
    AuthorizationCodeFlow plain = server.flow(app).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> plain.authorize(signed("acme")))
        .withMessageContaining("states(signer)");
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> plain.complete(approved(plain.authorize()), browser));
  }

  @Test
  void recover_request_hasWhatTheStateHoldsAndNoUrl() {
    AuthorizationRequest sent = flow.authorize(signed("acme"));

    AuthorizationRequest recovered = flow.recover(approved(sent), browser);

    assertThat(recovered.id()).isEqualTo(sent.id());
    assertThat(recovered.payload()).isEqualTo("acme");
    assertThat(recovered.scopes()).isEqualTo(sent.scopes());
    assertThat(recovered.issuer()).isEqualTo(sent.issuer());
    assertThat(recovered.expiresAt()).isEqualTo(sent.expiresAt());
    assertThatIllegalStateException().isThrownBy(recovered::url);
    assertThatIllegalStateException().isThrownBy(recovered::toJson);
  }

  // Kept requests

  @Test
  void complete_keptByItsId_isConnectedWithThePayload() {
    server.tokens();
    AuthorizationRequest request = flow.authorize(kept("acme"));
    AuthorizationCallback callback = approved(request);

    AuthorizationResult result = flow.complete(callback, request);

    assertThat(callback.requestId()).contains(request.id());
    assertThat(result).isInstanceOf(Connected.class);
    assertThat(result.payload()).isEqualTo("acme");
  }

  @Test
  void complete_keptAndDeclinedWithoutState_namesWhoDeclined() {
    AuthorizationRequest request = flow.authorize(kept("acme"));

    AuthorizationResult result =
        flow.complete(AuthorizationCallback.fromQuery("error=access_denied"), request);

    assertThat(result).isInstanceOf(Declined.class);
    assertThat(result.payload()).isEqualTo("acme");
  }

  @Test
  void complete_requestOfAnotherTab_failsWithoutItsPayload() {
    AuthorizationResult result =
        flow.complete(approved(flow.authorize(kept("acme"))), flow.authorize(kept("globex")));

    assertThat(reason(result)).isEqualTo(Reason.STATE_MISMATCH);
    assertThat(result.payload()).isEmpty();
  }

  @Test
  void complete_nothingKept_fails() {
    @Nullable AuthorizationRequest nothing = null;

    AuthorizationResult unknown = flow.complete(approved(flow.authorize()), nothing);
    AuthorizationResult stateless =
        flow.complete(AuthorizationCallback.fromQuery("code=CODE"), nothing);

    assertThat(reason(unknown)).isEqualTo(Reason.STATE_MISMATCH);
    assertThat(reason(stateless)).isEqualTo(Reason.STATE_MISSING);
  }

  @Test
  void complete_errorWithoutStateAndNothingKept_isExplained() {
    AuthorizationResult refused =
        flow.complete(AuthorizationCallback.fromQuery("error=unauthorized_client"), browser);
    AuthorizationResult declined =
        flow.complete(AuthorizationCallback.fromQuery("error=access_denied"), browser);

    assertThat(((Failed) refused).error())
        .isInstanceOfSatisfying(
            OAuthException.class, e -> assertThat(e.error()).isEqualTo("unauthorized_client"));
    assertThat(declined).isInstanceOf(Declined.class);
  }

  @Test
  void complete_refusedExchange_failsWithThePayload() {
    server.answer(400, "application/json", "{\"error\":\"invalid_grant\"}");
    AuthorizationRequest request = flow.authorize(kept("acme"));

    AuthorizationResult result = flow.complete(approved(request), request);

    assertThat(result).isInstanceOf(Failed.class);
    assertThat(result.payload()).isEqualTo("acme");
    assertThat(((Failed) result).error().isRetryable()).isFalse();
  }

  // Issuers, and grants that are not taken

  @ParameterizedTest
  @ValueSource(strings = {"code=CODE", "error=access_denied"})
  void exchange_callbackOfAnotherIssuer_isNotTakenAndDoesNotUseTheRequestUp(String answer) {
    AuthorizationCodeFlow strict =
        server.flow(app).issuer(URI.create("https://honest.example")).build();
    AuthorizationRequest request = strict.authorize(kept("acme"));
    String query = answer + "&state=" + request.state();

    AuthorizationResult mixedUp =
        strict.complete(
            AuthorizationCallback.fromQuery(query + "&iss=https%3A%2F%2Fevil.example"), request);
    server.tokens();
    AuthorizationResult right =
        strict.complete(
            AuthorizationCallback.fromQuery(query + "&iss=https%3A%2F%2Fhonest.example"), request);

    assertThat(reason(mixedUp)).isEqualTo(Reason.ISSUER_MISMATCH);
    assertThat(right).isNotInstanceOf(Failed.class);
  }

  @Test
  void exchange_issuerThatWasNotSet_isNotCompared() {
    server.tokens();
    AuthorizationRequest request = flow.authorize();

    AuthorizationResult result =
        flow.complete(
            AuthorizationCallback.fromQuery(
                "code=CODE&iss=https%3A%2F%2Fany.example&state=" + request.state()),
            request);

    assertThat(result).isInstanceOf(Connected.class);
  }

  @Test
  void exchange_answerThatIsRefused_isRevoked() {
    AuthorizationCodeFlow strict =
        server
            .flow(app)
            .revocationEndpoint(server.uri("/revoke"))
            .verifyTokens(
                (tokens, secret) -> {
                  throw new ProtocolException("not the provider's", true);
                })
            .build();
    server.tokens();
    server.answer(200, "text/plain", "");
    AuthorizationRequest request = strict.authorize();

    AuthorizationResult result = strict.complete(approved(request), request);

    assertThat(((Failed) result).error()).isInstanceOf(ProtocolException.class);
    server.takeRequest();
    assertThat(server.takeRequest().getTarget()).isEqualTo("/revoke");
  }

  @Test
  void exchange_answerThatIsRefusedAndCannotBeRevoked_isStillRefused() {
    AuthorizationCodeFlow strict =
        server
            .flow(app)
            .revocationEndpoint(server.uri("/revoke"))
            .refineTokens(
                tokens -> {
                  throw new ProtocolException("not good enough", true);
                })
            .build();
    server.tokens();
    server.answer(503, "text/plain", "");
    AuthorizationRequest request = strict.authorize();

    AuthorizationResult result = strict.complete(approved(request), request);

    assertThat(((Failed) result).error()).hasMessageContaining("not good enough");
    assertThat(((Failed) result).error().getSuppressed()).hasSize(1);
  }

  @Test
  void authorize_expectedOrgThatNoOneChecks_isRefused() {
    AuthorizationOptions options = AuthorizationOptions.builder().expectOrg("org-1").build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow.authorize(options))
        .withMessageContaining("expectOrg");
  }
}
