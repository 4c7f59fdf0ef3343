package com.withampersand.sdk.benchmarks.google;

import com.google.api.client.auth.oauth2.AuthorizationCodeRequestUrl;
import com.google.api.client.auth.oauth2.AuthorizationCodeResponseUrl;
import com.google.api.client.auth.oauth2.ClientParametersAuthentication;
import com.google.api.client.auth.oauth2.RefreshTokenRequest;
import com.google.api.client.auth.oauth2.TokenResponse;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.JsonFactory;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.client.testing.http.MockHttpTransport;
import com.google.api.client.testing.http.MockLowLevelHttpRequest;
import com.google.api.client.testing.http.MockLowLevelHttpResponse;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.UserCredentials;
import com.withampersand.sdk.benchmarks.Contestant;
import com.withampersand.sdk.benchmarks.Fixture;
import com.withampersand.sdk.benchmarks.Operation;
import com.withampersand.sdk.benchmarks.Settings;
import com.withampersand.sdk.benchmarks.Work;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.Callable;

/** google-oauth-client for the flow, google-auth-library for keeping a token. */
public final class GoogleContestant implements Contestant {
  private static final int STATE_BYTES = 32;

  private final SecureRandom random = new SecureRandom();
  private final JsonFactory json = GsonFactory.getDefaultInstance();

  @Override
  public Optional<Work> prepare(Operation operation) {
    return Optional.ofNullable(
        switch (operation) {
          case URL_GIVEN -> Work.of(() -> url(Fixture.STATE));
          case URL_FRESH -> Work.of(() -> url(freshState()));
          case CALLBACK -> callback();
          case PARSE -> parse(Fixture.answer());
          case REFRESH -> refresh(answering(), URI.create(Fixture.HOST));
          case ROUND_TRIP, ROUND_TRIP_MANY -> refresh(new NetHttpTransport(), Settings.server());
          case VALID_KEPT, VALID_KEPT_TWO -> valid(Fixture.ACCESS_TOKEN, Fixture.later());
          case STORM -> valid("another-access-token", Instant.now().minusSeconds(60));
          case VALID_FRESH -> null;
        });
  }

  private static String url(String state) {
    return new AuthorizationCodeRequestUrl(
            Fixture.HOST + "/services/oauth2/authorize", Fixture.CLIENT_ID)
        .setRedirectUri(Fixture.CALLBACK)
        .setScopes(Fixture.SCOPES)
        .setState(state)
        .build();
  }

  private String freshState() {
    byte[] bytes = new byte[STATE_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** It takes the URL, and leaves the state to the caller. */
  private static Work callback() {
    String redirect = Fixture.CALLBACK + "?" + Fixture.QUERY;
    return Work.of(
        () -> {
          AuthorizationCodeResponseUrl url = new AuthorizationCodeResponseUrl(redirect);
          if (!Fixture.STATE.equals(url.getState())) {
            throw new IllegalStateException("another state");
          }
          return url.getCode();
        });
  }

  private Work parse(byte[] answer) {
    return work(
        () ->
            json.createJsonParser(new ByteArrayInputStream(answer), StandardCharsets.UTF_8)
                .parseAndClose(TokenResponse.class));
  }

  private static HttpTransport answering() {
    byte[] answer = Fixture.answer();
    return new MockHttpTransport() {
      @Override
      public MockLowLevelHttpRequest buildRequest(String method, String url) {
        return new MockLowLevelHttpRequest(url)
            .setResponse(
                new MockLowLevelHttpResponse()
                    .setContentType("application/json")
                    .setContent(answer));
      }
    };
  }

  private Work refresh(HttpTransport transport, URI host) {
    String endpoint = host.resolve(Fixture.TOKEN_PATH).toString();
    return work(
        () ->
            new RefreshTokenRequest(
                    transport, json, new GenericUrl(endpoint), Fixture.REFRESH_TOKEN)
                .setClientAuthentication(
                    new ClientParametersAuthentication(Fixture.CLIENT_ID, Fixture.CLIENT_SECRET))
                .execute());
  }

  private static Work work(Callable<TokenResponse> call) {
    return Work.of(call, TokenResponse.class, TokenResponse::getAccessToken);
  }

  private static Work valid(String accessToken, Instant end) {
    UserCredentials credentials =
        UserCredentials.newBuilder()
            .setTokenServerUri(Settings.server().resolve(Fixture.TOKEN_PATH))
            .setClientId(Fixture.CLIENT_ID)
            .setClientSecret(Fixture.CLIENT_SECRET)
            .setRefreshToken(Fixture.REFRESH_TOKEN)
            .setAccessToken(new AccessToken(accessToken, Date.from(end)))
            .build();
    return Work.of(
        () -> {
          credentials.refreshIfExpired();
          return credentials.getAccessToken();
        },
        AccessToken.class,
        AccessToken::getTokenValue);
  }
}
