package com.withampersand.sdk;

import org.jspecify.annotations.Nullable;

/**
 * The token store failed: it cannot be reached, cannot be read, or a grant in it stayed locked for
 * too long.
 */
public final class TokenStoreException extends AmpersandException {
  private final boolean retryable;

  /**
   * Creates the exception.
   *
   * @param message says what failed, for which grant, and what to do
   * @param retryable whether the same call may succeed later
   * @param cause the store's own error, or null if there is none
   */
  public TokenStoreException(String message, boolean retryable, @Nullable Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
  }

  @Override
  public boolean isRetryable() {
    return retryable;
  }
}
