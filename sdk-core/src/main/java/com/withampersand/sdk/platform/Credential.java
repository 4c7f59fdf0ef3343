package com.withampersand.sdk.platform;

import com.withampersand.sdk.Secret;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What proves to Ampersand who calls.
 *
 * @param header the header that carries it
 * @param prefix what stands in front of it there
 * @param source asked on each call
 */
record Credential(String header, String prefix, Supplier<Secret> source) {
  static final String API_KEY = "X-Api-Key";

  static Credential apiKey(Supplier<Secret> source) {
    return new Credential(API_KEY, "", source);
  }

  static Credential bearer(Supplier<Secret> source) {
    return new Credential("Authorization", "Bearer ", source);
  }

  boolean isApiKey() {
    return header.equals(API_KEY);
  }

  /** Adds the header, and returns what it carries. */
  Secret addTo(Map<String, String> headers) {
    Secret secret = requireUsable(Objects.requireNonNull(source.get(), "the credential"));
    headers.put(header, prefix + secret.reveal());
    return secret;
  }

  /**
   * Returns {@code secret} if a header can carry it.
   *
   * @throws IllegalArgumentException if it cannot; the message does not show it
   */
  static Secret requireUsable(Secret secret) {
    if (!secret.reveal().chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw new IllegalArgumentException(
          "the credential for Ampersand holds white space or another character that none has; copy it again");
    }
    return secret;
  }
}
