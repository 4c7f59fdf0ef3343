package com.withampersand.sdk.spring;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if there is a secret by which webhooks are verified. */
final class OnWebhook extends SpringBootCondition {
  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    List<String> secrets =
        Binder.get(context.getEnvironment())
            .bind("ampersand.webhook.secrets", Bindable.listOf(String.class))
            .orElse(List.of());
    return new ConditionOutcome(
        secrets.stream().anyMatch(secret -> !secret.isBlank()),
        ConditionMessage.of("secrets of webhooks"));
  }
}
