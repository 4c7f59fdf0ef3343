package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The secret half of PKCE, and what is shown of it: RFC 7636, sections 4.1 and 4.2. */
final class CodeVerifier {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private CodeVerifier() {}

  /** Returns 32 bytes in the form of a verifier: 43 characters. */
  static Secret of(byte[] random) {
    return Secret.of(ENCODER.encodeToString(random));
  }

  /** Returns the challenge of method {@code S256}. */
  static String challenge(Secret verifier) {
    try {
      byte[] ascii = verifier.reveal().getBytes(StandardCharsets.US_ASCII);
      return ENCODER.encodeToString(MessageDigest.getInstance("SHA-256").digest(ascii));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
