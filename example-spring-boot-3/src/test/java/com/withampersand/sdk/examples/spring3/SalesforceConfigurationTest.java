package com.withampersand.sdk.examples.spring3;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.AuthorizationCallback;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import com.withampersand.sdk.oauth.BrowserBinding;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.salesforce.LoginHost;
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
  void customer_connectsByTheTwoRoutes_andIsRefreshed() {
    try (FakeSalesforce salesforce = FakeSalesforce.start();
        ConfigurableApplicationContext context = start(salesforce)) {
      FreshTokens tokens = context.getBean(FreshTokens.class);
      BrowserBinding browser = BrowserBinding.random();
      SalesforceOAuthFlow flow = context.getBean(SalesforceOAuthFlow.class);

      URI callback = salesforce.approve(connect(flow, salesforce.uri(), browser));
      callback(flow, tokens, callback, browser);
      tokens.refresh(ACME);

      assertThat(SpringBootVersion.getVersion()).startsWith("3.5.");
      assertThat(salesforce.grants().get(0).refreshes()).isEqualTo(1);
      assertThat(flow.complete(AuthorizationCallback.fromUri(callback), browser))
          .as("the same callback again")
          .isInstanceOf(Failed.class);
    }
  }

  /** The first route of the guide. */
  private static URI connect(SalesforceOAuthFlow flow, URI host, BrowserBinding browser) {
    AuthorizationOptions options =
        AuthorizationOptions.builder().payload("acme").binding(browser).build();
    return flow.authorize(LoginHost.custom(host), options).url();
  }

  /** The second one. */
  private static void callback(
      SalesforceOAuthFlow flow, FreshTokens tokens, URI callback, BrowserBinding browser) {
    Connected connected =
        (Connected) flow.complete(AuthorizationCallback.fromQuery(callback.getRawQuery()), browser);
    tokens.save(new ConnectionKey("salesforce", connected.payload(), "admin"), connected.tokens());
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
        "--tokens.key=" + TokenCipher.newKey().reveal(),
        "--states.key=" + StateSigner.newKey().reveal());
  }
}
