package com.withampersand.sdk.token;

import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a call of a provider's API failed because of its access token, and of nothing else:
 * for HTTP, whether the answer is 401.
 *
 * @param <T> what the call returns
 */
@FunctionalInterface
public interface RefusalTest<T> {
  /**
   * Judges one call.
   *
   * @param result what it returned; null if it threw, or returned null
   * @param failure what it threw; null if it returned
   */
  boolean isRefusal(@Nullable T result, @Nullable Exception failure);

  /** Returns a test of results; no exception is a refusal. */
  static <T> RefusalTest<T> ofResult(Predicate<? super T> refused) {
    Objects.requireNonNull(refused, "refused");
    return (result, failure) -> failure == null && result != null && refused.test(result);
  }

  /**
   * Returns a test of exceptions, for clients that throw when the answer is 401; no result is a
   * refusal.
   */
  static <T> RefusalTest<T> ofFailure(Predicate<? super Exception> refused) {
    Objects.requireNonNull(refused, "refused");
    return (result, failure) -> failure != null && refused.test(failure);
  }
}
