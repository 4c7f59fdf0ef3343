package com.withampersand.sdk.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.ReceivedRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One flow for customers on many hosts, and what becomes of tokens of hosts that are foreign. */
class SalesforceHostsTest {
  private static final String KEY = "3MVG9TODAY";
  private static final String FORMER_KEY = "3MVG9FORMER";
  private static final String SECRET = "0123456789ABCDEF";

  private final FakeSalesforce first =
      FakeSalesforce.builder().consumerKey(KEY).consumerSecret(SECRET).start();
  private final FakeSalesforce second =
      FakeSalesforce.builder().consumerKey(KEY).consumerSecret(SECRET).start();
  private final SalesforceApp app = appBuilder().alsoIssuedTo(FORMER_KEY).build();
  private final SalesforceOAuthFlow flow =
      SalesforceOAuthFlow.builder(app, host(first)).alsoAt(host(second)).build();

  private static SalesforceApp.Builder appBuilder() {
    return SalesforceApp.builder(KEY, SECRET).scopes("api", "id", "refresh_token");
  }

  private static LoginHost host(FakeSalesforce salesforce) {
    return LoginHost.custom(salesforce.uri());
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
  }

  private TokenSet connect(FakeSalesforce salesforce) {
    AuthorizationRequest request = flow.authorize(host(salesforce), AuthorizationOptions.none());
    TokenSet tokens =
        flow.exchange(request, AuthorizationCallback.fromUri(salesforce.approve(request.url())));
    salesforce.clearRequests();
    return tokens;
  }

  private static TokenSet.Builder ofBefore(TokenSet tokens) {
    return TokenSet.builder(tokens.accessToken(), tokens.obtainedAt())
        .refreshToken(tokens.refreshToken().orElseThrow());
  }

  private static List<String> paths(FakeSalesforce salesforce) {
    return salesforce.requests().stream().map(ReceivedRequest::path).toList();
  }

  private OAuthException refusedRefresh(TokenSet tokens) {
    return catchThrowableOfType(OAuthException.class, () -> flow.refresh(tokens));
  }

  @Test
  void exchange_tokens_carryHostAndClient() {
    TokenSet tokens = connect(second);

    assertThat(tokens.issuer()).contains(second.uri());
    assertThat(tokens.clientId()).contains(KEY);
    assertThat(TokenSet.fromJson(tokens.toJson()).issuer()).contains(second.uri());
  }

  @Test
  void refresh_tokensOfTwoHosts_eachGoToTheirOwn() {
    TokenSet ofFirst = connect(first);
    TokenSet ofSecond = connect(second);

    TokenSet refreshedFirst = flow.refresh(ofFirst);
    TokenSet refreshedSecond = flow.refresh(ofSecond);

    assertThat(paths(first)).containsExactly("/services/oauth2/token");
    assertThat(paths(second)).containsExactly("/services/oauth2/token");
    assertThat(refreshedFirst.issuer()).contains(first.uri());
    assertThat(refreshedSecond.issuer()).contains(second.uri());
    assertThat(refreshedSecond.consentId()).isEqualTo(ofSecond.consentId());
  }

  @Test
  void everyCall_ofAnotherHostsTokens_goesThereAlone() {
    TokenSet tokens = connect(second);

    flow.introspect(tokens);
    flow.userInfo(tokens);
    flow.identity(tokens);
    flow.withKnownExpiry(tokens);
    flow.revoke(tokens);

    assertThat(paths(second)).hasSize(5);
    assertThat(first.requests()).isEmpty();
  }

  @Test
  void settings_holdAtEveryHost() {
    List<Duration> limits = new ArrayList<>();
    HttpTransport measuring =
        request -> {
          limits.add(request.timeout());
          return HttpTransport.shared().send(request);
        };
    SalesforceOAuthFlow measured =
        SalesforceOAuthFlow.builder(app, host(first))
            .alsoAt(host(second))
            .transport(measuring)
            .callTimeout(Duration.ofSeconds(7))
            .longestExchange(Duration.ofSeconds(77))
            .build();

    measured.introspect(measured.refresh(connect(second)));

    assertThat(limits).containsExactly(Duration.ofSeconds(77), Duration.ofSeconds(7));
    assertThat(measured.longestExchange()).isEqualTo(Duration.ofSeconds(77));
  }

