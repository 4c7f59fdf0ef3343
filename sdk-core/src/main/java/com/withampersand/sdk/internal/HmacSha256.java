package com.withampersand.sdk.internal;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/** HMAC-SHA-256, which signs and derives 256 bits. */
public final class HmacSha256 {
  /** The algorithm's name in Java. */
  public static final String ALGORITHM = "HmacSHA256";

  private HmacSha256() {}

  /**
   * Returns the code of a message.
   *
   * @param parts the message, in parts that follow one another
   * @throws GeneralSecurityException if the platform's provider refuses the key
   */
  public static byte[] of(SecretKey key, byte[]... parts) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(ALGORITHM);
    mac.init(key);
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }
}
