package com.withampersand.sdk.platform;

import com.withampersand.sdk.internal.Percent;
import java.util.Objects;
import java.util.regex.Pattern;

/** Checks what callers give, before anything is sent. */
final class Names {
  /** A scheme or a path, or a host of Salesforce's. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?i)[/:]|\\.(?:salesforce\\.(?:com|mil)|force\\.com|site\\.com|sfcrm\\w+\\.cn|salesforce-sites\\.com)$");

  private Names() {}

  /**
   * Returns {@code value} if it can name something.
   *
   * @throws IllegalArgumentException if it is blank or holds a control character
   */
  static String require(String value, String name) {
    if (Objects.requireNonNull(value, name).isBlank()) {
      throw new IllegalArgumentException(name + " must not be blank");
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(name + " must not hold control characters");
    }
    return value;
  }

  /**
   * Returns {@code value} encoded as one segment of a path: it cannot lead elsewhere.
   *
   * @throws IllegalArgumentException if it is blank, holds a control character, or is a segment
   *     that means another path
   */
  static String segment(String value, String name) {
    if (require(value, name).equals(".") || value.equals("..")) {
      throw new IllegalArgumentException(
          name + " must not be \"" + value + "\", which names another path");
    }
    return Percent.encode(value);
  }

  /**
   * Returns {@code ref} if it can name a workspace. Ampersand builds an address from it, so that an
   * address in its place leads nowhere.
   *
   * @throws IllegalArgumentException if it is blank, holds a control character, or is an address
   */
  static String workspace(String ref) {
    if (ADDRESS.matcher(require(ref, "workspaceRef")).find()) {
      throw new IllegalArgumentException(
          "workspaceRef must be a name, not an address: for Salesforce the name of the My Domain, such as acme, or a LoginHost");
    }
    return ref;
  }
}
