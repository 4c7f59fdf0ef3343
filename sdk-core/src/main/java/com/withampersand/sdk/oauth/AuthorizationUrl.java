package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Percent;
import com.withampersand.sdk.internal.Sha256;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds authorization URLs. What all of one flow have in common is built once. */
final class AuthorizationUrl {
  private final String prefix;
  private final String scope;
  private final byte[] context;

  AuthorizationUrl(URI endpoint, ProviderApp app) {
    StringBuilder url = new StringBuilder(endpoint.toString());
    url.append(endpoint.getRawQuery() == null ? '?' : '&').append("response_type=code");
    append(url, "client_id", app.clientId());
    append(url, "redirect_uri", app.callbackUri().toString());
    this.prefix = url.toString();
    this.scope = Percent.encode(app.scopes().toString());
    this.context = Sha256.of("state." + prefix);
  }

  /** Returns the beginning that names endpoint, client and callback. */
  String prefix() {
    return prefix;
  }

  /** Returns a hash of the same, to which signed states are bound: 32 bytes. */
  byte[] context() {
    return context.clone();
  }

  /**
   * Returns the URL of one request.
   *
   * @param verifier the code verifier whose challenge is sent; null for none, and then no PKCE
   *     parameter is
   */
  String build(String state, AuthorizationOptions options, @Nullable Secret verifier) {
    StringBuilder url = new StringBuilder(prefix.length() + scope.length() + 128).append(prefix);
    String scopeValue =
        options.scopes().map(scopes -> Percent.encode(scopes.toString())).orElse(scope);
    if (!scopeValue.isEmpty()) {
      url.append("&scope=").append(scopeValue);
    }
    append(url, "state", state);
    if (verifier != null) {
      append(url, "code_challenge", CodeVerifier.challenge(verifier));
      append(url, "code_challenge_method", "S256");
    }
    for (Map.Entry<String, String> parameter : options.parameters().entrySet()) {
      append(url, parameter.getKey(), parameter.getValue());
    }
    return url.toString();
  }

  private static void append(StringBuilder url, String name, String value) {
    url.append('&');
    Percent.encode(name, url);
    url.append('=');
    Percent.encode(value, url);
  }
}
