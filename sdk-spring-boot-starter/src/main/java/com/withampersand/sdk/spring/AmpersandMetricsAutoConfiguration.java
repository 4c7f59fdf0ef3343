package com.withampersand.sdk.spring;

import com.withampersand.sdk.token.refresh.FreshTokens;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures observations of refreshes, revocations, sweeps and attempts to connect, counters of
 * what becomes of grants, and a gauge of those that are not stored yet. No tag comes from a user or
 * a connection. The beans are safe to share between threads.
 */
@AutoConfiguration(
    before = AmpersandAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
    })
@ConditionalOnProperty(name = "ampersand.enabled", matchIfMissing = true)
public final class AmpersandMetricsAutoConfiguration {
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ObservationRegistry.class)
  static class Observing {
    @Bean
    @ConditionalOnMissingBean
    Observations ampersandObservations(ObjectProvider<ObservationRegistry> registry) {
      ObservationRegistry found = registry.getIfUnique();
      return found == null ? Observations.NONE : new MicrometerObservations(found);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  static class Counting {
    @Bean
    @ConditionalOnMissingBean
    GrantCounters ampersandGrantCounters(ObjectProvider<MeterRegistry> registry) {
      return new GrantCounters(registry::getIfUnique);
    }

    @Bean
    @ConditionalOnMissingBean(name = "ampersandUnsavedGauge")
    MeterBinder ampersandUnsavedGauge(ObjectProvider<FreshTokens> tokens) {
      return registry ->
          tokens.ifUnique(
              kept ->
                  Gauge.builder("ampersand.grants.unsaved", kept, FreshTokens::unsaved)
                      .description("Grants whose newest tokens the store has not taken yet")
                      .register(registry));
    }
  }
}
