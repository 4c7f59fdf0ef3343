package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Sha256;
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
    return ENCODER.encodeToString(Sha256.of(verifier.reveal()));
  }
}