  @ParameterizedTest
  @CsvSource({
    "https://login.salesforce.com, true",
    "https://test.salesforce.com, true",
    "https://acme.my.salesforce.com, true",
    "https://acme.my.salesforce.com/, true",
    "https://ACME.my.salesforce.com:443, true",
    "https://acme--uat.sandbox.my.salesforce.com, true",
    "https://acme.my.salesforce.mil, true",
    "http://acme.my.salesforce.com, false",
    "https://acme.my.salesforce.com:8443, false",
    "https://acme.my.salesforce.com/path, false",
    "https://acme.my.salesforce.com?x=1, false",
    "https://acme.my.salesforce.com#x, false",
    "https://ada@acme.my.salesforce.com, false",
    "https://acme.my.salesforce.com.evil.com, false",
    "https://evilmy.salesforce.com, false",
    "https://acme.lightning.force.com, false",
    "https://api.salesforce.com, false",
    "https://acme.my.site.com, false",
    "https://evil.example, false",
    "http://localhost:1, false",
    "mailto:login.salesforce.com, false",
    "login.salesforce.com, false",
    "/, false"
  })
  void r05_owns_issuer_isSalesforcesOrNamed(String issuer, boolean owned) {
    TokenSet tokens =
        TokenSet.builder(Secret.of("a"), Instant.EPOCH)
            .clientId(KEY)
            .issuer(URI.create(issuer))
            .build();

    assertThat(flow.owns(tokens)).isEqualTo(owned);
  }

  @Test
  void owns_tokensOfThisAppAndKind_orThatDoNotSay() {
    TokenSet tokens = connect(second);

    assertThat(flow.owns(tokens)).isTrue();
    assertThat(flow.owns(ofBefore(tokens).build())).isTrue();
    assertThat(flow.owns(tokens.toBuilder().clientId(FORMER_KEY).build())).isTrue();
    assertThat(flow.owns(tokens.toBuilder().clientId("3MVG9ANOTHER").build())).isFalse();
    assertThat(flow.owns(tokens.toBuilder().grantType("client_credentials").build())).isFalse();
    assertThat(SalesforceOAuthFlow.of(app).owns(tokens)).as("a host that was not named").isFalse();
    assertThat(second.requests()).isEmpty();
  }

