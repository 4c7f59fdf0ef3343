package com.withampersand.sdk.examples.spring3;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationRequest;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.testkit.FakeSalesforce;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** The recipe runs on Spring Boot 3.5. */
class SalesforceConfigurationTest {
  private static final ConnectionKey ACME = new ConnectionKey("salesforce", "acme", "admin");

  @EnableAutoConfiguration
  @Import(SalesforceConfiguration.class)
  static class Application {}

  @Test
  void customer_isConnectedAndRefreshed() {
    try (FakeSalesforce salesforce = FakeSalesforce.start();
        ConfigurableApplicationContext context = start(salesforce)) {
      SalesforceOAuthFlow flow = context.getBean(SalesforceOAuthFlow.class);
      FreshTokens tokens = context.getBean(FreshTokens.class);
      AuthorizationRequest request = flow.authorize(AuthorizationOptions.none());
      URI callback = salesforce.approve(request.url());
      Connected connected =
          (Connected) flow.complete(AuthorizationCallback.fromUri(callback), request);

      tokens.save(ACME, connected.tokens());
      tokens.refresh(ACME);

      assertThat(SpringBootVersion.getVersion()).startsWith("3.5.");
      assertThat(salesforce.grants().get(0).refreshes()).isEqualTo(1);
    }
  }

  private static ConfigurableApplicationContext start(FakeSalesforce salesforce) {
    SpringApplication application = new SpringApplication(Application.class);
    application.addInitializers(
        context ->
            context
                .getBeanFactory()
                .registerSingleton("systemEnvironment", salesforce.environment()));
    return application.run(
        "--spring.datasource.url=jdbc:h2:mem:recipe",
        "--tokens.key=" + TokenCipher.newKey().reveal());
  }
}
