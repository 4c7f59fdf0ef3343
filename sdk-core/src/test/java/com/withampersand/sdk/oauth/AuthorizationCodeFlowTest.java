package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationOptions.Prompt;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationCodeFlowTest {
  private final TokenServer server = new TokenServer();
  private final TestApp app = new TestApp();
  private final MovableClock clock = new MovableClock();
  private final AuthorizationCodeFlow flow = server.flow(app).clock(clock).build();

  @AfterEach
  void stop() {
    server.close();
  }

  private static Map<String, String> query(AuthorizationRequest request) {
    assertThat(request.location()).isEqualTo(request.url().toString());
    return TokenServer.decode(request.url().getRawQuery());
  }

  private static AuthorizationCallback callback(AuthorizationRequest request) {
    return AuthorizationCallback.fromParameters(
        Map.of("code", new String[] {"CODE=="}, "state", new String[] {request.state()}));
  }

  private TokenSet tokens() {
    server.tokens();
    AuthorizationRequest request = flow.authorize();
    TokenSet tokens = flow.exchange(request, callback(request));
    server.takeRequest();
    return tokens;
  }

  @Test
  void authorize_everyCharacter_comesThroughUnaltered() {
    app.scopes = Scopes.of("read", "a+b", "x&y=z", "100%");
    AuthorizationCodeFlow odd = server.flow(app).build();
    AuthorizationOptions options =
        AuthorizationOptions.builder()
            .prompt(Prompt.LOGIN, Prompt.CONSENT)
            .loginHint("ada+test@example.com")
            .parameter("näme &", "värt=1&2 +%€😀~")
            .build();

    Map<String, String> query = query(odd.authorize(options));

    assertThat(query)
        .containsEntry("response_type", "code")
        .containsEntry("client_id", "client id&1")
        .containsEntry("redirect_uri", "https://example.com/callback?tenant=a%20b&x=1")
        .containsEntry("scope", "read a+b x&y=z 100%")
        .containsEntry("prompt", "login consent")
        .containsEntry("login_hint", "ada+test@example.com")
        .containsEntry("näme &", "värt=1&2 +%€😀~");
  }

  @Test
  void authorize_onTheWire_spacesAreNeverPlusSigns() {
    assertThat(flow.authorize().url().getRawQuery())
        .contains("scope=read%20write%3Aall")
        .doesNotContain("+");
  }

  @Test
  void authorize_endpointWithQuery_keepsIt() {
    AuthorizationCodeFlow withQuery =
        AuthorizationCodeFlow.builder(app, server.uri("/authorize?tenant=1"), server.uri("/token"))
            .build();

    assertThat(query(withQuery.authorize()))
        .containsEntry("tenant", "1")
        .containsEntry("response_type", "code");
  }

  @Test
  void authorize_appWithoutScopes_leavesTheParameterOut() {
    app.scopes = Scopes.none();

    assertThat(query(server.flow(app).build().authorize()))
        .containsOnlyKeys("response_type", "client_id", "redirect_uri", "state");
  }

  @Test
  void authorize_fewerScopes_asksForThese() {
    AuthorizationRequest request =
        flow.authorize(AuthorizationOptions.builder().scopes(Scopes.of("read")).build());

    assertThat(query(request)).containsEntry("scope", "read");
    assertThat(request.scopes()).isEqualTo(Scopes.of("read"));
  }

  @Test
  void authorize_scopesTheAppLacks_isRefused() {
    AuthorizationOptions options =
        AuthorizationOptions.builder().scopes(Scopes.of("read", "admin")).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow.authorize(options))
        .withMessageContaining("admin")
        .withMessageNotContaining("read");
  }

  @Test
  void exchange_onTheWire_isOneFormOfFiveMembers() {
    server.tokens();
    AuthorizationRequest request = flow.authorize();

    flow.exchange(request, callback(request));

    RecordedRequest sent = server.takeRequest();
    assertThat(TokenServer.form(sent))
        .isEqualTo(
            Map.of(
                "grant_type", "authorization_code",
                "code", "CODE==",
                "redirect_uri", "https://example.com/callback?tenant=a%20b&x=1",
                "client_id", "client id&1",
                "client_secret", TestApp.SECRET));
    assertThat(sent.getMethod() + " " + sent.getTarget()).isEqualTo("POST /token");
    assertThat(sent.getHeaders().get("Content-Type"))
        .isEqualTo("application/x-www-form-urlencoded");
    assertThat(sent.getHeaders().get("Accept")).isEqualTo("application/json");
    assertThat(sent.getHeaders().get("User-Agent"))
        .matches("ampersand-sdk-java/\\d+\\.\\d+\\.\\d+\\S* .*");
    assertThat(sent.getHeaders().get("Authorization")).isNull();
  }

  @Test
  void exchange_tokenEndpointWithQuery_keepsIt() {
    AuthorizationCodeFlow withQuery =
        AuthorizationCodeFlow.builder(
                app, server.uri("/authorize"), server.uri("/token?tenant=a%20b"))
            .build();
    server.tokens();
    AuthorizationRequest request = withQuery.authorize();

    withQuery.exchange(request, callback(request));

    assertThat(server.takeRequest().getTarget()).isEqualTo("/token?tenant=a%20b");
  }

  @Test
  void exchange_requestThatWasWrittenDown_isTaken() {
    server.tokens();
    AuthorizationRequest request = AuthorizationRequest.fromJson(flow.authorize().toJson());

    assertThat(flow.exchange(request, callback(request)).scopes()).isEqualTo(app.scopes());
  }

  @Test
  void exchange_answerNamesNoScopes_takesThoseAskedFor() {
    assertThat(tokens().scopes()).isEqualTo(app.scopes());
  }

  @Test
  void refresh_onTheWire_isOneFormOfFourMembers() {
    TokenSet tokens = tokens();
    server.tokens();

    flow.refresh(tokens);

    assertThat(server.takeForm())
        .isEqualTo(
            Map.of(
                "grant_type", "refresh_token",
                "refresh_token", "REFRESH-TOKEN",
                "client_id", "client id&1",
                "client_secret", TestApp.SECRET));
  }

  @Test
  void refresh_everyCharacterOfATokenThatFormsEscape_comesThroughUnaltered() {
    String odd = "5Aep!a.b_c-d+e/f=g&h%20 i%zz?j;k\"l\\~*";
    TokenSet tokens = tokens().toBuilder().refreshToken(Secret.of(odd)).build();
    server.tokens();

    flow.refresh(tokens);

    assertThat(server.takeForm()).containsEntry("refresh_token", odd);
  }

  @Test
  void refresh_answerThatTakesItsTime_countsFromTheQuestion() {
    HttpTransport slow =
        request -> {
          HttpTransport.Response response = HttpTransport.shared().send(request);
          clock.advance(Duration.ofSeconds(20));
          return response;
        };
    AuthorizationCodeFlow slowly = server.flow(app).clock(clock).transport(slow).build();
    TokenSet tokens = tokens();
    server.answer(200, "application/json", "{\"access_token\":\"a\",\"expires_in\":60}");

    TokenSet refreshed = slowly.refresh(tokens);

    assertThat(refreshed.obtainedAt()).isEqualTo(MovableClock.START);
    assertThat(refreshed.expiry()).isEqualTo(Expiry.known(MovableClock.START.plusSeconds(60)));
  }

  @Test
  void refresh_secretCannotBeRead_sendsNothingAndMayBeRepeated() {
    TokenSet tokens = tokens();
    int before = server.requestCount();
    app.secretIsAway = true;

    TransportException failure =
        catchThrowableOfType(TransportException.class, () -> flow.refresh(tokens));

    assertThat(failure).hasMessageContaining("Nothing was sent");
    assertThat(failure.isRetryable()).isTrue();
    assertThat(failure.isOutcomeUnknown()).isFalse();
    assertThat(server.requestCount()).isEqualTo(before);
  }

  @Test
  void refresh_withoutRefreshToken_isRefusedAndSendsNothing() {
    TokenSet tokens = TokenSet.builder(Secret.of("a"), MovableClock.START).build();

    assertThatIllegalArgumentException().isThrownBy(() -> flow.refresh(tokens));
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void clientSecret_changed_isUsedByTheNextCall() {
    TokenSet tokens = tokens();
    server.tokens();

    app.secret = Secret.of("regenerated");
    flow.refresh(tokens);

    assertThat(server.takeForm()).containsEntry("client_secret", "regenerated");
  }

  @Test
  void rfc6749_section2_3_1_basic_encodesIdentifierAndSecret() {
    AuthorizationCodeFlow basic =
        server.flow(app).clientAuthentication(ClientAuthentication.CLIENT_SECRET_BASIC).build();
    TokenSet tokens = tokens();
    server.tokens();

    basic.refresh(tokens);

    RecordedRequest sent = server.takeRequest();
    String pair = "client%20id%261:CLIENT-SECRET%2Fwith%2Bodd%3Dcharacters";
    assertThat(sent.getHeaders().get("Authorization"))
        .isEqualTo(
            "Basic "
                + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
    assertThat(TokenServer.form(sent)).containsOnlyKeys("grant_type", "refresh_token");
  }

  @Test
  void revoke_onTheWire_endsTheRefreshTokenInTheBody() {
    TokenSet tokens = tokens();
    server.answer(200, "", "");

    flow.revoke(tokens);

    RecordedRequest sent = server.takeRequest();
    assertThat(sent.getTarget()).isEqualTo("/revoke");
    assertThat(TokenServer.form(sent))
        .isEqualTo(
            Map.of(
                "token",
                "REFRESH-TOKEN",
                "client_id",
                "client id&1",
                "client_secret",
                TestApp.SECRET));
  }

  @Test
  void revoke_withoutRefreshToken_endsTheAccessToken() {
    server.answer(200, "", "");

    flow.revoke(TokenSet.builder(Secret.of("ACCESS"), MovableClock.START).build());

    assertThat(server.takeForm()).containsEntry("token", "ACCESS");
  }

  @Test
  void revoke_withoutAuthentication_sendsTheTokenAlone() {
    AuthorizationCodeFlow alone =
        server
            .flow(app)
            .revocationEndpoint(server.uri("/revoke"), ClientAuthentication.NONE)
            .build();
    TokenSet tokens = tokens();
    server.answer(200, "", "");

    alone.revoke(tokens);

    assertThat(server.takeForm()).containsOnlyKeys("token");
  }

  @Test
  void revoke_withAnAuthenticationOfItsOwn_doesNotUseTheTokenEndpoints() {
    AuthorizationCodeFlow mixed =
        server
            .flow(app)
            .clientAuthentication(ClientAuthentication.CLIENT_SECRET_BASIC)
            .revocationEndpoint(server.uri("/revoke"), ClientAuthentication.NONE)
            .build();
    TokenSet tokens = tokens();
    server.answer(200, "", "");

    mixed.revoke(tokens);

    RecordedRequest sent = server.takeRequest();
    assertThat(sent.getHeaders().get("Authorization")).isNull();
    assertThat(TokenServer.form(sent)).containsOnlyKeys("token");
  }

  @Test
  void revoke_withoutEndpoint_isUnsupported() {
    AuthorizationCodeFlow without =
        AuthorizationCodeFlow.builder(app, server.uri("/authorize"), server.uri("/token")).build();
    TokenSet tokens = TokenSet.builder(Secret.of("a"), MovableClock.START).build();

    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> without.revoke(tokens));
  }

  private Reason reasonOf(AuthorizationRequest request, AuthorizationCallback callback) {
    CallbackException error =
        catchThrowableOfType(CallbackException.class, () -> flow.exchange(request, callback));
    assertThat(error).hasMessageNotContaining(request.state()).hasMessageNotContaining("CODE");
    return error.reason();
  }

  @Test
  void exchange_requestOfAnotherFlow_isNotTaken() {
    TestApp other = new TestApp();
    other.clientId = "another";
    AuthorizationRequest request = server.flow(other).build().authorize();

    assertThat(reasonOf(request, callback(request))).isEqualTo(Reason.STATE_MISMATCH);
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void exchange_refusalOfAnotherAttempt_doesNotUseThisOneUp() {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback foreign =
        AuthorizationCallback.fromQuery("error=access_denied&state=another");

    assertThat(reasonOf(request, foreign)).isEqualTo(Reason.STATE_MISMATCH);
    server.tokens();
    assertThat(flow.exchange(request, callback(request)).accessToken())
        .isEqualTo(Secret.of("ACCESS-TOKEN"));
  }

  @Test
  void exchange_denial_asksTheUserAndSendsNothing() {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback denied =
        AuthorizationCallback.fromQuery("error=access_denied&state=" + request.state());

    OAuthException error =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, denied));

    assertThat(error.needsReauthorization()).isTrue();
    assertThat(error.actor()).isEqualTo(Actor.END_USER);
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void exchange_refusal_namesTheProvidersError() {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback refused =
        AuthorizationCallback.fromParameters(
            Map.of(
                "error", new String[] {"invalid_scope"},
                "error_description", new String[] {"no such scope"},
                "state", new String[] {request.state()}));

    OAuthException error =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, refused));

    assertThat(error.error()).isEqualTo("invalid_scope");
    assertThat(error.description()).contains("no such scope");
    assertThat(error.httpStatus()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server_error", "temporarily_unavailable", "known_to_the_provider"})
  void exchange_refusalByRedirect_isNotCuredByTheSameCallback(String code) {
    AuthorizationCodeFlow hopeful =
        server.flow(app).refineErrors(e -> e.toBuilder().verdict(Verdict.PASSING).build()).build();
    AuthorizationRequest request = hopeful.authorize();
    AuthorizationCallback refused =
        AuthorizationCallback.fromQuery("error=" + code + "&state=" + request.state());

    OAuthException error =
        catchThrowableOfType(OAuthException.class, () -> hopeful.exchange(request, refused));

    assertThat(error.isRetryable()).as("the same call will never succeed").isFalse();
  }

  @Test
  void exchange_nothingLeftThisMachine_canBeTriedAgain() {
    AtomicBoolean down = new AtomicBoolean(true);
    HttpTransport transport =
        request -> {
          if (down.get()) {
            throw new ConnectException("refused");
          }
          return HttpTransport.shared().send(request);
        };
    AuthorizationCodeFlow shaky = server.flow(app).transport(transport).build();
    AuthorizationRequest request = shaky.authorize();

    TransportException error =
        catchThrowableOfType(
            TransportException.class, () -> shaky.exchange(request, callback(request)));
    down.set(false);
    server.tokens();

    assertThat(error.isRetryable()).isTrue();
    assertThat(error.isOutcomeUnknown()).isFalse();
    assertThat(shaky.exchange(request, callback(request)).accessToken())
        .isEqualTo(Secret.of("ACCESS-TOKEN"));
  }

  @Test
  void exchange_answerLost_isNotTriedAgain() {
    HttpTransport transport =
        request -> {
          throw new IOException("reset");
        };
    AuthorizationCodeFlow shaky = server.flow(app).transport(transport).build();
    AuthorizationRequest request = shaky.authorize();

    TransportException error =
        catchThrowableOfType(
            TransportException.class, () -> shaky.exchange(request, callback(request)));
    CallbackException again =
        catchThrowableOfType(
            CallbackException.class, () -> shaky.exchange(request, callback(request)));

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isFalse();
    assertThat(again.reason()).isEqualTo(Reason.STATE_REUSED);
  }

  @Test
  void exchange_tooManyRequests_canBeTriedAgain() {
    AuthorizationRequest request = flow.authorize();
    server.answer(429, "", "").tokens();

    TransportException error =
        catchThrowableOfType(
            TransportException.class, () -> flow.exchange(request, callback(request)));

    assertThat(error.isRetryable()).isTrue();
    assertThat(flow.exchange(request, callback(request)).accessToken())
        .isEqualTo(Secret.of("ACCESS-TOKEN"));
  }

  @Test
  void exchange_refusedForTooManyRequestsInWords_canBeTriedAgain() {
    AuthorizationRequest request = flow.authorize();
    server.answer(429, "application/json", "{\"error\":\"slow_down\"}").tokens();

    OAuthException error =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, callback(request)));

    assertThat(error.isRetryable()).isTrue();
    assertThat(flow.exchange(request, callback(request)).accessToken())
        .isEqualTo(Secret.of("ACCESS-TOKEN"));
  }

  @Test
  void exchange_refusalThatMayPass_doesNotSendTheCodeAgain() {
    AuthorizationCodeFlow lenient =
        server
            .flow(app)
            .refineErrors(refusal -> refusal.toBuilder().verdict(Verdict.PASSING).build())
            .build();
    AuthorizationRequest request = lenient.authorize();
    AuthorizationCallback callback = callback(request);
    server.answer(400, "application/json", "{\"error\":\"unknown_error\"}");

    assertThatExceptionOfType(OAuthException.class)
        .isThrownBy(() -> lenient.exchange(request, callback))
        .matches(error -> !error.isRetryable());
    assertThatExceptionOfType(CallbackException.class)
        .isThrownBy(() -> lenient.exchange(request, callback));
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void exchange_serverInTrouble_cannotBeTriedAgain() {
    AuthorizationRequest request = flow.authorize();
    server.answer(503, "", "");

    TransportException error =
        catchThrowableOfType(
            TransportException.class, () -> flow.exchange(request, callback(request)));

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(reasonOf(request, callback(request))).isEqualTo(Reason.STATE_REUSED);
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void refresh_interrupted_restoresTheFlag() {
    TokenSet tokens = tokens();
    Thread.currentThread().interrupt();

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> flow.refresh(tokens));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error.isOutcomeUnknown()).isTrue();
  }

  @Test
  void refine_tokensAndErrors_areAppliedBeforeTheCallerSeesThem() {
    AuthorizationCodeFlow refining =
        server
            .flow(app)
            .refineTokens(tokens -> tokens.toBuilder().attribute("seen", "yes").build())
            .refineErrors(error -> error.toBuilder().remedy("refined").build())
            .build();
    TokenSet tokens = tokens();
    server.tokens().answer(400, "application/json", "{\"error\":\"invalid_grant\"}");

    TokenSet refreshed = refining.refresh(tokens);
    OAuthException error =
        catchThrowableOfType(OAuthException.class, () -> refining.refresh(tokens));

    assertThat(refreshed.attribute("seen")).contains("yes");
    assertThat(error.remedy()).isEqualTo("refined");
    assertThat(error.error()).isEqualTo("invalid_grant");
  }

  @Test
  void verifyTokens_seesTheAnswerAsItCameAndTheSecretThatWasSent() {
    List<TokenSet> answers = new ArrayList<>();
    List<Secret> secrets = new ArrayList<>();
    AuthorizationCodeFlow verifying =
        server
            .flow(app)
            .verifyTokens(
                (answer, secret) -> {
                  answers.add(answer);
                  secrets.add(secret);
                })
            .refineTokens(tokens -> tokens.toBuilder().attribute("refined", "yes").build())
            .transport(
                request -> {
                  app.secret = Secret.of("CHANGED");
                  return HttpTransport.shared().send(request);
                })
            .build();
    TokenSet tokens = tokens().toBuilder().attribute("kept", "yes").build();
    server.tokens();

    TokenSet refreshed = verifying.refresh(tokens);

    assertThat(refreshed.attributes()).containsKeys("refined", "kept");
    assertThat(answers)
        .singleElement()
        .satisfies(answer -> assertThat(answer.attributes()).isEmpty());
    assertThat(secrets).containsExactly(Secret.of(TestApp.SECRET));
  }

  @Test
  void verifyTokens_thatThrowsAtAnExchange_refusesTheTokens() {
    ProtocolException forged = new ProtocolException("forged", true);
    AuthorizationCodeFlow refusing = server.flow(app).verifyTokens(failing(forged)).build();
    AuthorizationRequest request = refusing.authorize();
    server.tokens();
    server.answer(200, "text/plain", "");

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> refusing.exchange(request, callback(request)))
        .isSameAs(forged);

    server.takeRequest();
    assertThat(server.takeForm())
        .as("the grant is revoked")
        .containsEntry("token", "REFRESH-TOKEN");
  }

  private static BiConsumer<TokenSet, Secret> failing(RuntimeException failure) {
    return (answer, secret) -> {
      throw failure;
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/token",
        "http://localhost.evil.com/token",
        "https://user:password@example.com/token",
        "https://example.com/token#x",
        "/token",
        "ftp://example.com/token",
        "https:///token"
      })
  void builder_unsafeEndpoint_isRefused(String endpoint) {
    URI unsafe = URI.create(endpoint);
    URI safe = URI.create("https://example.com/authorize");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> AuthorizationCodeFlow.builder(app, safe, unsafe))
        .withMessageNotContaining("password");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AuthorizationCodeFlow.builder(app, unsafe, safe));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> AuthorizationCodeFlow.builder(app, safe, safe).revocationEndpoint(unsafe));
  }

  @Test
  void build_unusableApp_reportsAllOfIt() {
    app.clientId = " ";
    app.callback = URI.create("http://example.com/callback");

    InvalidProviderAppException error =
        catchThrowableOfType(InvalidProviderAppException.class, () -> server.flow(app).build());

    assertThat(error.violations())
        .extracting(InvalidProviderAppException.Violation::field)
        .containsExactly("clientId", "callbackUri");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"callback", "https://example.com/callback#x", "HTTP://example.com/callback"})
  void build_callbackThatIsNoRedirectionEndpoint_isRefused(String callback) {
    app.callback = URI.create(callback);

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> server.flow(app).build());
  }

  @Test
  void builder_durationsBeyondAllTime_areRefused() {
    Duration forever = ChronoUnit.FOREVER.getDuration();

    assertThatIllegalArgumentException().isThrownBy(() -> server.flow(app).sessionLength(forever));
    assertThatIllegalArgumentException().isThrownBy(() -> server.flow(app).stateLifetime(forever));
  }

  @Test
  void builder_durationsThatCannotBe_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.flow(app).callTimeout(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.flow(app).sessionLength(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.flow(app).stateLifetime(Duration.ofMinutes(14)));
  }
}
