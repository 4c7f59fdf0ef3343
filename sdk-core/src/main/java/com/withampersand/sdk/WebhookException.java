package com.withampersand.sdk;

import java.util.Objects;

/**
 * A webhook that cannot be trusted or used: unsigned, altered, out of time or too long. Answer it
 * with {@link #httpStatus()}, and drop it.
 */
public final class WebhookException extends AmpersandException {
  /** What is wrong with the webhook. */
  public enum Reason {
    /** A header of the signature is missing, repeated or malformed. */
    HEADERS(400),
    /** No signature fits: it was altered, or signed with a secret that is not known here. */
    SIGNATURE(401),
    /** It is genuine, but was signed too long ago, or in the future by this machine's clock. */
    TIMESTAMP(401),
    /** Its body is longer than the reader's limit. */
    BODY_TOO_LONG(413),
    /** Its body is empty, or is genuine but no JSON. */
    BODY(400);

    private final int httpStatus;

    Reason(int httpStatus) {
      this.httpStatus = httpStatus;
    }
  }

  private final Reason reason;

  /**
   * Creates the exception.
   *
   * @param message says what is wrong and what to do about it; shows no part of the webhook
   */
  public WebhookException(Reason reason, String message) {
    super(message, null);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  private WebhookException(CallFacts facts, WebhookException cause) {
    super(facts.message(cause), cause, facts);
    this.reason = cause.reason;
  }

  @Override
  String topicOrKind() {
    return DocPage.WEBHOOK_REFUSED.topic();
  }

  @Override
  WebhookException copy(CallFacts facts) {
    return new WebhookException(facts, this);
  }

  /** Returns what is wrong with the webhook. */
  public Reason reason() {
    return reason;
  }

  /** Returns the status to answer the sender with: 400, 401 or 413. */
  public int httpStatus() {
    return reason.httpStatus;
  }
}
