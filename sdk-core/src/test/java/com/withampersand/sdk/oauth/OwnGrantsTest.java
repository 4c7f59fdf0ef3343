package com.withampersand.sdk.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.LogLines;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.http.HttpTransport;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose grants a flow renews, and what it may conclude from a refusal. */
class OwnGrantsTest {
  private static final String FORMER = "former client";
  private static final String ENDED = "{\"error\":\"invalid_grant\"}";

  private final TokenServer server = new TokenServer();
  private final TestApp app = new TestApp();
  private final AuthorizationCodeFlow flow = server.flow(app).alsoIssuedTo(FORMER).build();
  private final LogLines log = new LogLines();

  @AfterEach
  void stop() {
    log.stop();
    server.close();
  }

  private static TokenSet.Builder bare() {
    return TokenSet.builder(Secret.of("OLD-ACCESS"), MovableClock.START)
        .refreshToken(Secret.of("OLD-REFRESH"))
        .attribute("who", "ada");
  }

  private TokenSet own() {
    return bare().issuer(server.uri("")).clientId(app.clientId()).consentId("consent").build();
  }

  private TokenSet exchanged(AuthorizationCodeFlow by) {
    server.tokens();
    AuthorizationRequest request = by.authorize();
    return by.exchange(
        request,
        AuthorizationCallback.fromParameters(
            Map.of("code", new String[] {"CODE"}, "state", new String[] {request.state()})));
  }

  private OAuthException refusedRefresh(TokenSet tokens) {
    server.answer(400, "application/json", ENDED);
    return catchThrowableOfType(OAuthException.class, () -> flow.refresh(tokens));
  }

  private List<String> warnings() {
    return log.lines().stream()
        .filter(line -> line.startsWith("com.withampersand.sdk.oauth."))
        .toList();
  }

  @Test
  void exchange_tokens_carryIssuerClientAndTheirConsent() {
    TokenSet first = exchanged(flow);
    TokenSet second = exchanged(flow);

    assertThat(first.issuer()).contains(server.uri(""));
    assertThat(first.clientId()).contains(app.clientId());
    assertThat(first.grantType()).isEqualTo("authorization_code");
    assertThat(first.consentId()).isNotEqualTo(second.consentId());
    assertThat(first.sinceConsent()).isGreaterThanOrEqualTo(second.sinceConsent());
  }

  @Test
  void exchange_issuerThatWasSet_isCarried() {
    AuthorizationCodeFlow tenant = server.flow(app).issuer(server.uri("/tenant/")).build();

    assertThat(exchanged(tenant).issuer()).contains(server.uri("/tenant"));
  }

  @Test
  void refresh_tokens_keepIssuerClientAndConsent() {
    TokenSet tokens = exchanged(flow);
    server.tokens();

    TokenSet refreshed = flow.refresh(tokens);

    assertThat(refreshed.issuer()).isEqualTo(tokens.issuer());
    assertThat(refreshed.clientId()).isEqualTo(tokens.clientId());
    assertThat(refreshed.consentId()).isEqualTo(tokens.consentId());
  }

  @Test
  void refresh_tokensFromBefore_areGivenIssuerAndClientAndStayTheSameConsent() {
    TokenSet old = bare().build();
    server.tokens();

    TokenSet refreshed = flow.refresh(old);

    assertThat(refreshed.issuer()).contains(server.uri(""));
    assertThat(refreshed.clientId()).contains(app.clientId());
    assertThat(refreshed.consentId()).isEqualTo(old.consentId());
  }

  @Test
  void owns_tokensOfThisIssuerAndClient_orOfNoneNamed() {
    assertThat(flow.owns(own())).isTrue();
    assertThat(flow.owns(bare().build())).isTrue();
    assertThat(flow.owns(bare().clientId(FORMER).build())).isTrue();
    assertThat(flow.owns(bare().clientId("another").build())).isFalse();
    assertThat(flow.owns(own().toBuilder().grantType("jwt_bearer").build())).isFalse();
    assertThat(server.requestCount()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "https://auth.example.com, true",
    "https://auth.example.com/, true",
    "HTTPS://AUTH.Example.com:443, true",
    "https://auth.example.com/tenant, false",
    "https://auth.example.com:8443, false",
    "http://auth.example.com, false",
    "https://auth.example.com.evil.com, false",
    "https://evil.com/auth.example.com, false",
    "https://ada@auth.example.com, false",
    "https://auth.example.com?x, false",
    "https://auth.example.com#x, false",
    "mailto:ada@auth.example.com, false",
    "auth.example.com, false"
  })
  void owns_issuer_isComparedAsAnAddress(String issuer, boolean owned) {
    AuthorizationCodeFlow remote =
        AuthorizationCodeFlow.builder(
                app,
                URI.create("https://auth.example.com/authorize"),
                URI.create("https://auth.example.com/oauth/token"))
            .build();

    assertThat(remote.owns(bare().issuer(URI.create(issuer)).build())).isEqualTo(owned);
  }

