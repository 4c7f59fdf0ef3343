package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.AmpersandTokens;
import com.withampersand.sdk.token.TokenProvider;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What asks Ampersand. */
@Configuration(proxyBeanMethods = false)
class ApiConfiguration {
  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnProperty("ampersand.project")
  AmpersandClient ampersandClient(AmpersandProperties properties) {
    String project = Optional.ofNullable(properties.project()).orElse("");
    Secret apiKey =
        Settings.required(
            "ampersand.api-key",
            properties.apiKey(),
            "give it an API key of the project in Ampersand");
    try {
      AmpersandClient.Builder client = AmpersandClient.builder(project, apiKey);
      Optional.ofNullable(properties.apiUrl()).ifPresent(client::baseUrl);
      return client.build();
    } catch (IllegalArgumentException e) {
      throw SetupException.wrong("ampersand.project, ampersand.api-key or ampersand.api-url", e);
    }
  }

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnBean(DevMode.class)
  AmpersandClient devAmpersandClient(DevMode dev) {
    return AmpersandClient.builder(dev.project(), dev.apiKey()).baseUrl(dev.api()).build();
  }

  @Bean
  @ConditionalOnMissingBean(TokenProvider.class)
  @ConditionalOnProperty(name = "ampersand.tokens.store", havingValue = "ampersand")
  AmpersandTokens ampersandTokens(ObjectProvider<AmpersandClient> client) {
    AmpersandClient found = client.getIfAvailable();
    if (found == null) {
      throw SetupException.notSet(
          "ampersand.project", "give it your project, since ampersand.tokens.store is ampersand");
    }
    return AmpersandTokens.of(found);
  }
}
