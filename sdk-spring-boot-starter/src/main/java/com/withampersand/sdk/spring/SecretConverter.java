package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.core.convert.converter.Converter;

/**
 * Reads a secret of the properties. One that is blank is not set, as where a property takes the
 * value of a variable of the environment that is not there.
 */
@ConfigurationPropertiesBinding
final class SecretConverter implements Converter<String, Secret> {
  private static final Secret BLANK = Secret.of(" ");

  @Override
  public Secret convert(String text) {
    return text.isBlank() ? BLANK : Secret.of(text.strip());
  }

  static boolean isSet(@Nullable Secret secret) {
    return secret != null && !secret.equals(BLANK);
  }

  static @Nullable Secret set(@Nullable Secret secret) {
    return isSet(secret) ? secret : null;
  }
}
