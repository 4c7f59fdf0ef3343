package com.withampersand.sdk.token.storm;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A provider over HTTP that also notes when each refresh token was presented. */
final class Provider implements AutoCloseable {
  private static final String TOKEN = "/services/oauth2/token";
  private static final String STRANGER = "stranger";

  final FakeSalesforce salesforce;
  private final List<Presented> presented = new CopyOnWriteArrayList<>();

  /** A refresh token that arrived, and when. */
  record Presented(String refreshToken, long nanos) {}

  Provider(RefreshTokenPolicy policy) {
    salesforce =
        FakeSalesforce.builder()
            .sessionTimeout(Duration.ofDays(365))
            .refreshTokenPolicy(policy)
            .start();
    // Sees each request, and takes none.
    salesforce.nextRequest(
        request -> {
          Optional<String> token = request.form("refresh_token");
          token
              .filter(text -> !text.equals(STRANGER))
              .ifPresent(text -> presented.add(new Presented(text, System.nanoTime())));
          return false;
        },
        Fault.none());
  }

  /** Returns when a refresh token was presented, in that order. */
  List<Long> presentedAt(String refreshToken) {
    return presented.stream()
        .filter(one -> one.refreshToken().equals(refreshToken))
        .map(Presented::nanos)
        .toList();
  }

  /** Returns how many refreshes were asked for. */
  int requests() {
    return presented.size();
  }

  AuthorizationCodeFlow flow() {
    return flow(salesforce.uri(), salesforce.consumerKey(), salesforce.consumerSecret());
  }

  static AuthorizationCodeFlow flow(URI host, String clientId, String clientSecret) {
    return AuthorizationCodeFlow.builder(
            new App(clientId, clientSecret),
            host.resolve("/services/oauth2/authorize"),
            host.resolve(TOKEN))
        .revocationEndpoint(host.resolve("/services/oauth2/revoke"))
        .build();
  }

  /** Returns the tokens of a consent whose session is over. */
  TokenSet expired(IssuedGrant grant) {
    Instant issued = Instant.now().minus(Duration.ofHours(3));
    return tokens(grant, issued, Expiry.known(issued.plus(Duration.ofHours(2))));
  }

  /** Returns the tokens of a consent whose session is good for two hours. */
  TokenSet good(IssuedGrant grant) {
    Instant issued = Instant.now();
    return tokens(grant, issued, Expiry.known(issued.plus(Duration.ofHours(2))));
  }

  private TokenSet tokens(IssuedGrant grant, Instant issued, Expiry expiry) {
    return tokens(grant.accessToken(), grant.refreshToken(), issued, expiry)
        .issuer(salesforce.uri())
        .clientId(salesforce.consumerKey())
        .build();
  }

  private static TokenSet.Builder tokens(
      String accessToken, String refreshToken, Instant issued, Expiry expiry) {
    return TokenSet.builder(Secret.of(accessToken), issued)
        .refreshToken(Secret.of(refreshToken))
        .expiry(expiry)
        .consentedNow();
  }

  /** Returns expired tokens that no one issued; this does not count their refreshes. */
  static TokenSet stranger(URI host, String clientId) {
    return tokens(STRANGER, STRANGER, Instant.EPOCH, Expiry.known(Instant.EPOCH))
        .issuer(host)
        .clientId(clientId)
        .build();
  }

  private record App(String clientId, String secret) implements ProviderApp {
    @Override
    public String provider() {
      return "salesforce";
    }

    @Override
    public Secret clientSecret() {
      return Secret.of(secret);
    }

    @Override
    public URI callbackUri() {
      return URI.create("http://localhost:8080/callback");
    }

    @Override
    public Scopes scopes() {
      return Scopes.of("api", "refresh_token");
    }

    @Override
    public String toString() {
      return "App[" + clientId + "]";
    }
  }

  @Override
  public void close() {
    salesforce.close();
  }
}
