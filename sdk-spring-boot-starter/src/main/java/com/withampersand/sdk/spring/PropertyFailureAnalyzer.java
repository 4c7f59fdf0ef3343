package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConverterNotFoundException;

/** Says in one sentence which property of the starter has a wrong type, and never its value. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PropertyFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {
  private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("ampersand");

  /** A secret is made of text only: of a number, zeros and digits may be gone already. */
  private static final String NOT_TEXT =
      " has to be text: put it in quotes, so that YAML or JSON does not read it as a number or as true or false.";

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, BindException cause) {
    if (!PREFIX.equals(cause.getName()) && !PREFIX.isAncestorOf(cause.getName())) {
      return null;
    }
    return new FailureAnalysis(sentence(cause), null, cause);
  }

  private static String sentence(BindException cause) {
    if (cause.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
      return unknown.getUnboundProperties().stream()
          .map(PropertyFailureAnalyzer::unknown)
          .collect(Collectors.joining("\n"));
    }
    Class<?> type = cause.getTarget().getType().toClass();
    if (type == Secret.class && cause.getCause() instanceof ConverterNotFoundException) {
      return cause.getName() + NOT_TEXT;
    }
    return cause.getName() + " has to be " + expected(type) + origin(cause.getProperty()) + ".";
  }

  /** A blank text that is to become another type is bound to nothing. */
  private static String unknown(ConfigurationProperty property) {
    String problem =
        String.valueOf(property.getValue()).isBlank()
            ? " is blank: give it a value or remove it"
            : " is not a property of the Ampersand starter: correct its name or remove it";
    return property.getName() + problem + origin(property) + ".";
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> String.valueOf(constant).toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(" or "));
    }
    if (type == Duration.class) {
      return "a duration, such as 30s, 5m or PT5M";
    }
    if (type == URI.class) {
      return "a URL";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    return type == Integer.class ? "a number" : "a value of type " + type.getSimpleName();
  }

  private static String origin(@Nullable ConfigurationProperty property) {
    return property == null || property.getOrigin() == null
        ? ""
        : " (it comes from " + property.getOrigin() + ")";
  }
}
