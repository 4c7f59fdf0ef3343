package com.withampersand.sdk.examples.spring3;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcReplayGuard;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What connects customers and keeps their grants in an application of Spring Boot 3. */
@Configuration
class SalesforceConfiguration {
  // region recipe
  @Bean
  StateSigner states(DataSource database, @Value("${states.key}") String key) {
    JdbcReplayGuard guard = JdbcReplayGuard.of(database);
    guard.migrate();
    return StateSigner.builder("states", Secret.of(key)).replayGuard(guard).build();
  }

  @Bean
  SalesforceOAuthFlow flow(
      StateSigner states, @Value("#{systemEnvironment}") Map<String, String> variables) {
    SalesforceApp app = SalesforceApp.fromEnvironment(variables);
    String host = variables.getOrDefault("SALESFORCE_LOGIN_HOST", "https://login.salesforce.com");
    return SalesforceOAuthFlow.builder(app, LoginHost.fromStored(host))
        .states(states)
        .withPkce()
        .build();
  }

  @Bean
  FreshTokens tokens(
      SalesforceOAuthFlow flow, DataSource database, @Value("${tokens.key}") String key) {
    JdbcTokenStore store = JdbcTokenStore.of(database);
    store.migrate();
    TokenCipher cipher = TokenCipher.of(Keyring.of("tokens", Secret.of(key)));
    return FreshTokens.builder(store, cipher).renewer(flow).build();
  }
  // endregion
}
