package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

// region sealer
/** Seals under data keys of a KMS. A text is kms1.[key name].[wrapped data key].[data]. */
final class KmsSealer implements TokenSealer {
  private final FakeKms kms;
  private final String keyName;
  private final SecureRandom random = new SecureRandom();

  KmsSealer(FakeKms kms, String keyName) {
    this.kms = kms;
    this.keyName = keyName;
  }

  @Override
  public Sealing prepare(ConnectionKey key) {
    FakeKms.DataKey dataKey;
    try {
      dataKey = kms.generateDataKey(keyName, context(key)); // the only call
    } catch (FakeKms.UnavailableException e) {
      throw failed(key, "the KMS does not answer", true, e);
    }
    String head = "kms1." + keyName + "." + base64(dataKey.wrapped());
    return grant -> head + "." + base64(encrypted(dataKey.key(), grant, head));
  }

  @Override
  public byte[] open(ConnectionKey key, String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4 || !parts[0].equals("kms1")) {
      throw failed(key, "they were cut, altered, or sealed in another way", false, null);
    }
    String head = text.substring(0, text.lastIndexOf('.'));
    try {
      SecretKey dataKey = kms.unwrap(parts[1], bytes(parts[2]), context(key));
      return decrypted(dataKey, bytes(parts[3]), head);
    } catch (FakeKms.UnavailableException e) {
      throw failed(key, "the KMS does not answer", true, e);
    } catch (FakeKms.InvalidCiphertextException
        | GeneralSecurityException
        | IllegalArgumentException e) {
      throw failed(key, "they were altered, or sealed for another grant", false, e);
    }
  }

  @Override
  public boolean isOutdated(String text) {
    return !text.startsWith("kms1." + keyName + ".");
  }

  // endregion

  /** What the data key is bound to; the id of a grant is of one length. */
  private static byte[] context(ConnectionKey key) {
    return key.id().getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] encrypted(SecretKey key, byte[] content, String head) {
    byte[] nonce = new byte[12];
    random.nextBytes(nonce);
    try {
      byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, key, nonce, head).doFinal(content);
      return ByteBuffer.allocate(12 + encrypted.length).put(nonce).put(encrypted).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no AES-GCM here", e);
    }
  }

  private static byte[] decrypted(SecretKey key, byte[] data, String head)
      throws GeneralSecurityException {
    if (data.length < 12 + 16) {
      throw new GeneralSecurityException("too short for a nonce and a tag");
    }
    Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(data, 12), head);
    return cipher.doFinal(data, 12, data.length - 12);
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String head)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(128, nonce));
    cipher.updateAAD(head.getBytes(StandardCharsets.US_ASCII));
    return cipher;
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] bytes(String base64) {
    byte[] bytes = Base64.getUrlDecoder().decode(base64);
    if (!base64(bytes).equals(base64)) {
      throw new IllegalArgumentException("another spelling of the same bytes");
    }
    return bytes;
  }

  private static TokenStoreException failed(
      ConnectionKey key, String why, boolean retryable, @Nullable Exception cause) {
    return new TokenStoreException(
        "The stored tokens of " + key + " cannot be sealed or opened: " + why, retryable, cause);
  }
}
