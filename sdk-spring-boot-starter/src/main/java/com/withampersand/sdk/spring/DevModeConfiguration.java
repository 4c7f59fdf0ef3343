package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Puts the fakes in place of Salesforce and Ampersand, where no app is named. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnDevMode.class)
@ConditionalOnMissingBean(SalesforceApp.class)
class DevModeConfiguration {
  private static final Logger log = LoggerFactory.getLogger(DevModeConfiguration.class);

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingClass("com.withampersand.sdk.testkit.FakeSalesforce")
  static class WithoutTestKit {
    @Bean
    DevMode ampersandDevMode() {
      throw new SetupException(
          "ampersand.salesforce.client-id is not set: give it the Consumer Key of your app, or add"
              + " com.withampersand:ampersand-sdk-testkit as a dependency to run on FakeSalesforce.");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = "com.withampersand.sdk.testkit.FakeSalesforce")
  static class WithTestKit {
    private static final String CLIENT_ID = "3MVG9" + "DevModeOfTheStarter".repeat(4);

    @Bean
    @ConditionalOnMissingBean
    FakeSalesforce fakeSalesforce(AmpersandProperties properties, Environment environment) {
      int port = port(properties.dev().salesforcePort(), 18765, environment);
      return started(
          "ampersand.dev.salesforce-port",
          () ->
              FakeSalesforce.builder()
                  .consumerKey(CLIENT_ID)
                  .callback(Settings.callback(properties, environment, true))
                  .port(port)
                  .start());
    }

    @Bean
    @ConditionalOnMissingBean
    FakeAmpersand fakeAmpersand(
        FakeSalesforce salesforce, AmpersandProperties properties, Environment environment) {
      int port = port(properties.dev().ampersandPort(), 18766, environment);
      return started(
          "ampersand.dev.ampersand-port",
          () -> FakeAmpersand.builder(salesforce).port(port).start());
    }

    @Bean
    DevMode ampersandDevMode(FakeSalesforce salesforce, FakeAmpersand ampersand) {
      log.info(
          "No client ID is set, so this runs on FakeSalesforce at {} and FakeAmpersand at {}. They and their grants are in"
              + " memory: customers connect again after a restart.",
          salesforce.uri(),
          ampersand.apiUri());
      return new DevMode(
          salesforce.consumerKey(),
          Secret.of(salesforce.consumerSecret()),
          LoginHost.custom(salesforce.uri()),
          ampersand.projectName(),
          Secret.of(ampersand.apiKey()),
          ampersand.apiUri());
    }

    private static <T> T started(String property, Supplier<T> fake) {
      try {
        return fake.get();
      } catch (UncheckedIOException e) {
        throw new SetupException(
            property + ": " + e.getMessage() + "; set another one, or 0 for a free one.", e);
      }
    }

    /** Contexts of tests live beside each other, so each has ports of its own. */
    private static int port(@Nullable Integer set, int inDev, Environment environment) {
      if (set != null) {
        return set;
      }
      return environment.acceptsProfiles(OnDevMode.DEV) ? inDev : 0;
    }
  }
}
