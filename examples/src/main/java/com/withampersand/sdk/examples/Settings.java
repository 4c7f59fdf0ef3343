package com.withampersand.sdk.examples;

import java.util.Map;
import java.util.Optional;

/**
 * Settings from the environment. A variable that is blank is not set.
 *
 * @param environment {@link System#getenv()}, or what takes its place
 */
record Settings(Map<String, String> environment) {
  Optional<String> optional(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  String required(String name) {
    return optional(name)
        .orElseThrow(() -> new IllegalArgumentException(name + " is not set, and has no default"));
  }
}
