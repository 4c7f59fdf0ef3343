package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.util.Base64;
import java.util.Objects;

/**
 * An RSA private key of at least 2048 bits, in this process or behind a security provider of the
 * JDK's.
 *
 * <p>Immutable, and safe to share between threads. {@link #toString()} shows nothing of it.
 */
public final class RsaKey implements JwtSigner {
  private static final int MIN_BITS = 2048;

  private final PrivateKey key;

  private RsaKey(PrivateKey key) {
    this.key = key;
  }

  /**
   * Returns a key that was loaded elsewhere, such as from a {@link java.security.KeyStore}.
   *
   * @throws IllegalArgumentException if it is not an RSA key, or shorter than 2048 bits; the length
   *     of a key in hardware may not be known, and is not checked then
   */
  public static RsaKey of(PrivateKey key) {
    Objects.requireNonNull(key, "key");
    if (!key.getAlgorithm().equals("RSA")) {
      throw new IllegalArgumentException(
          "JWTs are signed with an RSA key here, not with one of the algorithm "
              + key.getAlgorithm());
    }
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < MIN_BITS) {
      throw new IllegalArgumentException(
          "the RSA key has %d bits; create one of at least %d"
              .formatted(rsa.getModulus().bitLength(), MIN_BITS));
    }
    return new RsaKey(key);
  }

  /**
   * Reads a private key in PEM: {@code PRIVATE KEY} (PKCS#8) or {@code RSA PRIVATE KEY} (PKCS#1),
   * as OpenSSL writes them. Text around the key is ignored, and line ends may be written as {@code
   * \n}, as environment variables often hold them.
   *
   * @throws IllegalArgumentException if there is no such key, it is encrypted, it is of another
   *     type, or it has fewer than 2048 bits; the message quotes none of it
   */
  public static RsaKey fromPem(Secret pem) {
    return of(PemKey.read(pem.reveal()));
  }

  @Override
  public byte[] sign(byte[] signingInput) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(signingInput);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key cannot sign with SHA256withRSA", e);
    }
  }

  /**
   * Returns the key as PEM ({@code PRIVATE KEY}, PKCS#8), for a system that must hold it too, such
   * as Ampersand.
   *
   * @throws IllegalStateException if the key stays in hardware
   */
  public Secret toPem() {
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw new IllegalStateException("the key stays where it is, and cannot be written as PEM");
    }
    return Secret.of(
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
            + "\n-----END PRIVATE KEY-----\n");
  }

  /** Returns nothing of the key. */
  @Override
  public String toString() {
    return "RsaKey[***]";
  }
}
