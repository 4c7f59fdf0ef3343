package com.withampersand.sdk.spring;

import com.withampersand.sdk.token.crypto.TokenSealer;
import com.withampersand.sdk.token.refresh.FreshTokens;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures the health of the grants, unless {@code management.health.ampersand.enabled} is false.
 * The beans are safe to share between threads.
 */
@AutoConfiguration(after = AmpersandAutoConfiguration.class)
@ConditionalOnProperty(name = "ampersand.enabled", matchIfMissing = true)
public final class AmpersandHealthAutoConfiguration {
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
  @ConditionalOnBean({FreshTokens.class, TokenSealer.class})
  static class Grants {
    @Bean
    @ConditionalOnMissingBean(name = "ampersandHealthIndicator")
    @ConditionalOnEnabledHealthIndicator("ampersand")
    HealthIndicator ampersandHealthIndicator(FreshTokens tokens, TokenSealer sealer) {
      return new GrantsHealthIndicator(tokens, sealer);
    }
  }
}
