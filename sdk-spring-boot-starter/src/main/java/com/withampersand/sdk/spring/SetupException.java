package com.withampersand.sdk.spring;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The application is set up wrong, and cannot start. Shows no secret. */
final class SetupException extends RuntimeException {
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "consumerKey", "ampersand.salesforce.client-id",
          "consumerSecret", "ampersand.salesforce.client-secret",
          "scopes", "ampersand.salesforce.scopes",
          "callback", "ampersand.salesforce.callback");

  SetupException(String sentence) {
    this(sentence, null);
  }

  SetupException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }

  static SetupException notSet(String property, String remedy) {
    return new SetupException(property + " is not set: " + remedy + ".");
  }

  static SetupException wrong(String property, RuntimeException cause) {
    return new SetupException(property + " is wrong: " + sentence(cause), cause);
  }

  private static String sentence(RuntimeException cause) {
    String message = String.valueOf(cause.getMessage());
    return message.endsWith(".") ? message : message + ".";
  }

  /** Names everything that is wrong with an app, by the properties that it was made of. */
  static SetupException of(InvalidProviderAppException cause) {
    return new SetupException(
        cause.violations().stream().map(SetupException::sentence).collect(Collectors.joining("\n")),
        cause);
  }

  private static String sentence(Violation violation) {
    String property =
        PROPERTIES.getOrDefault(violation.field(), "ampersand.salesforce." + violation.field());
    return property + ": " + violation.problem() + " " + violation.remedy();
  }
}
