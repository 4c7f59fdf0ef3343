package com.withampersand.sdk.token.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/** HMAC-SHA-256, which derives 256 bits. */
final class HmacSha256 {
  static final String ALGORITHM = "HmacSHA256";

  private HmacSha256() {}

  static byte[] of(SecretKey key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(ALGORITHM);
    mac.init(key);
    return mac.doFinal(message);
  }
}
