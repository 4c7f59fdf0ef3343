package com.withampersand.sdk.platform;

import java.security.Key;
import java.security.interfaces.RSAKey;
import java.util.Objects;

/** Checks keys before anything is signed or sent. */
final class RsaKeys {
  private static final int SHORTEST = 2048;

  private RsaKeys() {}

  /**
   * Returns a key that RS256 and Ampersand take.
   *
   * @throws IllegalArgumentException if it is no RSA key, or has less than 2048 bits. The length of
   *     a key that stays in hardware may not be known, and is not checked then.
   */
  static <K extends Key> K require(K key) {
    Objects.requireNonNull(key, "key");
    if (!key.getAlgorithm().equals("RSA")) {
      throw new IllegalArgumentException(
          "RS256 needs an RSA key, not one of algorithm " + key.getAlgorithm());
    }
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < SHORTEST) {
      throw new IllegalArgumentException(
          "the RSA key has %d bits, and Ampersand takes %d or more"
              .formatted(rsa.getModulus().bitLength(), SHORTEST));
    }
    return key;
  }
}
