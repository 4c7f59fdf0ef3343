package com.withampersand.sdk.spring;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Configures the app in Salesforce, its flow, the store of grants, the {@code TokenProvider} over
 * it and its sweeps, and the client of Ampersand's API. The default is to configure all that the
 * properties allow; each bean steps back for one of the application's.
 *
 * <p>The beans are safe to share between threads.
 */
@AutoConfiguration(
    afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnProperty(name = "ampersand.enabled", matchIfMissing = true)
@EnableConfigurationProperties(AmpersandProperties.class)
@Import({
  DevModeConfiguration.class,
  ApiConfiguration.class,
  GrantsConfiguration.class,
  SweepConfiguration.class
})
public final class AmpersandAutoConfiguration {
  @Bean
  @ConfigurationPropertiesBinding
  static SecretConverter ampersandSecretConverter() {
    return new SecretConverter();
  }

  @Bean
  Settings ampersandSettings(
      AmpersandProperties properties, Environment environment, ObjectProvider<DevMode> dev) {
    if (properties.apiKey() != null && !StringUtils.hasText(properties.project())) {
      throw SetupException.notSet(
          "ampersand.project",
          "give it the ID or name of the project that ampersand.api-key is for");
    }
    return new Settings(properties, environment, dev.getIfAvailable());
  }
}
