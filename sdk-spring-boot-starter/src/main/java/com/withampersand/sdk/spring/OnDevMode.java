package com.withampersand.sdk.spring;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches in development and in tests that name no app in Salesforce, and never where a profile is
 * named after production.
 */
final class OnDevMode extends SpringBootCondition implements ConfigurationCondition {
  static final Profiles DEV = Profiles.of("dev");
  private static final Profiles DEV_OR_TEST = Profiles.of("dev | test");
  private static final Profiles PRODUCTION = Profiles.of("prod | production | live");
  private static final List<String> APP =
      List.of("ampersand.salesforce.client-id", "ampersand.salesforce.client-secret");

  /** An application's own beans are known by then. */
  @Override
  public ConfigurationPhase getConfigurationPhase() {
    return ConfigurationPhase.REGISTER_BEAN;
  }

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    return new ConditionOutcome(
        isOn(context.getEnvironment()), ConditionMessage.of("development on the fakes"));
  }

  private static boolean isOn(Environment environment) {
    return environment.acceptsProfiles(DEV_OR_TEST)
        && !environment.acceptsProfiles(PRODUCTION)
        && environment.getProperty("ampersand.dev.enabled", Boolean.class, true)
        && APP.stream().noneMatch(name -> StringUtils.hasText(environment.getProperty(name)));
  }
}
