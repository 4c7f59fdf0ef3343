package com.withampersand.sdk.token.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/** AES-GCM, whose output is the nonce, the ciphertext and the tag, in this order. */
final class AesGcm {
  static final int NONCE_BYTES = 12;

  private static final String ALGORITHM = "AES/GCM/NoPadding";
  private static final int TAG_BYTES = 16;

  private AesGcm() {}

  static byte[] encrypt(SecretKey key, byte[] nonce, byte[] content, byte[] associated)
      throws GeneralSecurityException {
    byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, key, nonce, associated).doFinal(content);
    return ByteBuffer.allocate(nonce.length + encrypted.length).put(nonce).put(encrypted).array();
  }

  /**
   * Decrypts what {@link #encrypt} returned; empty if it returned no such thing for this key and
   * this associated data.
   */
  static Optional<byte[]> decrypt(SecretKey key, byte[] data, byte[] associated)
      throws GeneralSecurityException {
    if (data.length < NONCE_BYTES + TAG_BYTES) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOf(data, NONCE_BYTES);
    Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, associated);
    try {
      return Optional.of(cipher.doFinal(data, NONCE_BYTES, data.length - NONCE_BYTES));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    }
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, byte[] associated)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD(associated);
    return cipher;
  }
}
