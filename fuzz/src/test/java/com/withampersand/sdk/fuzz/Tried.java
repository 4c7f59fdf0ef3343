package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.InvalidProviderAppException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What came of a call: its result, or one of the exceptions that its documentation names. */
final class Tried<T> {
  private final @Nullable T result;
  private final @Nullable Exception error;

  private Tried(@Nullable T result, @Nullable Exception error) {
    this.result = result;
    this.error = error;
  }

  /**
   * Makes a call. Neither its result as a text nor its error may show a token.
   *
   * @throws AssertionError if it throws something else than {@code documented}
   */
  @SafeVarargs
  static <T> Tried<T> call(Callable<T> call, Class<? extends Exception>... documented) {
    return call(Canary.TOKENS, call, documented);
  }

  /** Makes a call that knows these secrets. */
  @SafeVarargs
  static <T> Tried<T> call(
      List<String> secrets, Callable<T> call, Class<? extends Exception>... documented) {
    T result;
    try {
      result = call.call();
    } catch (Exception e) {
      if (!isAny(e, documented)) {
        throw new AssertionError("not documented: " + e, e);
      }
      Canary.requireAbsent(secrets, e);
      Logs.requireClean(secrets);
      requireLines(e);
      return new Tried<>(null, e);
    }
    Canary.requireAbsent(secrets, String.valueOf(result), "the result");
    Logs.requireClean(secrets);
    return new Tried<>(result, null);
  }

  @SafeVarargs
  private static boolean isAny(Exception error, Class<? extends Exception>... documented) {
    for (Class<? extends Exception> type : documented) {
      if (type.isInstance(error)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A message with line ends of others' choice would forge lines of a log. One exception has a line
   * for each problem.
   */
  private static void requireLines(Exception error) {
    String message = String.valueOf(error.getMessage());
    String text =
        error instanceof InvalidProviderAppException ? message.replace('\n', ' ') : message;
    if (text.chars().anyMatch(Require::endsLine)) {
      throw new AssertionError("a message has control characters: " + message);
    }
  }

  Optional<T> result() {
    return Optional.ofNullable(result);
  }

  Optional<Exception> error() {
    return Optional.ofNullable(error);
  }
}
