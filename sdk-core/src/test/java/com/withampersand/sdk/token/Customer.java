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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A customer with a grant at a provider, and what is heard of it. */
final class Customer implements AutoCloseable, TokenListener {
  static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");

  final MovableClock clock = new MovableClock();
  final FakeSalesforce salesforce = FakeSalesforce.builder().clock(clock).start();
  volatile HttpTransport transport = HttpTransport.shared();
  final OAuthFlow flow = flow();
  final List<String> events = new CopyOnWriteArrayList<>();

  private OAuthFlow flow() {
    return AuthorizationCodeFlow.builder(
            new App(salesforce),
            URI.create(salesforce.uri() + "/services/oauth2/authorize"),
            URI.create(salesforce.uri() + "/services/oauth2/token"))
        .revocationEndpoint(
            URI.create(salesforce.uri() + "/services/oauth2/revoke"), ClientAuthentication.NONE)
        .transport(request -> transport.send(request))
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
    return FreshTokens.builder(flow, store).clock(clock).listener(this);
  }

  int refreshes() {
    return salesforce.requests("/services/oauth2/token").size();
  }

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

  @Override
  public void close() {
    salesforce.close();
  }

  private record App(FakeSalesforce salesforce) implements ProviderApp {
    @Override
    public String provider() {
      return "salesforce";
    }

    @Override
    public String clientId() {
      return salesforce.consumerKey();
    }

    @Override
    public Secret clientSecret() {
      return Secret.of(salesforce.consumerSecret());
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
