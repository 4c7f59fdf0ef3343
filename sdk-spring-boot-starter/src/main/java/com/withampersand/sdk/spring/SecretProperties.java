package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;

/**
 * Knows the properties of the starter that hold secrets, however they are written, and all others
 * that hold the same secrets. Safe to share between threads.
 */
final class SecretProperties {
  private static final Pattern NAME =
      Pattern.compile(
          "ampersand[._].*(api-?_?key|client-?_?secret|tokens[._]key|states[._]key|former-?_?keys|secrets).*",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern NAME_OF_A_KEY =
      Pattern.compile(".*[._]key-?_?id", Pattern.CASE_INSENSITIVE);

  private final List<String> secrets;

  SecretProperties(List<AmpersandProperties> properties) {
    this.secrets =
        properties.stream()
            .flatMap(SecretProperties::secrets)
            .filter(Objects::nonNull)
            .map(Secret::reveal)
            .toList();
  }

  private static Stream<@Nullable Secret> secrets(AmpersandProperties properties) {
    return Stream.of(
            Stream.of(
                properties.apiKey(),
                properties.salesforce().clientSecret(),
                properties.salesforce().otherClientSecret(),
                properties.tokens().key(),
                properties.states().key()),
            properties.tokens().formerKeys().values().stream(),
            properties.states().formerKeys().values().stream(),
            properties.webhook().secrets().stream())
        .flatMap(each -> each);
  }

  SanitizableData sanitize(SanitizableData data) {
    return isSecret(data.getKey()) || holdsSecret(String.valueOf(data.getValue()))
        ? data.withSanitizedValue()
        : data;
  }

  private static boolean isSecret(String name) {
    return NAME.matcher(name).matches() && !NAME_OF_A_KEY.matcher(name).matches();
  }

  /** A property takes its secret from a variable that has another name, or from one of JSON. */
  private boolean holdsSecret(String value) {
    return secrets.stream().anyMatch(value::contains);
  }
}
