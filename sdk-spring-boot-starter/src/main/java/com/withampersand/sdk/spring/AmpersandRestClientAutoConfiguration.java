package com.withampersand.sdk.spring;

import com.withampersand.sdk.salesforce.SalesforceHttp;
import com.withampersand.sdk.token.TokenProvider;
import java.net.http.HttpClient;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * Configures what calls customers' orgs: {@link SalesforceHttp}, {@link SalesforceInterceptor}, and
 * the {@code RestClient} named {@code salesforceRestClient}, which is injected by that name alone.
 * None of them follows redirects. The beans are safe to share between threads.
 */
@AutoConfiguration(
    after = AmpersandAutoConfiguration.class,
    afterName = "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration")
@ConditionalOnBean(TokenProvider.class)
@ConditionalOnProperty(name = "ampersand.enabled", matchIfMissing = true)
public final class AmpersandRestClientAutoConfiguration {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration READ = Duration.ofSeconds(30);

  private static HttpClient client() {
    return HttpClient.newBuilder().connectTimeout(CONNECT).build();
  }

  @Bean
  @ConditionalOnMissingBean
  SalesforceHttp salesforceHttp(TokenProvider tokens, Settings settings) {
    return SalesforceHttp.builder(tokens, client()).alsoAt(settings.alsoAt()).build();
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(RestClient.class)
  static class Client {
    @Bean
    @ConditionalOnMissingBean
    SalesforceInterceptor salesforceInterceptor(TokenProvider tokens, Settings settings) {
      return SalesforceInterceptor.of(tokens, settings.alsoAt());
    }

    @Bean(defaultCandidate = false)
    @ConditionalOnMissingBean(name = "salesforceRestClient")
    RestClient salesforceRestClient(
        SalesforceInterceptor interceptor, ObjectProvider<RestClient.Builder> builder) {
      JdkClientHttpRequestFactory factory = new JdkClientHttpRequestFactory(client());
      factory.setReadTimeout(READ);
      return builder
          .getIfUnique(RestClient::builder)
          .clone() // an application's own may be shared by all of its clients
          .requestFactory(factory)
          .requestInterceptor(interceptor)
          .build();
    }
  }
}
