package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.internal.HmacSha256;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A named key of a keyring. It is used for HMAC-SHA-256 only, except for envelopes of the first
 * version, which were encrypted with the key itself.
 */
final class SealingKey {
  static final int BYTES = 32;

  private static final String AES = "AES";
  private static final String GRANT_KEY = "com.withampersand.sdk.token.crypto v2 grant key";

  private final String id;
  private final SecretKey hmacKey;
  private final SecretKey aesKey;

  private SealingKey(String id, SecretKey hmacKey, SecretKey aesKey) {
    this.id = id;
    this.hmacKey = hmacKey;
    this.aesKey = aesKey;
  }

  /**
   * Reads a key.
   *
   * @throws IllegalArgumentException if it is not base64 of 32 bytes; the message does not quote it
   */
  static SealingKey parse(String id, Secret base64) {
    return of(id, decode(id, base64));
  }

  private static byte[] decode(String id, Secret base64) {
    try {
      return Base64.getDecoder().decode(base64.reveal().strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the key " + id + " is not base64; TokenCipher.newKey() makes one");
    }
  }

  /**
   * Takes a key of a security provider. One that shows its bytes is copied; one that does not is
   * used where it is.
   *
   * @throws IllegalArgumentException if it shows other than 32 bytes
   */
  static SealingKey of(String id, SecretKey key) {
    byte @Nullable [] bytes = key.getEncoded();
    return bytes == null ? new SealingKey(id, key, key) : of(id, bytes);
  }

  private static SealingKey of(String id, byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "the key %s has %d bytes, not %d; TokenCipher.newKey() makes one"
              .formatted(id, bytes.length, BYTES));
    }
    return new SealingKey(
        id, new SecretKeySpec(bytes, HmacSha256.ALGORITHM), new SecretKeySpec(bytes, AES));
  }

  /**
   * Derives the key of one grant. This is the only use of the key itself, so the rest needs neither
   * an HSM nor its connection.
   *
   * @throws TokenStoreException if the key's provider fails or refuses the key
   */
  GrantKey forGrant(ConnectionKey grant) {
    byte[] derived =
        used(
            () -> HmacSha256.of(hmacKey, LengthPrefixed.binding(GRANT_KEY, id, grant)),
            HmacSha256.ALGORITHM);
    return new GrantKey(
        new SecretKeySpec(derived, HmacSha256.ALGORITHM),
        LengthPrefixed.binding(Envelope.VERSION, id, grant));
  }

  /**
   * Opens an envelope of the first version; empty if it was not sealed so.
   *
   * @throws TokenStoreException if the key's provider fails or refuses the key
   */
  Optional<byte[]> openFirstVersion(ConnectionKey grant, byte[] data) {
    byte[] associated = LengthPrefixed.binding(Envelope.FIRST_VERSION, id, grant);
    return used(() -> AesGcm.decrypt(aesKey, data, associated), AES);
  }

  private <T> T used(KeyUse<T> use, String algorithm) {
    try {
      return use.get();
    } catch (GeneralSecurityException e) {
      // One with a cause may tell of a device that is away: PKCS#11 reports both in this way.
      boolean retryable = e.getCause() != null;
      throw failed("cannot be used for " + algorithm, retryable, e);
    } catch (RuntimeException e) {
      throw failed("cannot be used now", true, e);
    }
  }

  private TokenStoreException failed(String what, boolean retryable, Exception cause) {
    return new TokenStoreException(
        "The key "
            + id
            + " "
            + what
            + ": its security provider refused it or failed. Nothing was sealed or opened.",
        retryable,
        cause);
  }

  @FunctionalInterface
  private interface KeyUse<T> {
    T get() throws GeneralSecurityException;
  }
}
