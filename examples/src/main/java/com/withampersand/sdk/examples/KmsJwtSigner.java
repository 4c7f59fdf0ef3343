package com.withampersand.sdk.examples;

import com.withampersand.sdk.oauth.JwtSigner;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

// region signer
/** Signs with a key that never leaves a KMS. */
final class KmsJwtSigner implements JwtSigner {

  /** The one call that a KMS's client has to offer: RSASSA-PKCS1-v1_5 over a SHA-256 digest. */
  @FunctionalInterface
  interface Kms {
    byte[] signDigest(String keyName, byte[] sha256);
  }

  private final Kms kms;
  private final String keyName;

  KmsJwtSigner(Kms kms, String keyName) {
    this.kms = kms;
    this.keyName = keyName;
  }

  @Override
  public byte[] sign(byte[] signingInput) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(signingInput);
      return kms.signDigest(keyName, digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
// endregion
