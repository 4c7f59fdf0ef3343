package com.withampersand.sdk.spring;

import java.util.regex.Pattern;
import org.springframework.boot.actuate.endpoint.SanitizableData;

/** Knows the properties of the starter that hold secrets, however they are written. */
final class SecretProperties {
  private static final Pattern NAME =
      Pattern.compile(
          "ampersand[._].*(api-?_?key|client-?_?secret|tokens[._]key|states[._]key|former-?_?keys|secrets).*",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern NAME_OF_A_KEY =
      Pattern.compile(".*[._]key-?_?id", Pattern.CASE_INSENSITIVE);

  private SecretProperties() {}

  static SanitizableData sanitize(SanitizableData data) {
    String name = data.getKey();
    boolean isSecret = NAME.matcher(name).matches() && !NAME_OF_A_KEY.matcher(name).matches();
    return isSecret ? data.withSanitizedValue() : data;
  }
}
