package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import java.net.URI;

/**
 * An app for requests that do not carry its secret. The secret is still asked for, to hide it if a
 * server sends it back, but a request does not fail because it cannot be read.
 *
 * @param app the app
 */
record SecretNotNeeded(ProviderApp app) implements ProviderApp {
  @Override
  public String provider() {
    return app.provider();
  }

  @Override
  public String clientId() {
    return app.clientId();
  }

  @Override
  public Secret clientSecret() {
    try {
      return app.clientSecret();
    } catch (RuntimeException e) {
      return StateSigner.newKey(); // which no response holds
    }
  }

  @Override
  public URI callbackUri() {
    return app.callbackUri();
  }

  @Override
  public Scopes scopes() {
    return app.scopes();
  }
}
