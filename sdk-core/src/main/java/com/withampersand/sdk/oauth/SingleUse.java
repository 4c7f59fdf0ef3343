package com.withampersand.sdk.oauth;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a request be exchanged once, here and on every node that shares the replay guard of its
 * signer.
 */
record SingleUse(@Nullable StateSigner states, Clock clock) {
  private static final Logger log = LoggerFactory.getLogger(SingleUse.class);

  /**
   * Marks a request as used, before its code is sent.
   *
   * @throws CallbackException if it was used before, or has expired
   * @throws TokenStoreException if the replay guard cannot tell; nothing was marked
   */
  void mark(AuthorizationRequest request) {
    request.markUsed(clock.instant());
    if (states == null) {
      return;
    }
    try {
      states.markUsed(request.state(), request.expiresAt());
    } catch (CallbackException e) {
      throw e;
    } catch (RuntimeException e) {
      request.markUnused();
      throw e instanceof AmpersandException ? e : guardFailed(e);
    }
  }

  /**
   * Returns a failed exchange as it counts for its callback: retryable only if the code was not
   * used, and then the request can be used again.
   */
  AmpersandException failed(AuthorizationRequest request, AmpersandException failure) {
    if (!failure.isRetryable()) {
      return failure;
    }
    if (failure instanceof OAuthException refusal) {
      boolean notUsed = refusal.verdict() == Verdict.THROTTLED && unmark(request, failure);
      return notUsed ? refusal : notRetryable(refusal);
    }
    if (failure instanceof TransportException && !unmark(request, failure)) {
      return new TransportException(String.valueOf(failure.getMessage()), false, false, failure);
    }
    return failure;
  }

  /** Returns a refusal that the same call, made again, cannot cure. */
  static OAuthException notRetryable(OAuthException refusal) {
    return refusal.isRetryable() ? refusal.toBuilder().verdict(Verdict.UNKNOWN).build() : refusal;
  }

  private boolean unmark(AuthorizationRequest request, AmpersandException failure) {
    try {
      if (states != null) {
        states.markUnused(request.state());
      }
      request.markUnused();
      return true;
    } catch (RuntimeException e) {
      log.warn("The replay guard could not unmark a state: {}", Refinements.reason(e));
      failure.addSuppressed(e instanceof AmpersandException ? e : guardFailed(e));
      return false;
    }
  }

  /** Other exceptions than ours may quote a secret. */
  private static TokenStoreException guardFailed(RuntimeException e) {
    return new TokenStoreException(
        "The replay guard could not tell whether the state was used ("
            + e.getClass().getName()
            + "). Nothing was sent; try again.",
        true,
        null);
  }
}
