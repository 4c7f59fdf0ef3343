package com.withampersand.sdk.spring;

import com.withampersand.sdk.token.refresh.FreshTokens;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What keeps unused grants alive. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(FreshTokens.class)
@ConditionalOnProperty(name = "ampersand.keep-alive.enabled", matchIfMissing = true)
class SweepConfiguration {
  @Bean
  @ConditionalOnMissingBean
  Sweeps ampersandSweeps(
      FreshTokens tokens,
      AmpersandProperties properties,
      ObjectProvider<Observations> observations) {
    Duration interval = properties.keepAlive().interval();
    if (interval.isNegative() || interval.isZero()) {
      throw new SetupException("ampersand.keep-alive.interval has to be longer than zero.");
    }
    return new Sweeps(tokens, interval, observations.getIfAvailable(() -> Observations.NONE));
  }
}
