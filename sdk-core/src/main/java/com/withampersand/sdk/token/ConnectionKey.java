package com.withampersand.sdk.token;

import java.util.Objects;

/**
 * Names one grant: whose connection it is, and to which provider. The words are Ampersand's own, so
 * that a grant that moves between your back end and Ampersand keeps its name.
 *
 * @param provider the provider's name in Ampersand's catalog, such as {@code salesforce}
 * @param groupRef your identifier for the group of users that the connection belongs to, usually
 *     the customer company
 * @param consumerRef your identifier for the user who consented
 */
public record ConnectionKey(String provider, String groupRef, String consumerRef) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if one is blank or holds a control character
   */
  public ConnectionKey {
    requireName(provider, "provider");
    requireName(groupRef, "groupRef");
    requireName(consumerRef, "consumerRef");
  }

  private static void requireName(String value, String field) {
    if (Objects.requireNonNull(value, field).isBlank()) {
      throw new IllegalArgumentException(
          field + " must not be blank: without it the grant would be nobody's");
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(field + " must not hold control characters");
    }
  }
}
