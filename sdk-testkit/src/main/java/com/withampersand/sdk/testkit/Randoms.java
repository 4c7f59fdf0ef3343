package com.withampersand.sdk.testkit;

import java.security.SecureRandom;
import java.util.Base64;

/** Random texts that look like Salesforce's. */
final class Randoms {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String ALPHANUMERIC =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private Randoms() {}

  static String alphanumeric(int length) {
    return from(ALPHANUMERIC, length);
  }

  static String upperHex(int length) {
    return from("0123456789ABCDEF", length);
  }

  static String token(int length) {
    return from(ALPHANUMERIC + "._", length);
  }

  /** Returns so many random bytes in Base64. */
  static String base64(int length) {
    return Base64.getEncoder().encodeToString(bytes(length));
  }

  /** The alphabets are short, so that it does not matter that the remainders are not even. */
  private static String from(String alphabet, int length) {
    StringBuilder text = new StringBuilder(length);
    for (byte value : bytes(length)) {
      text.append(alphabet.charAt(Byte.toUnsignedInt(value) % alphabet.length()));
    }
    return text.toString();
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
