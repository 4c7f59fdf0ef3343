package com.withampersand.sdk.spring;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.GrantRecipient;
import com.withampersand.sdk.token.TokenListener;
import com.withampersand.sdk.token.TokenProvider;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.TokenSealer;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** What obtains and keeps grants in this application. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnOwnGrants.class)
class GrantsConfiguration {
  @Bean
  @ConditionalOnMissingBean
  SalesforceApp salesforceApp(Settings settings) {
    AmpersandProperties.Salesforce properties = settings.properties().salesforce();
    try {
      SalesforceApp.Builder app =
          SalesforceApp.builder(settings.clientId(), settings.clientSecret().reveal())
              .scopes(properties.scopes())
              .callback(settings.callback());
      Optional.ofNullable(properties.otherClientSecret()).ifPresent(app::alsoSignedWith);
      return app.build();
    } catch (InvalidProviderAppException e) {
      throw SetupException.of(e);
    }
  }

  @Bean
  @ConditionalOnMissingBean
  SalesforceOAuthFlow salesforceFlow(
      SalesforceApp app, Settings settings, ObjectProvider<StateSigner> states) {
    SalesforceOAuthFlow.Builder flow =
        SalesforceOAuthFlow.builder(app, settings.loginHost()).alsoAt(settings.alsoAt());
    states.ifAvailable(flow::states);
    return settings.properties().salesforce().pkce() ? flow.withPkce().build() : flow.build();
  }

  @Bean
  Tables ampersandTables(
      Settings settings,
      @Qualifier("ampersandDataSource") ObjectProvider<DataSource> named,
      ObjectProvider<DataSource> any) {
    return new Tables(settings, named, any);
  }

  @Bean
  @ConditionalOnMissingBean
  TokenStore ampersandTokenStore(Tables tables) {
    return tables.grants();
  }

  @Bean
  @ConditionalOnMissingBean
  @Conditional(OnOwnGrants.SigningStates.class)
  ReplayGuard ampersandReplayGuard(Tables tables) {
    return tables.usedStates();
  }

  @Bean
  @ConditionalOnMissingBean
  @Conditional(OnOwnGrants.SigningStates.class)
  StateSigner ampersandStateSigner(Settings settings, ReplayGuard guard) {
    return Keys.signer(settings, guard);
  }

  @Bean
  @ConditionalOnMissingBean
  TokenSealer ampersandTokenSealer(Settings settings) {
    return Keys.sealer(settings);
  }

  @Bean(destroyMethod = "") // TokensShutdown closes it within the time of the properties
  @ConditionalOnMissingBean(TokenProvider.class)
  FreshTokens freshTokens(
      TokenStore store,
      TokenSealer sealer,
      ObjectProvider<TokenRenewer> renewers,
      ObjectProvider<TokenListener> listeners,
      ObjectProvider<GrantRecipient> recipient,
      ObjectProvider<Observations> observations) {
    Observations observed = observations.getIfAvailable(() -> Observations.NONE);
    FreshTokens.Builder tokens = FreshTokens.builder(store, sealer);
    renewers.orderedStream().map(observed::renewer).forEach(tokens::renewer);
    listeners.orderedStream().forEach(tokens::listener);
    recipient.ifAvailable(tokens::recipient);
    return tokens.build();
  }

  @Bean
  @ConditionalOnBean(FreshTokens.class)
  TokensShutdown ampersandTokensShutdown(FreshTokens tokens, AmpersandProperties properties) {
    Duration longest = properties.tokens().closeTimeout();
    if (longest.isNegative()) {
      throw new SetupException("ampersand.tokens.close-timeout must not be negative.");
    }
    return new TokensShutdown(tokens, longest);
  }
}
