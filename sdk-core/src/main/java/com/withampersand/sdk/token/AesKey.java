package com.withampersand.sdk.token;

import com.withampersand.sdk.Secret;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A key of AES-256-GCM. What it encrypts is the nonce, the ciphertext and the tag, in a row. */
final class AesKey {
  private static final String ALGORITHM = "AES/GCM/NoPadding";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;

  private final SecretKeySpec key;

  private AesKey(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /**
   * Reads a key.
   *
   * @param id what it is called
   * @param base64 its 32 bytes
   * @throws IllegalArgumentException if they are not that; the message does not quote them
   */
  static AesKey parse(String id, Secret base64) {
    byte[] bytes = decode(id, base64);
    if (bytes.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "the key %s has %d bytes, not %d; TokenCipher.newKey() makes one"
              .formatted(id, bytes.length, KEY_BYTES));
    }
    return new AesKey(bytes);
  }

  private static byte[] decode(String id, Secret base64) {
    try {
      return Base64.getDecoder().decode(base64.reveal().strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the key " + id + " is not base64; TokenCipher.newKey() makes one");
    }
  }

  static Secret random(SecureRandom random) {
    return Secret.of(Base64.getEncoder().encodeToString(randomBytes(random, KEY_BYTES)));
  }

  private static byte[] randomBytes(SecureRandom random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  byte[] encrypt(byte[] plain, byte[] associated, SecureRandom random) {
    byte[] nonce = randomBytes(random, NONCE_BYTES);
    try {
      byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, nonce, associated).doFinal(plain);
      return ByteBuffer.allocate(NONCE_BYTES + encrypted.length).put(nonce).put(encrypted).array();
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  /**
   * Decrypts what {@link #encrypt} made; empty if it made no such thing of this associated data.
   */
  Optional<byte[]> decrypt(byte[] data, byte[] associated) {
    if (data.length < NONCE_BYTES + TAG_BYTES) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOf(data, NONCE_BYTES);
    try {
      return Optional.of(
          cipher(Cipher.DECRYPT_MODE, nonce, associated)
              .doFinal(data, NONCE_BYTES, data.length - NONCE_BYTES));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, byte[] associated) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD(associated);
    return cipher;
  }

  private static IllegalStateException unavailable(GeneralSecurityException cause) {
    return new IllegalStateException("every Java platform has " + ALGORITHM, cause);
  }
}
