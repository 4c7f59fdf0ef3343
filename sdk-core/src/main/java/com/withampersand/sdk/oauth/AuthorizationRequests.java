package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Creates the requests of one flow, each with a state and a code verifier of its own. */
record AuthorizationRequests(
    AuthorizationUrl url,
    URI issuer,
    boolean pkce,
    Duration lifetime,
    Clock clock,
    SecureRandom random) {
  private static final int RANDOM_BYTES = 32;

  /** Returns a request that must be kept until the callback. */
  AuthorizationRequest kept(AuthorizationOptions options, Scopes scopes) {
    String state = Base64.getUrlEncoder().withoutPadding().encodeToString(randomBytes());
    Secret verifier = pkce ? CodeVerifier.of(randomBytes()) : null;
    return request(
        options, attempt(options, scopes, clock.instant().plus(lifetime)), state, verifier);
  }

  /**
   * Returns a request whose state holds what the callback needs, for the browser of the binding.
   */
  AuthorizationRequest signed(
      AuthorizationOptions options, Scopes scopes, StateSigner signer, BrowserBinding binding) {
    Attempt attempt = attempt(options, scopes, signer.expiry());
    StateSigner.Signed signed = signer.sign(attempt, url.context(), binding, pkce);
    return request(options, attempt, signed.state(), signed.codeVerifier());
  }

  private AuthorizationRequest request(
      AuthorizationOptions options, Attempt attempt, String state, @Nullable Secret verifier) {
    return AuthorizationRequest.of(
        url.build(state, options, verifier), state, attempt.with(verifier));
  }

  private Attempt attempt(AuthorizationOptions options, Scopes scopes, Instant expiresAt) {
    return new Attempt(
        scopes, expiresAt, options.payload(), issuer, options.expectedOrg().orElse(null), null);
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }
}
