package com.withampersand.sdk.webhook;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.HmacSha256;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** The key in a signing secret: what is behind {@code whsec_}, decoded. */
final class SigningKey {
  private static final String PREFIX = "whsec_";
  private static final int SHORTEST = 16;

  private final SecretKey key;

  private SigningKey(byte[] key) {
    this.key = new SecretKeySpec(key, HmacSha256.ALGORITHM);
  }

  /**
   * Reads a secret.
   *
   * @throws IllegalArgumentException if it is no base64, or too short for a key
   */
  static SigningKey of(Secret secret) {
    String text = Objects.requireNonNull(secret, "signing secret").reveal().strip();
    byte[] key = decode(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text);
    if (key.length < SHORTEST) {
      throw new IllegalArgumentException(
          "the signing secret has only %d bytes: it was cut. Copy it again from the destination's page"
              .formatted(key.length));
    }
    return new SigningKey(key);
  }

  /** Java takes base64 without its padding, too, which is how a cut one looks. */
  private static byte[] decode(String base64) {
    try {
      if (base64.length() % 4 == 0) {
        return Base64.getDecoder().decode(base64);
      }
    } catch (IllegalArgumentException e) {
      // Said below; the decoder quotes what it read.
    }
    throw new IllegalArgumentException(
        "the signing secret is no base64, or was cut: copy all of it from the destination's page, whsec_ included");
  }

  byte[] sign(byte[] prefix, byte[] body) {
    try {
      return HmacSha256.of(key, prefix, body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
