package com.withampersand.sdk.token.refresh;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a caller is not served; the shell makes an exception of it.
 *
 * @param refusal what the provider said, if it said something
 * @param cause what failed, if something did
 * @param retryAfter when the same call helps; null if unknown
 */
record Failure(
    Kind kind,
    @Nullable Refusal refusal,
    @Nullable Throwable cause,
    boolean isRetryable,
    @Nullable Duration retryAfter) {

  /** What the caller does next. */
  enum Kind {
    /** There is no such grant. */
    NOT_CONNECTED,
    /** No renewer here owns it. */
    FOREIGN,
    /** The row does not open. */
    UNREADABLE,
    /** The provider refused. */
    REFUSED,
    /** The access token is over, and there is nothing to renew it with. */
    OVER,
    /** A request has no usable answer yet, or never had one. */
    DOUBT,
    /** A request had no answer, or was never sent. */
    PROVIDER,
    /** The store failed. */
    STORE,
    /** Another process has the grant for longer than the caller waited. */
    BUSY,
    /** The recipient failed or refused. */
    RECIPIENT,
    /** The recipient has a connection of that name. */
    RECIPIENT_HAS_ONE,
    /** The recipient keeps the grant. */
    HANDED_OVER,
    /** The grant is not being handed over. */
    NOT_HANDING_OVER
  }

  static Failure of(Kind kind) {
    return new Failure(kind, null, null, false, null);
  }

  static Failure later(Kind kind, @Nullable Throwable cause, @Nullable Duration retryAfter) {
    return new Failure(kind, null, cause, true, retryAfter);
  }

  static Failure of(Refusal refusal, boolean isRetryable, @Nullable Duration retryAfter) {
    return new Failure(Kind.REFUSED, refusal, null, isRetryable, retryAfter);
  }

  Failure in(Duration retryAfter) {
    return new Failure(kind, refusal, cause, true, retryAfter);
  }
}