  @ParameterizedTest
  @ValueSource(strings = {"issuer", "client", "grant type"})
  void foreignTokens_ofWhateverKind_areNotSent(String what) {
    AuthorizationCodeFlow complete =
        server.flow(app).introspectionEndpoint(server.uri("/introspect")).build();
    TokenSet.Builder builder = own().toBuilder();
    TokenSet foreign =
        switch (what) {
          case "issuer" -> builder.issuer(URI.create("https://other.example")).build();
          case "client" -> builder.clientId("another").build();
          default -> builder.grantType("jwt_bearer").build();
        };

    assertThatExceptionOfType(ForeignGrantException.class)
        .isThrownBy(() -> complete.refresh(foreign))
        .withMessageContaining("Nothing was sent")
        .withMessageNotContaining("OLD-");
    assertThatExceptionOfType(ForeignGrantException.class)
        .isThrownBy(() -> complete.revoke(foreign));
    assertThatExceptionOfType(ForeignGrantException.class)
        .isThrownBy(() -> complete.introspect(foreign));
    assertThat(server.requestCount()).isZero();
  }

  @Test
  void refresh_finalWordsToAGrantOfItsOwn_endIt() {
    OAuthException refused = refusedRefresh(own());

    assertThat(refused.verdict()).isEqualTo(Verdict.FINAL);
    assertThat(refused.actor()).isEqualTo(Actor.END_USER);
  }

  @Test
  void refresh_finalWordsToAFormerClientsGrant_areTheDevelopersToActOn() {
    OAuthException refused = refusedRefresh(own().toBuilder().clientId(FORMER).build());

    assertThat(refused)
        .returns(Verdict.BLOCKED, OAuthException::verdict)
        .returns(Reason.WRONG_HOST_OR_APP, OAuthException::reason)
        .returns(Actor.DEVELOPER, OAuthException::actor)
        .returns("invalid_grant", OAuthException::error);
    assertThat(refused.remedy()).contains(FORMER);
  }

  @Test
  void refresh_formerClientsGrant_isSentWithTodaysCredentialsAndBecomesTodays() {
    server.tokens();

    TokenSet refreshed = flow.refresh(own().toBuilder().clientId(FORMER).build());

    assertThat(server.takeForm()).containsEntry("client_id", app.clientId());
    assertThat(refreshed.clientId()).contains(app.clientId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"issuer", "client", "both"})
  void refresh_finalWordsToTokensOfUnknownOrigin_proveNothing(String missing) {
    TokenSet.Builder tokens = bare();
    if (missing.equals("issuer")) {
      tokens.clientId(app.clientId());
    } else if (missing.equals("client")) {
      tokens.issuer(server.uri(""));
    }

    OAuthException refused = refusedRefresh(tokens.build());

    assertThat(refused.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(refused.causes()).first().asString().contains("another host or app");
  }

  @Test
  void refresh_otherWordsToTokensOfUnknownOrigin_countAsTheyAre() {
    server.answer(401, "application/json", "{\"error\":\"invalid_client\"}");

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.refresh(bare().build()));

    assertThat(refused.verdict()).isEqualTo(Verdict.BLOCKED);
  }

  @Test
  void adopt_refreshTokenFromElsewhere_becomesAGrantOfThisFlow() {
    server.answer(200, "application/json", "{\"access_token\":\"a\",\"scope\":\"read\"}");

    TokenSet adopted = flow.adopt(Secret.of("FROM-ELSEWHERE"));

    assertThat(server.takeForm())
        .containsEntry("grant_type", "refresh_token")
        .containsEntry("refresh_token", "FROM-ELSEWHERE");
    assertThat(adopted.refreshToken()).contains(Secret.of("FROM-ELSEWHERE"));
    assertThat(adopted.issuer()).contains(server.uri(""));
    assertThat(adopted.clientId()).contains(app.clientId());
    assertThat(flow.owns(adopted)).isTrue();
  }

