package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.Scopes;
import java.net.URI;

/** An app of a provider that is not known. */
final class FuzzApp implements ProviderApp {
  static final URI AUTHORIZE = URI.create("https://auth.example/authorize");
  static final URI TOKEN = URI.create("https://auth.example/token");

  @Override
  public String provider() {
    return "example";
  }

  @Override
  public String clientId() {
    return "client-1";
  }

  @Override
  public Secret clientSecret() {
    return Secret.of(Canary.CLIENT_SECRET);
  }

  @Override
  public URI callbackUri() {
    return URI.create("https://app.example/callback");
  }

  @Override
  public Scopes scopes() {
    return Scopes.of("read", "write");
  }
}
