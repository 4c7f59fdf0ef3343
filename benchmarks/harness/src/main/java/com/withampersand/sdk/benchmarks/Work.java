package com.withampersand.sdk.benchmarks;

import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * One operation of a contestant.
 *
 * @param call does it once
 * @param shown returns what is to be checked of a result: a URL, a code or an access token
 */
public record Work(Callable<?> call, Function<Object, String> shown) {
  /** Returns work whose result is of one type. */
  public static <T> Work of(Callable<T> call, Class<T> type, Function<T, String> shown) {
    return new Work(call, result -> shown.apply(type.cast(result)));
  }

  /** Returns work whose result is a text. */
  public static Work of(Callable<String> call) {
    return of(call, String.class, text -> text);
  }

  /** Does it once, and returns what is to be checked. */
  public String once() throws Exception {
    return shown.apply(call.call());
  }
}