  static Stream<Function<TokenSet, TokenSet>> foreign() {
    return Stream.of(
        tokens -> tokens.toBuilder().clientId("3MVG9ANOTHER").build(),
        tokens -> tokens.toBuilder().grantType("client_credentials").build());
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void refreshAndRevoke_anotherAppsOrKindsTokens_sendNothing(Function<TokenSet, TokenSet> made) {
    TokenSet tokens = made.apply(connect(second));

    assertThatExceptionOfType(ForeignGrantException.class).isThrownBy(() -> flow.refresh(tokens));
    assertThatExceptionOfType(ForeignGrantException.class).isThrownBy(() -> flow.revoke(tokens));
    assertThat(first.requests()).isEmpty();
    assertThat(second.requests()).isEmpty();
  }

  @Test
  void r05_everyCall_ofTokensOfAForeignHost_sendsNothing() {
    TokenSet tokens = connect(second);
    List<String> sent = new ArrayList<>();
    SalesforceOAuthFlow unaware =
        SalesforceOAuthFlow.builder(app, host(first))
            .transport(
                request -> {
                  sent.add(request.toString());
                  return HttpTransport.shared().send(request);
                })
            .build();

    Stream.<Runnable>of(
            () -> unaware.refresh(tokens),
            () -> unaware.revoke(tokens),
            () -> unaware.introspect(tokens),
            () -> unaware.userInfo(tokens),
            () -> unaware.identity(tokens),
            () -> unaware.withKnownExpiry(tokens),
            () -> unaware.adopt(host(second), Secret.of("5AepELSEWHERE")))
        .forEach(
            call ->
                assertThatExceptionOfType(ForeignGrantException.class)
                    .isThrownBy(call::run)
                    .withMessageContaining("alsoAt"));

    assertThat(sent).isEmpty();
    assertThat(second.requests()).isEmpty();
  }

  @Test
  void refresh_tokensFromBefore_goToTheFlowsHostAndCarryItFromThen() {
    TokenSet old = ofBefore(connect(first)).build();

    TokenSet refreshed = flow.refresh(old);

    assertThat(paths(first)).containsExactly("/services/oauth2/token");
    assertThat(refreshed.issuer()).contains(first.uri());
    assertThat(refreshed.clientId()).contains(KEY);
    assertThat(refreshed.consentId()).isEqualTo(old.consentId());
  }

  @Test
  void r11_refresh_tokensFromBeforeAtTheWrongHost_endsNothingAndTheGrantIsStillGood() {
    TokenSet ofSecond = connect(second);

    OAuthException refused = refusedRefresh(ofBefore(ofSecond).build());

    assertThat(refused.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(refused.causes()).first().asString().contains("another host or app");
    assertThat(flow.refresh(ofSecond).accessToken()).isNotEqualTo(ofSecond.accessToken());
  }

  @Test
  void r11_refresh_finalWordsAtTheGrantsOwnHost_endIt() {
    TokenSet tokens = connect(second);
    second.revokeAll();

    OAuthException refused = refusedRefresh(tokens);

    assertThat(refused.verdict()).isEqualTo(Verdict.FINAL);
    assertThat(refused.remedy()).isEqualTo("Connect Salesforce again.");
  }

  @Test
  void alsoIssuedTo_grantOfAFormerKey_isRefreshedWithTodaysCredentials() {
    TokenSet tokens = connect(second).toBuilder().clientId(FORMER_KEY).build();

    TokenSet refreshed = flow.refresh(tokens);

    assertThat(second.requests())
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.form("client_id")).contains(KEY);
              assertThat(request.form("client_secret")).contains(SECRET);
            });
    assertThat(refreshed.clientId()).contains(KEY);
  }

  @Test
  void alsoIssuedTo_finalWords_areTheDevelopersToActOn() {
    TokenSet tokens = connect(second).toBuilder().clientId(FORMER_KEY).build();
    second.revokeAll();

    assertThat(refusedRefresh(tokens))
        .returns(Verdict.BLOCKED, OAuthException::verdict)
        .returns(Reason.WRONG_HOST_OR_APP, OAuthException::reason)
        .returns(Actor.DEVELOPER, OAuthException::actor)
        .returns(false, OAuthException::needsReauthorization);
  }

  @Test
  void adopt_refreshTokenFromElsewhere_becomesAGrantOfItsHost() {
    second.rotateRefreshTokens(true);
    Secret theirs = connect(second).refreshToken().orElseThrow();

    TokenSet adopted = flow.adopt(host(second), theirs);
    TokenSet again = flow.refresh(adopted);

    assertThat(paths(second)).hasSize(2).containsOnly("/services/oauth2/token");
    assertThat(first.requests()).isEmpty();
    assertThat(adopted.issuer()).contains(second.uri());
    assertThat(adopted.clientId()).contains(KEY);
    assertThat(adopted.refreshToken()).isPresent().isNotEqualTo(Optional.of(theirs));
    assertThat(SalesforceTokens.of(adopted).organizationId()).contains(second.organizationId());
    assertThat(again.consentId()).isEqualTo(adopted.consentId());
  }

  @Test
  void revoke_grantThatEnded_isSuccessAtItsOwnHost() {
    TokenSet tokens = connect(second);
    second.revokeAll();

    flow.revoke(tokens);

    assertThat(paths(second)).containsExactly("/services/oauth2/revoke");
    assertThat(first.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unsupported_token_type", "invalid_request"})
  void revoke_refusedForAnotherReason_isAFailure(String error) {
    byte[] body = ("error=" + error).getBytes(StandardCharsets.UTF_8);
    SalesforceOAuthFlow refused =
        SalesforceOAuthFlow.builder(app, host(first))
            .transport(request -> new HttpTransport.Response(400, Map.of(), body))
            .build();
    TokenSet tokens = connect(first);

    assertThatExceptionOfType(OAuthException.class).isThrownBy(() -> refused.revoke(tokens));
  }

  @Test
  void rotates_unlessTheDeveloperSaysOtherwise() {
    SalesforceApp steady = appBuilder().doesNotRotateRefreshTokens().build();
    TokenSet tokens = connect(first);

    assertThat(flow.rotates(tokens)).isTrue();
    assertThat(SalesforceOAuthFlow.of(steady).rotates(tokens)).isFalse();
    assertThat(flow.reuseGrace()).isEmpty();
    assertThat(flow.longestExchange()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void of_appAlone_asksAtProduction() {
    SalesforceOAuthFlow production = SalesforceOAuthFlow.of(app);

    assertThat(production.host()).isEqualTo(LoginHost.production());
    assertThat(production.authorize().url()).hasHost("login.salesforce.com");
  }
}
