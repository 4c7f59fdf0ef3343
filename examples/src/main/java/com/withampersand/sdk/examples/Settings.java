package com.withampersand.sdk.examples;

import java.util.Map;
import java.util.Optional;

/**
 * Settings from the environment. A variable that is blank is not set.
 *
 * @param environment {@link System#getenv()}, or what takes its place
 */
public record Settings(Map<String, String> environment) {
  /** Returns the value of a variable, if it is set. */
  public Optional<String> optional(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /**
   * Returns the value of a variable.
   *
   * @throws IllegalArgumentException if it is not set; the message names it
   */
  public String required(String name) {
    return optional(name)
        .orElseThrow(() -> new IllegalArgumentException(name + " is not set, and has no default"));
  }
}
