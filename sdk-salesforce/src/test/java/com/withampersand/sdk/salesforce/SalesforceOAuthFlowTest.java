package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationOptions.Prompt;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SalesforceOAuthFlowTest {
  private static final String TOKEN = "/services/oauth2/token";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final SalesforceOAuthFlow flow = SalesforceOAuthFlow.of(app(), host());

  private SalesforceApp app() {
    return SalesforceApp.builder(
            salesforce.consumerKey(), () -> Secret.of(salesforce.consumerSecret()))
        .scopes("api", "id", "refresh_token")
        .build();
  }

  private LoginHost host() {
    return LoginHost.custom(salesforce.uri());
  }

  @AfterEach
  void stop() {
    salesforce.close();
  }

  private TokenSet connect() {
    AuthorizationRequest request = flow.authorize();
    return flow.exchange(request, AuthorizationCallback.fromUri(salesforce.approve(request.url())));
  }

  private ReceivedRequest lastTokenRequest() {
    List<ReceivedRequest> requests = salesforce.requests(TOKEN);
    return requests.get(requests.size() - 1);
  }

  @Test
  void wholeWay_consentToRevocation_works() {
    TokenSet tokens = connect();
    TokenSet refreshed = flow.refresh(tokens);
    flow.revoke(refreshed);

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.refresh(refreshed));

    assertThat(refreshed.accessToken()).isNotEqualTo(tokens.accessToken());
    assertThat(refused.error()).isEqualTo("invalid_grant");
    assertThat(refused.needsReauthorization()).isTrue();
  }

  @Test
  void exchange_onTheWire_isAFormWithCredentialsInTheBodyAndNothingElse() {
    connect();

    ReceivedRequest request = lastTokenRequest();
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.form().keySet())
        .isEqualTo(Set.of("grant_type", "code", "redirect_uri", "client_id", "client_secret"));
    assertThat(request.form("client_secret")).contains(salesforce.consumerSecret());
    assertThat(request.header("Authorization")).isEmpty();
  }

  @Test
  void r03_refresh_onTheWire_carriesNoScope() {
    flow.refresh(connect());

    assertThat(lastTokenRequest().form().keySet())
        .isEqualTo(Set.of("grant_type", "refresh_token", "client_id", "client_secret"));
    assertThat(salesforce.requests(TOKEN))
        .allSatisfy(request -> assertThat(request.form("scope")).isEmpty());
  }

  @Test
  void r01_wholeWay_onTheWire_carriesNoPkce() {
    flow.refresh(connect());

    assertThat(salesforce.requests())
        .allSatisfy(
            request -> {
              assertThat(request.query())
                  .doesNotContainKeys("code_challenge", "code_challenge_method");
              assertThat(request.form()).doesNotContainKey("code_verifier");
            });
  }

  @Test
  void authorize_options_areTyped() {
    URI url =
        flow.authorize(
                AuthorizationOptions.builder()
                    .prompt(Prompt.LOGIN, Prompt.CONSENT)
                    .loginHint("ada+test@acme.example")
                    .build())
            .url();

    salesforce.approve(url);

    ReceivedRequest request = salesforce.requests("/services/oauth2/authorize").get(0);
    assertThat(request.query("prompt")).contains("login consent");
    assertThat(request.query("login_hint")).contains("ada+test@acme.example");
    assertThat(request.query("scope")).contains("api id refresh_token");
    assertThat(request.query("redirect_uri")).contains(SalesforceApp.AMPERSAND_CALLBACK.toString());
  }

  @Test
  void r02_authorize_fewerScopesWithoutRefreshToken_isRefused() {
    AuthorizationOptions options = AuthorizationOptions.builder().scopes(Scopes.of("api")).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> flow.authorize(options))
        .withMessageContaining("refresh_token");
  }

  @Test
  void exchange_tokens_tellOrgInstanceAndScopes() {
    SalesforceTokens tokens = SalesforceTokens.of(connect(), host());

    assertThat(tokens.instanceUrl()).contains(salesforce.uri());
    assertThat(tokens.organizationId()).contains(salesforce.organizationId());
    assertThat(tokens.userId()).contains(salesforce.userId());
    assertThat(tokens.issuedAt()).isPresent();
    assertThat(tokens.signature()).isPresent();
    assertThat(tokens.scopes()).isEqualTo(Scopes.of("api", "id", "refresh_token"));
  }

  @Test
  void r12_exchange_salesforceNamesNoExpiry_isUnknownUnlessEstimated() {
    Clock clock = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
    SalesforceOAuthFlow estimating =
        SalesforceOAuthFlow.builder(app(), host())
            .clock(clock)
            .sessionLength(Duration.ofMinutes(30))
            .build();
    TokenSet tokens = connect();

    TokenSet estimated = estimating.refresh(tokens);

    assertThat(tokens.expiry()).isEqualTo(Expiry.unknown());
    assertThat(estimated.expiry())
        .isEqualTo(Expiry.estimated(Instant.parse("2026-11-24T12:30:00Z")));
  }

  @Test
  void r12_refresh_jwtAccessToken_isKnownFromItsExp() {
    Clock clock = Clock.fixed(Instant.ofEpochSecond(1795520000), ZoneOffset.UTC);
    SalesforceOAuthFlow estimating =
        SalesforceOAuthFlow.builder(app(), host())
            .clock(clock)
            .sessionLength(Duration.ofMinutes(30))
            .build();
    TokenSet tokens = connect();
    salesforce.nextTokenRequest(
        Fault.respond(
            200,
            "application/json",
            "{\"access_token\":\"eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3OTU1MjE2MDB9.c2ln\",\"token_format\":\"jwt\"}"));

    TokenSet refreshed = estimating.refresh(tokens);

    assertThat(refreshed.expiry()).isEqualTo(Expiry.known(Instant.ofEpochSecond(1795521600)));
    assertThat(SalesforceTokens.of(refreshed).tokenFormat()).contains("jwt");
  }

  @Test
  void r09_refresh_answerWithoutRefreshTokenInstanceAndIdentity_keepsThem() {
    TokenSet tokens = connect();
    salesforce.nextTokenRequest(
        Fault.respond(200, "application/json", "{\"access_token\":\"00Dnew!AQnew\"}"));

    TokenSet refreshed = flow.refresh(tokens);

    assertThat(refreshed.refreshToken()).isEqualTo(tokens.refreshToken());
    assertThat(refreshed.attribute("instance_url")).isEqualTo(tokens.attribute("instance_url"));
    assertThat(refreshed.attribute("id")).isEqualTo(tokens.attribute("id"));
    assertThat(refreshed.scopes()).isEqualTo(tokens.scopes());
  }

  @Test
  void refresh_rotation_keepsTheNewRefreshToken() {
    salesforce.rotateRefreshTokens(true);
    TokenSet tokens = connect();

    TokenSet second = flow.refresh(tokens);
    TokenSet third = flow.refresh(second);

    assertThat(Set.of(tokens.refreshToken(), second.refreshToken(), third.refreshToken()))
        .hasSize(3);
  }

  @Test
  void refresh_secretRegenerated_usesTheNewOneWithoutRestart() {
    TokenSet tokens = connect();

    salesforce.regenerateConsumerSecret();
    flow.refresh(tokens);

    assertThat(lastTokenRequest().form("client_secret")).contains(salesforce.consumerSecret());
  }

  @Test
  void refresh_wrongSecret_keepsTheGrantAndSendsTheDeveloper() {
    TokenSet tokens = connect();
    SalesforceApp wrong =
        SalesforceApp.builder(salesforce.consumerKey(), "WRONGSECRET")
            .scopes("api", "id", "refresh_token")
            .build();

    OAuthException refused =
        catchThrowableOfType(
            OAuthException.class, () -> SalesforceOAuthFlow.of(wrong, host()).refresh(tokens));

    assertThat(refused.error()).isEqualTo("invalid_client");
    assertThat(refused.needsReauthorization()).isFalse();
    assertThat(refused.actor()).isEqualTo(Actor.DEVELOPER);
    assertThat(flow.refresh(tokens).accessToken()).isNotNull();
  }

  @Test
  void refresh_answerLost_outcomeIsUnknownAndNothingIsSentAgain() {
    salesforce.rotateRefreshTokens(true);
    TokenSet tokens = connect();
    salesforce.clearRequests();
    salesforce.nextTokenRequest(Fault.loseAnswer());

    TransportException lost =
        catchThrowableOfType(TransportException.class, () -> flow.refresh(tokens));

    assertThat(lost.isOutcomeUnknown()).isTrue();
    assertThat(lost.isRetryable()).isFalse();
    assertThat(salesforce.requests(TOKEN)).hasSize(1);
  }

  @Test
  void exchange_denied_isTheUsersDoing() {
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback = AuthorizationCallback.fromUri(salesforce.deny(request.url()));

    OAuthException denied =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, callback));

    assertThat(callback).isInstanceOf(AuthorizationCallback.Declined.class);
    assertThat(denied.actor()).isEqualTo(Actor.END_USER);
  }

  @Test
  void r16_exchange_pkceRequired_showsTheErrorThatComesWithoutState() {
    salesforce.requirePkce(true);
    AuthorizationRequest request = flow.authorize();
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(request, callback));

    assertThat(callback.state()).isEmpty();
    assertThat(refused.error()).isEqualTo("invalid_request");
    assertThat(refused.remedy()).contains("withPkce()").contains("Untick");
  }

  @Test
  void withPkce_appRequiresIt_goesTheWholeWay() {
    salesforce.requirePkce(true);
    SalesforceOAuthFlow pkce = SalesforceOAuthFlow.builder(app(), host()).withPkce().build();
    AuthorizationRequest request = AuthorizationRequest.fromJson(pkce.authorize().toJson());

    TokenSet tokens =
        pkce.exchange(request, AuthorizationCallback.fromUri(salesforce.approve(request.url())));

    assertThat(lastTokenRequest().form().keySet())
        .isEqualTo(
            Set.of(
                "grant_type",
                "code",
                "redirect_uri",
                "client_id",
                "client_secret",
                "code_verifier"));
    pkce.refresh(tokens);
    assertThat(lastTokenRequest().form()).doesNotContainKey("code_verifier");
  }

  @Test
  void withPkce_signedState_goesTheWholeWayWithoutAnythingKept() {
    salesforce.requirePkce(true);
    StateSigner signer =
        StateSigner.builder("k1", StateSigner.newKey())
            .replayGuard(ReplayGuard.forOneNode())
            .build();
    SalesforceOAuthFlow pkce =
        SalesforceOAuthFlow.builder(app(), host()).states(signer).withPkce().build();
    BrowserBinding browser = BrowserBinding.random();
    AuthorizationOptions options =
        AuthorizationOptions.builder().payload("acme").binding(browser).build();

    AuthorizationResult result =
        pkce.complete(
            AuthorizationCallback.fromUri(salesforce.approve(pkce.authorize(options).url())),
            browser);

    assertThat(result).isInstanceOf(AuthorizationResult.Connected.class);
    assertThat(result.payload()).isEqualTo("acme");
  }

  @Test
  void r16_exchange_codeOfAnotherAttempt_isNotTaken() {
    AuthorizationRequest mine = flow.authorize();
    AuthorizationCallback theirs =
        AuthorizationCallback.fromUri(salesforce.approve(flow.authorize().url()));

    CallbackException refused =
        catchThrowableOfType(CallbackException.class, () -> flow.exchange(mine, theirs));

    assertThat(refused.reason()).isEqualTo(CallbackException.Reason.STATE_MISMATCH);
    assertThat(salesforce.requests(TOKEN)).isEmpty();
  }

  @Test
  void exchange_codeUsedBefore_isExplained() {
    AuthorizationRequest request = flow.authorize();
    AuthorizationRequest copy = AuthorizationRequest.fromJson(request.toJson());
    AuthorizationCallback callback =
        AuthorizationCallback.fromUri(salesforce.approve(request.url()));
    flow.exchange(request, callback);

    OAuthException refused =
        catchThrowableOfType(OAuthException.class, () -> flow.exchange(copy, callback));

    assertThat(refused.error()).isEqualTo("invalid_grant");
    assertThat(refused.needsReauthorization()).isTrue();
    assertThat(refused.causes()).first().asString().contains("loaded twice");
  }

  @Test
  void revoke_onTheWire_carriesTheRefreshTokenInTheBodyAndNoSecret() {
    TokenSet tokens = connect();

    flow.revoke(tokens);

    ReceivedRequest request = salesforce.requests("/services/oauth2/revoke").get(0);
    assertThat(request.form().keySet()).isEqualTo(Set.of("token"));
    assertThat(request.form("token")).contains(tokens.refreshToken().orElseThrow().reveal());
    assertThat(request.query()).isEmpty();
  }

  @Test
  void rfc7009_section2_2_revoke_grantThatEnded_isSuccess() {
    TokenSet tokens = connect();
    flow.revoke(tokens);

    flow.revoke(tokens);

    assertThat(salesforce.requests("/services/oauth2/revoke")).hasSize(2);
  }
}
