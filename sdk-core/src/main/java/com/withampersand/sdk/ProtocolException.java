package com.withampersand.sdk;

import org.jspecify.annotations.Nullable;

/**
 * The provider answered, but not with what the specification says: a web page, a redirect, broken
 * JSON, an answer without its mandatory members. Either the host is not the one it was thought to
 * be, or the answer is a case to report to the provider.
 */
public final class ProtocolException extends AmpersandException {
  private final boolean outcomeUnknown;

  /**
   * Creates the exception.
   *
   * @param message says what was answered, from which host and with which status, and what to do;
   *     never quotes the answer
   * @param outcomeUnknown whether the provider may have carried the request out
   */
  public ProtocolException(String message, boolean outcomeUnknown) {
    this(message, outcomeUnknown, null);
  }

  /**
   * Creates the exception with the error that revealed it.
   *
   * @param message says what was answered, from which host and with which status, and what to do;
   *     never quotes the answer
   * @param outcomeUnknown whether the provider may have carried the request out
   * @param cause the parser's error, which must not quote the answer either
   */
  public ProtocolException(String message, boolean outcomeUnknown, @Nullable Throwable cause) {
    super(message, cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  private ProtocolException(CallFacts facts, ProtocolException cause) {
    super(facts.message(cause), cause, facts);
    this.outcomeUnknown = cause.outcomeUnknown;
  }

  @Override
  String topicOrKind() {
    return DocPage.UNUSABLE_ANSWER.topic();
  }

  @Override
  ProtocolException copy(CallFacts facts) {
    return new ProtocolException(facts, this);
  }

  @Override
  public boolean isOutcomeUnknown() {
    return outcomeUnknown;
  }
}
