package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import java.net.URI;

/** An app whose secret can change. */
final class TestApp implements ProviderApp {
  static final String SECRET = "CLIENT-SECRET/with+odd=characters";

  volatile Secret secret = Secret.of(SECRET);
  volatile boolean secretIsAway;
  String clientId = "client id&1";
  URI callback = URI.create("https://example.com/callback?tenant=a%20b&x=1");
  Scopes scopes = Scopes.of("read", "write:all");

  @Override
  public String provider() {
    return "example";
  }

  @Override
  public String clientId() {
    return clientId;
  }

  @Override
  public Secret clientSecret() {
    if (secretIsAway) {
      throw new IllegalStateException("the vault is sealed");
    }
    return secret;
  }

  @Override
  public URI callbackUri() {
    return callback;
  }

  @Override
  public Scopes scopes() {
    return scopes;
  }
}
