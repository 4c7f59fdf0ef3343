package com.withampersand.sdk;

import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.Scopes;
import java.net.URI;

/** An app whose secret is one of the {@link Canaries}. */
record CanaryApp(URI callbackUri) implements ProviderApp {
  @Override
  public String provider() {
    return "salesforce";
  }

  @Override
  public String clientId() {
    return Canaries.CLIENT_ID;
  }

  @Override
  public Secret clientSecret() {
    return Secret.of(Canaries.CLIENT_SECRET);
  }

  @Override
  public Scopes scopes() {
    return Scopes.of("api", "refresh_token");
  }
}