  @Test
  void adopt_rotation_keepsTheNewRefreshToken() {
    server.tokens();

    assertThat(flow.adopt(Secret.of("FROM-ELSEWHERE")).refreshToken())
        .contains(Secret.of("REFRESH-TOKEN"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"invalid_token", "invalid_grant"})
  void rfc7009_section2_2_revoke_tokenThatEnded_isSuccess(String error) {
    log.start();
    server.answer(400, "application/json", "{\"error\":\"" + error + "\"}");

    flow.revoke(own());

    assertThat(server.requestCount()).isEqualTo(1);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void revoke_tokenThatEndedAndDoesNotSayWhere_isSuccessWithAWarning() {
    log.start();
    server.answer(400, "application/json", "{\"error\":\"invalid_token\"}");

    flow.revoke(bare().build());

    assertThat(warnings()).singleElement().asString().contains("another host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"unsupported_token_type", "invalid_client", "brand_new"})
  void revoke_refusedOtherwise_isAFailure(String error) {
    server.answer(400, "application/json", "{\"error\":\"" + error + "\"}");

    assertThatExceptionOfType(OAuthException.class).isThrownBy(() -> flow.revoke(own()));
  }

  @Test
  void refresh_answerThatFailsItsCheck_keepsTheTokensAndWhatWasKnown() {
    log.start();
    AuthorizationCodeFlow checking =
        server
            .flow(app)
            .verifyTokens(
                (answer, secret) -> {
                  throw new ProtocolException("the signature does not fit", true);
                })
            .build();
    server.answer(
        200,
        "application/json",
        "{\"access_token\":\"NEW\",\"refresh_token\":\"ROTATED\",\"who\":\"eve\",\"id_token\":\"x\"}");

    TokenSet refreshed = checking.refresh(own());

    assertThat(refreshed.accessToken()).isEqualTo(Secret.of("NEW"));
    assertThat(refreshed.refreshToken()).contains(Secret.of("ROTATED"));
    assertThat(refreshed.attributes()).isEqualTo(own().attributes());
    assertThat(refreshed.secretAttributes()).isEmpty();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("the signature does not fit")
        .doesNotContain("ROTATED", "NEW");
  }

  @Test
  void refresh_functionsThatThrow_costNeitherTheTokensNorTheRefusal() {
    log.start();
    IllegalStateException broken = new IllegalStateException("quotes ROTATED");
    UnaryOperator<TokenSet> throwing =
        answer -> {
          throw broken;
        };
    AuthorizationCodeFlow careless =
        server
            .flow(app)
            .verifyTokens(
                (answer, secret) -> {
                  throw broken;
                })
            .refineTokens(throwing)
            .refineErrors(
                error -> {
                  throw broken;
                })
            .build();
    server
        .answer(200, "application/json", "{\"access_token\":\"a\",\"refresh_token\":\"ROTATED\"}")
        .answer(400, "application/json", ENDED);

    TokenSet refreshed = careless.refresh(own());
    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> careless.refresh(own()));

    assertThat(refreshed.refreshToken()).contains(Secret.of("ROTATED"));
    assertThat(refused.verdict()).isEqualTo(Verdict.FINAL);
    assertThat(warnings()).hasSize(3).noneMatch(line -> line.contains("ROTATED"));
  }

  @Test
  void calls_timeLimits_areOneForRefreshesAndOneForTheRest() {
    List<Duration> limits = new ArrayList<>();
    AuthorizationCodeFlow measured =
        server
            .flow(app)
            .transport(
                request -> {
                  limits.add(request.timeout());
                  return HttpTransport.shared().send(request);
                })
            .build();
    TokenSet tokens = exchanged(measured);
    server.tokens().answer(200, "", "");

    measured.revoke(measured.refresh(tokens));

    assertThat(limits)
        .containsExactly(
            Duration.ofSeconds(30), measured.longestExchange(), Duration.ofSeconds(30));
    assertThat(measured.longestExchange()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void rotation_isAssumedUnlessToldOtherwise() {
    AuthorizationCodeFlow told =
        server.flow(app).doesNotRotate().reuseGrace(Duration.ofMinutes(2)).build();

    assertThat(flow.rotates(own())).isTrue();
    assertThat(flow.reuseGrace()).isEmpty();
    assertThat(told.rotates(own())).isFalse();
    assertThat(told.reuseGrace()).contains(Duration.ofMinutes(2));
  }

  @Test
  void builder_valuesThatCannotBe_areRefused() {
    AuthorizationCodeFlow.Builder builder = server.flow(app);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.issuer(URI.create("http://example.com")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.issuer(URI.create("https://example.com?tenant=1")));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.longestExchange(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.reuseGrace(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.longestExchange(Duration.ofDays(400_000)));
  }
}
