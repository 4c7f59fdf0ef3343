package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.internal.HmacSha256;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * What seals the content of one grant: each under a key of its own, which HMAC-SHA-256 derives from
 * a random salt. The sealed data is the salt, the nonce, the ciphertext and the tag, in this order.
 *
 * <p>Immutable, and safe to share between threads.
 */
final class GrantKey {
  private static final int SALT_BYTES = 16;

  private final SecretKey key;
  private final byte[] associated;

  /**
   * Creates the key.
   *
   * @param key a key for HMAC-SHA-256 that exists for this grant alone
   * @param associated what the ciphertext is bound to
   */
  GrantKey(SecretKey key, byte[] associated) {
    this.key = key;
    this.associated = associated;
  }

  byte[] seal(byte[] content, SecureRandom random) {
    byte[] salt = randomBytes(random, SALT_BYTES);
    byte[] nonce = randomBytes(random, AesGcm.NONCE_BYTES);
    try {
      byte[] encrypted = AesGcm.encrypt(envelopeKey(salt), nonce, content, associated);
      return ByteBuffer.allocate(SALT_BYTES + encrypted.length).put(salt).put(encrypted).array();
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  /** Opens what {@link #seal} returned; empty if it returned no such thing. */
  Optional<byte[]> open(byte[] data) {
    if (data.length < SALT_BYTES) {
      return Optional.empty();
    }
    byte[] salt = Arrays.copyOf(data, SALT_BYTES);
    byte[] encrypted = Arrays.copyOfRange(data, SALT_BYTES, data.length);
    try {
      return AesGcm.decrypt(envelopeKey(salt), encrypted, associated);
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  private SecretKey envelopeKey(byte[] salt) throws GeneralSecurityException {
    return new SecretKeySpec(HmacSha256.of(key, salt), "AES");
  }

  private static byte[] randomBytes(SecureRandom random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static IllegalStateException unavailable(GeneralSecurityException cause) {
    return new IllegalStateException(
        "the security providers of this Java platform offer no AES-256-GCM", cause);
  }
}
