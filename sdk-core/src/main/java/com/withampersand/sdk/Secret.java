package com.withampersand.sdk;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A value that must not be printed: a client secret, a token, an authorization code, a code
 * verifier, an API key.
 *
 * <p>{@link #toString()} shows asterisks and a short fingerprint, so that two log lines about the
 * same token can be matched without showing it. The value itself is read by {@link #reveal()}
 * alone. Equality takes the same time wherever two values of one length differ.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class Secret {
  private static final int FINGERPRINT_BYTES = 4;

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /**
   * Wraps a value. It is taken as it is, white space included.
   *
   * @throws IllegalArgumentException if {@code value} is empty
   */
  public static Secret of(String value) {
    if (Objects.requireNonNull(value, "value").isEmpty()) {
      throw new IllegalArgumentException("a secret must not be empty");
    }
    return new Secret(value);
  }

  /** Returns the value itself. Do not print it. */
  public String reveal() {
    return value;
  }

  /**
   * Returns the first eight hexadecimal digits of the value's SHA-256 hash. They tell two tokens
   * apart in a log. They reveal nothing useful about a random value of 128 bits or more; a short
   * value, such as a code of six digits, can be found from them by trying all values.
   */
  public String fingerprint() {
    byte[] hash = sha256().digest(value.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Tells whether the other object is a secret with the same value. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a hash code of the value. */
  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** Returns asterisks and the {@linkplain #fingerprint() fingerprint}, never the value. */
  @Override
  public String toString() {
    return "***(" + fingerprint() + ")";
  }
}
