package com.withampersand.sdk.spring;

import com.withampersand.sdk.OAuthException;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Watches work by Micrometer. The one tag beside the name is the outcome: one of a few words, or
 * the reason for which a provider refused. The message of a failure names a connection, so the
 * failure itself is not handed on.
 */
record MicrometerObservations(ObservationRegistry registry) implements Observations {
  private static final String OUTCOME = "outcome";

  @Override
  public <T> T observe(String name, Supplier<T> work, Function<? super T, String> outcomeOfResult) {
    Observation observation = Observation.start(name, registry);
    Observation.Scope scope = observation.openScope();
    String outcome = "failed";
    try {
      T result = work.get();
      outcome = outcomeOfResult.apply(result);
      return result;
    } catch (OAuthException e) {
      outcome = e.reason().name().toLowerCase(Locale.ROOT);
      throw e;
    } finally {
      scope.close();
      observation.lowCardinalityKeyValue(KeyValue.of(OUTCOME, outcome)).stop();
    }
  }
}
