package com.withampersand.sdk.token;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow;
import com.withampersand.sdk.oauth.AuthorizationCodeFlow.ClientAuthentication;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.MovableClock;
import com.withampersand.sdk.oauth.OAuthFlow;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A customer with a grant at a provider, and what is heard of it. */
final class Customer implements AutoCloseable {
  static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");

  final MovableClock clock = new MovableClock();
  final FakeSalesforce salesforce = FakeSalesforce.builder().clock(clock).start();
  volatile HttpTransport transport = HttpTransport.shared();
  final OAuthFlow flow =
      flow(
          salesforce.uri(),
          salesforce.consumerKey(),
          salesforce.consumerSecret(),
          request -> transport.send(request),
          clock);
  final Ears ears = new Ears();
  final List<String> events = ears.events;

  /** Returns a flow at a provider on this machine. */
  static OAuthFlow flow(
      URI salesforce, String key, String secret, HttpTransport transport, Clock clock) {
    return AuthorizationCodeFlow.builder(
            new App(key, Secret.of(secret)),
            URI.create(salesforce + "/services/oauth2/authorize"),
            URI.create(salesforce + "/services/oauth2/token"))
        .revocationEndpoint(
            URI.create(salesforce + "/services/oauth2/revoke"), ClientAuthentication.NONE)
        .transport(transport)
        .clock(clock)
        .build();
  }

  /** Lets the user consent, and returns the tokens. */
  TokenSet consent() {
    AuthorizationRequest request = flow.authorize();
    TokenSet tokens =
        flow.exchange(request, AuthorizationCallback.parse(salesforce.approve(request.url())));
    salesforce.clearRequests();
    return tokens;
  }

  FreshTokens.Builder fresh(TokenStore store) {
    return FreshTokens.builder(flow, store).clock(clock).listener(ears);
  }

  int refreshes() {
    return salesforce.requests("/services/oauth2/token").size();
  }

  @Override
  public void close() {
    salesforce.close();
  }

  /** Writes down what it hears. */
  static final class Ears implements TokenListener {
    final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void refreshed(ConnectionKey key, TokenSet tokens) {
      events.add("refreshed");
    }

    @Override
    public void refreshFailed(ConnectionKey key, AmpersandException failure) {
      events.add("failed " + failure.getClass().getSimpleName());
    }

    @Override
    public void consentNeeded(ConnectionKey key, OAuthException refusal) {
      events.add("consent needed " + refusal.error());
    }

    @Override
    public void unsaved(ConnectionKey key, TokenSet tokens, TokenStoreException failure) {
      events.add("unsaved");
    }
  }

  private record App(String clientId, Secret clientSecret) implements ProviderApp {
    @Override
    public String provider() {
      return "salesforce";
    }

    @Override
    public URI callbackUri() {
      return URI.create("http://localhost:8080/callback");
    }

    @Override
    public Scopes scopes() {
      return Scopes.of("api", "refresh_token");
    }
  }
}
