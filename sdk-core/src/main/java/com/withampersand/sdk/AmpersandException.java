package com.withampersand.sdk;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that this SDK throws on purpose. There is one subclass for each different
 * thing that a caller does next.
 *
 * <p>Mistakes in calling code are not among them: those stay {@link NullPointerException}, {@link
 * IllegalArgumentException} and {@link IllegalStateException}, and are thrown before anything is
 * sent.
 *
 * <p>No message and no cause holds a secret.
 */
public abstract sealed class AmpersandException extends RuntimeException
    permits ApiException,
        CallbackException,
        InvalidProviderAppException,
        OAuthException,
        ProtocolException,
        TokenStoreException,
        TransportException {

  AmpersandException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Tells whether the same call, made again later and unchanged, may succeed and can do no harm.
   * Where {@link #isOutcomeUnknown()} is true for a call that must not be repeated, such as a
   * refresh, this is false.
   */
  public boolean isRetryable() {
    return false;
  }

  /**
   * Tells whether the provider may have carried the request out although no usable answer came
   * back. A refresh whose outcome is unknown must not be sent again: a provider that rotates
   * refresh tokens would take the second for theft, and end the grant.
   */
  public boolean isOutcomeUnknown() {
    return false;
  }
}
