package com.withampersand.sdk;

import org.jspecify.annotations.Nullable;

/** The token store failed: it cannot be reached, or what it keeps cannot be read. */
public final class TokenStoreException extends AmpersandException {
  private final boolean retryable;
  private final boolean outcomeUnknown;

  /**
   * Creates the exception.
   *
   * @param message says what failed, for which grant, and what to do
   * @param retryable whether the same call may succeed later
   * @param cause the store's own error, or null if there is none
   */
  public TokenStoreException(String message, boolean retryable, @Nullable Throwable cause) {
    this(message, retryable, false, cause);
  }

  /**
   * Creates the exception of a write.
   *
   * @param message says what failed, for which grant, and what to do
   * @param retryable whether the same call may succeed later
   * @param outcomeUnknown whether the row may have been written
   * @param cause the store's own error, or null if there is none
   */
  public TokenStoreException(
      String message, boolean retryable, boolean outcomeUnknown, @Nullable Throwable cause) {
    super(message, cause);
    this.retryable = retryable;
    this.outcomeUnknown = outcomeUnknown;
  }

  private TokenStoreException(CallFacts facts, TokenStoreException cause) {
    super(facts.message(cause), cause, facts);
    this.retryable = cause.retryable;
    this.outcomeUnknown = cause.outcomeUnknown;
  }

  @Override
  String topicOrKind() {
    return DocPage.STORE_FAILED.topic();
  }

  @Override
  TokenStoreException copy(CallFacts facts) {
    return new TokenStoreException(facts, this);
  }

  @Override
  boolean retryable() {
    return retryable;
  }

  /** Tells whether a write may have happened although it failed. */
  @Override
  public boolean isOutcomeUnknown() {
    return outcomeUnknown;
  }
}
