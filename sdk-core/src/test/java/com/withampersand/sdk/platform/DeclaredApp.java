package com.withampersand.sdk.platform;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.ProviderApp;
import com.withampersand.sdk.oauth.ProviderAppMetadata;
import com.withampersand.sdk.oauth.Scopes;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An app to register, every part of which can be replaced. */
final class DeclaredApp implements ProviderApp {
  static final String SECRET = "SECRET-CANARY-0987654321";

  String provider = "salesforce";
  String clientId = "key";
  Secret secret = Secret.of(SECRET);
  URI callback = URI.create("https://api.withampersand.com/callbacks/v1/oauth");
  Scopes scopes = Scopes.of("api", "refresh_token");
  @Nullable String externalRef;
  ProviderAppMetadata metadata = ProviderAppMetadata.none();

  static ProviderAppMetadata installedFrom(String url) {
    return new ProviderAppMetadata(Map.of(), Map.of("packageInstallURL", url));
  }

  static ProviderAppMetadata asking(String name, String... values) {
    return new ProviderAppMetadata(Map.of(name, List.of(values)), Map.of());
  }

  @Override
  public String provider() {
    return provider;
  }

  @Override
  public String clientId() {
    return clientId;
  }

  @Override
  public Secret clientSecret() {
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

  @Override
  public Optional<String> externalRef() {
    return Optional.ofNullable(externalRef);
  }

  @Override
  public ProviderAppMetadata metadata() {
    return metadata;
  }
}
