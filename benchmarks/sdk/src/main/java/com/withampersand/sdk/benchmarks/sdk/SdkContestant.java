package com.withampersand.sdk.benchmarks.sdk;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.benchmarks.Contestant;
import com.withampersand.sdk.benchmarks.Fixture;
import com.withampersand.sdk.benchmarks.Operation;
import com.withampersand.sdk.benchmarks.Settings;
import com.withampersand.sdk.benchmarks.Work;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.PackageWork;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The SDK, used as its guides say. */
public final class SdkContestant implements Contestant {
  /** The name of the only grant. */
  static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "user-1");

  private final SalesforceApp app = app();

  /** Returns the app of the fixture. */
  static SalesforceApp app() {
    return SalesforceApp.builder(Fixture.CLIENT_ID, Fixture.CLIENT_SECRET)
        .scopes(Fixture.SCOPES)
        .callback(URI.create(Fixture.CALLBACK))
        .build();
  }

  /** Returns a flow for a host on this machine. */
  static SalesforceOAuthFlow flowAt(URI server) {
    return SalesforceOAuthFlow.of(app(), LoginHost.custom(server));
  }

  /** Returns tokens that are over, or good for as long as anything runs. */
  static TokenSet tokens(Expiry expiry) {
    return TokenSet.builder(Secret.of("another-access-token"), Instant.now().minusSeconds(7200))
        .refreshToken(Secret.of(Fixture.REFRESH_TOKEN))
        .expiry(expiry)
        .build();
  }

  @Override
  public Optional<Work> prepare(Operation operation) {
    return Optional.of(
        switch (operation) {
          case URL_GIVEN -> urlGiven();
          case URL_FRESH -> urlFresh();
          case CALLBACK -> callback();
          case PARSE -> parse(Fixture.answer());
          case REFRESH -> refresh(answering(Fixture.answer()));
          case ROUND_TRIP, ROUND_TRIP_MANY -> refresh(flowAt(Settings.server()));
          case VALID_KEPT, VALID_KEPT_TWO -> validKept();
          case VALID_FRESH -> validFresh();
          case STORM -> storm(Settings.server());
        });
  }

  private Work urlGiven() {
    Function<String, URI> url =
        PackageWork.url(app, URI.create(Fixture.HOST + "/services/oauth2/authorize"));
    return Work.of(() -> url.apply(Fixture.STATE), URI.class, URI::toString);
  }

  private Work urlFresh() {
    SalesforceOAuthFlow flow = SalesforceOAuthFlow.of(app);
    return Work.of(
        () -> flow.authorize(AuthorizationOptions.none()).url(), URI.class, URI::toString);
  }

  private Work callback() {
    Function<AuthorizationCallback, AuthorizationCallback> check =
        PackageWork.requireState(app, Fixture.STATE);
    return Work.of(
        () -> approved(check.apply(AuthorizationCallback.fromQuery(Fixture.QUERY))),
        AuthorizationCallback.Approved.class,
        callback -> callback.code().reveal());
  }

  private static AuthorizationCallback.Approved approved(AuthorizationCallback callback) {
    return (AuthorizationCallback.Approved) callback;
  }

  private static Work parse(byte[] answer) {
    return Work.of(() -> PackageWork.parse(answer), TokenSet.class, SdkContestant::shown);
  }

  private SalesforceOAuthFlow answering(byte[] answer) {
    Map<String, List<String>> headers =
        Map.of("Content-Type", List.of("application/json;charset=UTF-8"));
    HttpTransport transport = request -> new Response(200, headers, answer);
    return SalesforceOAuthFlow.builder(app).transport(transport).build();
  }

  /** Returns one refresh after the other by a flow. */
  static Work refresh(SalesforceOAuthFlow flow) {
    TokenSet tokens =
        tokens(Expiry.unknown()).toBuilder()
            .issuer(flow.host().uri())
            .clientId(Fixture.CLIENT_ID)
            .build();
    return Work.of(() -> flow.refresh(tokens), TokenSet.class, SdkContestant::shown);
  }

  private Work validKept() {
    FreshTokens tokens = holding();
    return Work.of(() -> tokens.get(KEY), TokenSet.class, SdkContestant::shown);
  }

  private Work validFresh() {
    FreshTokens tokens = holding();
    return Work.of(
        () -> tokens.get(new ConnectionKey(KEY.provider(), KEY.groupRef(), KEY.consumerRef())),
        TokenSet.class,
        SdkContestant::shown);
  }

  private FreshTokens holding() {
    FreshTokens tokens = FreshTokens.inMemory().renewer(SalesforceOAuthFlow.of(app)).build();
    tokens.save(
        KEY,
        TokenSet.builder(Secret.of(Fixture.ACCESS_TOKEN), Instant.now())
            .refreshToken(Secret.of(Fixture.REFRESH_TOKEN))
            .expiry(Expiry.known(Fixture.later()))
            .build());
    return tokens;
  }

  private static Work storm(URI server) {
    FreshTokens tokens = holdingExpired(server);
    return Work.of(() -> tokens.get(KEY), TokenSet.class, SdkContestant::shown);
  }

  /** Returns tokens in memory, of which the one of {@link #KEY} is over. */
  static FreshTokens holdingExpired(URI server) {
    FreshTokens tokens = FreshTokens.inMemory().renewer(flowAt(server)).build();
    TokenSet expired = tokens(Expiry.known(Instant.now().minusSeconds(60)));
    tokens.save(KEY, expired.toBuilder().issuer(server).build());
    return tokens;
  }

  private static String shown(TokenSet tokens) {
    return tokens.accessToken().reveal();
  }
}
