package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt to obtain consent is about, however it is kept until the browser comes back.
 *
 * @param scopes what is asked for
 * @param expiresAt from when a callback is too late
 * @param payload the caller's own text; may be empty
 * @param issuer who is asked; null if it was written down before that was recorded
 * @param expectedOrg the org that must answer; null for any
 * @param codeVerifier the secret half of PKCE; null without PKCE
 */
record Attempt(
    Scopes scopes,
    Instant expiresAt,
    String payload,
    @Nullable URI issuer,
    @Nullable String expectedOrg,
    @Nullable Secret codeVerifier) {
  Attempt with(@Nullable Secret verifier) {
    return new Attempt(scopes, expiresAt, payload, issuer, expectedOrg, verifier);
  }
}
