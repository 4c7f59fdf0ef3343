package com.withampersand.sdk.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Matches unless Ampersand keeps the grants. */
class OnOwnGrants extends SpringBootCondition {
  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    return new ConditionOutcome(
        matches(context.getEnvironment()), ConditionMessage.of("where grants are kept"));
  }

  boolean matches(Environment environment) {
    return !"ampersand".equalsIgnoreCase(environment.getProperty("ampersand.tokens.store"));
  }

  /** Matches if states are signed, here or by the application. */
  static final class SigningStates extends OnOwnGrants {
    @Override
    boolean matches(Environment environment) {
      boolean connects = environment.getProperty("ampersand.connect.enabled", Boolean.class, false);
      return super.matches(environment)
          && (StringUtils.hasText(environment.getProperty("ampersand.states.key"))
              || (connects && !keepsRequests(environment)));
    }

    private static boolean keepsRequests(Environment environment) {
      return "session".equalsIgnoreCase(environment.getProperty("ampersand.connect.state"));
    }
  }
}
