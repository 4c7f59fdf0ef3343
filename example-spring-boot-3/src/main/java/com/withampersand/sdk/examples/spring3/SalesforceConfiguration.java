package com.withampersand.sdk.examples.spring3;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.net.URI;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What keeps grants in an application of Spring Boot 3. */
// region recipe
@Configuration
class SalesforceConfiguration {
  @Bean
  SalesforceOAuthFlow flow(
      @Value("${salesforce.client-id}") String clientId,
      @Value("${salesforce.client-secret}") String clientSecret,
      @Value("${salesforce.callback}") URI callback,
      @Value("${salesforce.login-host:https://login.salesforce.com}") String host) {
    SalesforceApp app =
        SalesforceApp.builder(clientId, clientSecret)
            .scopes("api", "refresh_token")
            .callback(callback)
            .build();
    return SalesforceOAuthFlow.builder(app, LoginHost.fromStored(host)).withPkce().build();
  }

  @Bean
  FreshTokens tokens(
      SalesforceOAuthFlow flow,
      DataSource dataSource,
      @Value("${salesforce.tokens-key}") String key) {
    JdbcTokenStore store = JdbcTokenStore.of(dataSource);
    store.migrate();
    TokenCipher cipher = TokenCipher.of(Keyring.of("tokens", Secret.of(key)));
    return FreshTokens.builder(store, cipher).renewer(flow).build(); // Spring closes it
  }
}
// endregion
