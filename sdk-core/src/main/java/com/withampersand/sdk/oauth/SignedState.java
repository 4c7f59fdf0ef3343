package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * A state that a {@link StateSigner} signed, or verified. Only a signer makes one, so a state that
 * reaches the flow this way is genuine.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class SignedState {
  private final String value;
  private final String payload;
  private final Instant expiresAt;
  private final Supplier<Secret> codeVerifier;

  SignedState(String value, String payload, Instant expiresAt, Supplier<Secret> codeVerifier) {
    this.value = value;
    this.payload = payload;
    this.expiresAt = expiresAt;
    this.codeVerifier = codeVerifier;
  }

  /** Returns the text that travels as {@code state}. */
  public String value() {
    return value;
  }

  /** Returns the caller's own text that rides along. */
  public String payload() {
    return payload;
  }

  /** Returns the instant from which the state is no longer accepted. */
  public Instant expiresAt() {
    return expiresAt;
  }

  /** Returns the code verifier that belongs to this state, on every node that has its key. */
  Secret codeVerifier() {
    return codeVerifier.get();
  }

  /** Returns the end of the state's life, not the state. */
  @Override
  public String toString() {
    return "SignedState[until " + expiresAt + "]";
  }
}
