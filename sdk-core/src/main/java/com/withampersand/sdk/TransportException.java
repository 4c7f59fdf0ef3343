package com.withampersand.sdk;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * No usable answer came back: the host was not found, refused the connection, was too slow, broke
 * off, or answered that it is out of service. Try later if {@link #isRetryable()}; if {@link
 * #isOutcomeUnknown()}, find out first what became of the request.
 */
public final class TransportException extends AmpersandException {
  private final boolean retryable;
  private final boolean outcomeUnknown;

  /**
   * Creates the exception.
   *
   * @param message says what failed, at which host, and what to do
   * @param retryable whether the same call may be made again without harm
   * @param outcomeUnknown whether the request may have been carried out
   * @param cause the network's error, or null where the host did answer
   */
  public TransportException(
      String message, boolean retryable, boolean outcomeUnknown, @Nullable Throwable cause) {
    this(message, retryable, outcomeUnknown, cause, null);
  }

  /**
   * Creates the exception of an answer that asks to wait.
   *
   * @param message says what failed, at which host, and what to do
   * @param retryable whether the same call may be made again without harm
   * @param outcomeUnknown whether the request may have been carried out
   * @param cause the network's error, or null where the host did answer
   * @param retryAfter how long to wait before the call is made again; null if unknown, and without
   *     effect if the call may not be made again
   */
  public TransportException(
      String message,
      boolean retryable,
      boolean outcomeUnknown,
      @Nullable Throwable cause,
      @Nullable Duration retryAfter) {
    super(message, cause, new CallFacts(null, null, retryable ? retryAfter : null));
    this.retryable = retryable;
    this.outcomeUnknown = outcomeUnknown;
  }

  private TransportException(CallFacts facts, TransportException cause) {
    super(facts.message(cause), cause, facts);
    this.retryable = cause.retryable;
    this.outcomeUnknown = cause.outcomeUnknown;
  }

  @Override
  String topicOrKind() {
    return DocPage.NO_ANSWER.topic();
  }

  @Override
  TransportException copy(CallFacts facts) {
    return new TransportException(facts, this);
  }

  @Override
  boolean retryable() {
    return retryable;
  }

  @Override
  public boolean isOutcomeUnknown() {
    return outcomeUnknown;
  }
}
