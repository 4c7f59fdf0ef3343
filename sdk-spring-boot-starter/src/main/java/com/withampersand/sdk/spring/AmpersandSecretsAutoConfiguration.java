package com.withampersand.sdk.spring;

import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Keeps the starter's secrets out of the actuator's endpoints, whatever those are told to show.
 * They are in the properties of the application even where {@code ampersand.enabled} is false, so
 * this does not depend on it. The bean is safe to share between threads.
 */
@AutoConfiguration
@ConditionalOnClass(SanitizingFunction.class)
public final class AmpersandSecretsAutoConfiguration {
  @Bean
  SanitizingFunction ampersandSanitizingFunction(ConfigurableEnvironment environment) {
    return SecretProperties.of(environment)::sanitize;
  }
}
