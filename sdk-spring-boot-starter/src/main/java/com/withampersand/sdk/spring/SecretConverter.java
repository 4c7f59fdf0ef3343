package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.core.convert.converter.Converter;

/** Reads a secret of the properties; one that is blank is not set. */
@ConfigurationPropertiesBinding
final class SecretConverter implements Converter<String, @Nullable Secret> {
  @Override
  @SuppressWarnings("NullAway") // a converter may return null
  public @Nullable Secret convert(String text) {
    return text.isBlank() ? null : Secret.of(text.strip());
  }
}
