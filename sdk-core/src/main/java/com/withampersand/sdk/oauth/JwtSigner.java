package com.withampersand.sdk.oauth;

/**
 * Signs JWTs with RS256: RSASSA-PKCS1-v1_5 with SHA-256. {@link RsaKey} does so with a key in this
 * process; implement it for a key that never leaves a KMS or an HSM.
 *
 * <p>Implementations are safe to share between threads, and may block. One whose key changes while
 * processes run returns signatures of the current key.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7518#section-3.3">RFC 7518, section 3.3</a>
 */
@FunctionalInterface
public interface JwtSigner {
  /**
   * Signs the header and the claims of a JWT.
   *
   * @param signingInput both in base64url, joined by a dot, as ASCII; at most a few kilobytes, so
   *     that a KMS that limits the length of messages can be given the SHA-256 digest
   * @return the signature, at least 256 bytes
   */
  byte[] sign(byte[] signingInput);
}
