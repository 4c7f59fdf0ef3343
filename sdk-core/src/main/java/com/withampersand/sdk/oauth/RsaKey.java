package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.util.Base64;
import java.util.Objects;

/**
 * An RSA private key in this process, of at least 2048 bits.
 *
 * <p>Immutable, and safe to share between threads. {@link #toString()} shows the length only.
 */
public final class RsaKey implements JwtSigner {
  private static final int MIN_BITS = 2048;

  private final RSAPrivateKey key;

  private RsaKey(RSAPrivateKey key) {
    this.key = key;
  }

  /**
   * Returns a key that was loaded elsewhere, such as from a {@link java.security.KeyStore}.
   *
   * @throws IllegalArgumentException if it is not an RSA key, or shorter than 2048 bits
   */
  public static RsaKey of(PrivateKey key) {
    Objects.requireNonNull(key, "key");
    if (!(key instanceof RSAPrivateKey rsa)) {
      throw new IllegalArgumentException(
          "the private key must be an RSA key in this process, not "
              + key.getAlgorithm()
              + "; for a key in a KMS or an HSM implement JwtSigner");
    }
    int bits = rsa.getModulus().bitLength();
    if (bits < MIN_BITS) {
      throw new IllegalArgumentException(
          "the RSA key has " + bits + " bits; create one of at least " + MIN_BITS);
    }
    return new RsaKey(rsa);
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
      throw new IllegalStateException("this JDK cannot sign with SHA256withRSA", e);
    }
  }

  /**
   * Returns the key as PEM ({@code PRIVATE KEY}, PKCS#8), for a system that must hold it too, such
   * as Ampersand.
   */
  public Secret toPem() {
    return Secret.of(
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
  }

  /** Returns the length of the key, and nothing else. */
  @Override
  public String toString() {
    return "RsaKey[" + key.getModulus().bitLength() + " bits]";
  }
}
