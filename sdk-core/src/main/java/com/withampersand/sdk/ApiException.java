package com.withampersand.sdk;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ampersand refused a call. {@link #problem()} holds what it says about it; the message names what
 * failed, the status, the remedy and the request id.
 */
public final class ApiException extends AmpersandException {
  private final int httpStatus;
  private final Problem problem;
  private final @Nullable Instant retryAt;
  private final boolean retryable;
  private final boolean outcomeUnknown;

  /**
   * Creates the exception.
   *
   * @param message says what failed, at which host, with which status and request id, and what to
   *     do
   * @param httpStatus the status of the answer
   * @param problem what Ampersand says about it, without secrets
   * @param retryAt when the same call is of use again, or null if that is not known
   * @param retryable whether the same call may be made again without harm
   * @param outcomeUnknown whether the call may have been carried out
   */
  public ApiException(
      String message,
      int httpStatus,
      Problem problem,
      @Nullable Instant retryAt,
      boolean retryable,
      boolean outcomeUnknown) {
    super(message, null);
    this.httpStatus = httpStatus;
    this.problem = Objects.requireNonNull(problem, "problem");
    this.retryAt = retryAt;
    this.retryable = retryable;
    this.outcomeUnknown = outcomeUnknown;
  }

  private ApiException(CallFacts facts, ApiException cause) {
    super(facts.message(cause), cause, facts);
    this.httpStatus = cause.httpStatus;
    this.problem = cause.problem;
    this.retryAt = cause.retryAt;
    this.retryable = cause.retryable;
    this.outcomeUnknown = cause.outcomeUnknown;
  }

  @Override
  String topicOrKind() {
    return DocPage.API_REFUSED.topic();
  }

  @Override
  ApiException copy(CallFacts facts) {
    return new ApiException(facts, this);
  }

  /** Returns the HTTP status of the answer, whatever the problem document says. */
  public int httpStatus() {
    return httpStatus;
  }

  /** Returns what Ampersand says about it; without members if it said nothing. */
  public Problem problem() {
    return problem;
  }

  /**
   * Returns when the same call is of use again, from {@code Retry-After} and from the problem;
   * empty if neither says.
   */
  public Optional<Instant> retryAt() {
    return Optional.ofNullable(retryAt);
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
