package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.spring.AmpersandProperties.State;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.webhook.WebhookVerifier;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Configures the routes that connect customers, if {@code ampersand.connect.enabled} is true, and
 * the one that receives webhooks, if {@code ampersand.webhook.secrets} has one. The default is
 * neither. Servlet applications only. The beans are safe to share between threads.
 */
@AutoConfiguration(
    after = {AmpersandAutoConfiguration.class, AmpersandMetricsAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({RouterFunction.class, HttpServletRequest.class})
@ConditionalOnProperty(name = "ampersand.enabled", matchIfMissing = true)
public final class AmpersandWebAutoConfiguration {
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty("ampersand.connect.enabled")
  static class Connecting {
    @Bean
    @ConditionalOnMissingBean(name = "ampersandConnectRoutes")
    RouterFunction<ServerResponse> ampersandConnectRoutes(
        Settings settings,
        ObjectProvider<SalesforceConnect> connect,
        ObjectProvider<SalesforceOAuthFlow> flow,
        ObjectProvider<FreshTokens> tokens,
        ObjectProvider<Observations> observations) {
      ConnectRoutes routes =
          new ConnectRoutes(
              settings,
              required(connect),
              pending(settings, ownGrants(flow)),
              ownGrants(tokens),
              observations.getIfAvailable(() -> Observations.NONE));
      return RouterFunctions.route()
          .POST(
              Settings.path("ampersand.connect.path", settings.properties().connect().path()),
              routes::connect)
          .GET(settings.callbackPath(), routes::callback)
          .build();
    }

    private static SalesforceConnect required(ObjectProvider<SalesforceConnect> connect) {
      SalesforceConnect found = connect.getIfUnique();
      if (found == null) {
        throw new SetupException(
            "ampersand.connect.enabled is true, and there is no single bean of type SalesforceConnect: add one that tells whose"
                + " connection a request makes.");
      }
      return found;
    }

    private static <T> T ownGrants(ObjectProvider<T> bean) {
      T found = bean.getIfUnique();
      if (found == null) {
        throw new SetupException(
            "ampersand.connect.enabled is true, and this application keeps no grants: remove it, or keep them here by"
                + " ampersand.tokens.store=jdbc.");
      }
      return found;
    }

    private static PendingRequests pending(Settings settings, SalesforceOAuthFlow flow) {
      return settings.properties().connect().state() == State.SIGNED
          ? new PendingRequests.Signed(flow)
          : new PendingRequests.InSession(flow);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Conditional(OnWebhook.class)
  static class Webhooks {
    @Bean
    @ConditionalOnMissingBean
    WebhookVerifier ampersandWebhookVerifier(AmpersandProperties properties) {
      List<Secret> secrets = properties.webhook().secrets();
      try {
        WebhookVerifier.Builder verifier = WebhookVerifier.builder(secrets.get(0));
        secrets.stream().skip(1).forEach(verifier::alsoSignedWith);
        return verifier.build();
      } catch (IllegalArgumentException e) {
        throw SetupException.wrong("ampersand.webhook.secrets", e);
      }
    }

    @Bean
    @ConditionalOnMissingBean(name = "ampersandWebhookRoute")
    RouterFunction<ServerResponse> ampersandWebhookRoute(
        WebhookVerifier verifier,
        ApplicationEventPublisher events,
        AmpersandProperties properties) {
      WebhookRoute route = new WebhookRoute(verifier, events);
      String path = Settings.path("ampersand.webhook.path", properties.webhook().path());
      return RouterFunctions.route().POST(path, route::receive).build();
    }
  }
}
