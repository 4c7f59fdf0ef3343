package com.withampersand.sdk.oauth;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import java.util.Objects;

/**
 * What came of an attempt to obtain a user's consent: {@link Connected}, {@link Declined} or {@link
 * Failed}. Nothing is stored yet.
 *
 * <pre>{@code
 * AuthorizationResult result = flow.complete(callback, binding);
 * if (result instanceof AuthorizationResult.Connected connected) {
 *   tokens.save(key(connected.payload()), connected.tokens());
 * }
 * }</pre>
 *
 * <p>Immutable, and safe to share between threads.
 */
public sealed interface AuthorizationResult {
  /**
   * Returns what {@link AuthorizationOptions.Builder#payload} was given, such as your customer's
   * identifier; empty if it was given nothing, or if the callback belongs to no attempt that is
   * known.
   */
  String payload();

  /**
   * The user consented.
   *
   * @param payload what the request was given
   * @param tokens the tokens, to be stored before they are used
   */
  record Connected(String payload, TokenSet tokens) implements AuthorizationResult {
    /** Creates the result. */
    public Connected {
      Objects.requireNonNull(payload, "payload");
      Objects.requireNonNull(tokens, "tokens");
    }
  }

  /**
   * The user said no. That is no failure: offer to connect again.
   *
   * @param payload what the request was given
   * @param reason the provider's answer, explained
   */
  record Declined(String payload, OAuthException reason) implements AuthorizationResult {
    /** Creates the result. */
    public Declined {
      Objects.requireNonNull(payload, "payload");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /**
   * It failed. {@link AmpersandException#isRetryable()} tells whether the same callback may be
   * completed again; in every other case let the user start again.
   *
   * @param payload what the request was given; empty if the callback belongs to none that is known
   * @param error what went wrong
   */
  record Failed(String payload, AmpersandException error) implements AuthorizationResult {
    /** Creates the result. */
    public Failed {
      Objects.requireNonNull(payload, "payload");
      Objects.requireNonNull(error, "error");
    }
  }
}
