package com.withampersand.sdk.testkit;

import java.security.SecureRandom;
import java.util.Base64;

/** Random texts that look like Salesforce's. */
final class Randoms {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String ALPHANUMERIC =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private static final int ID_LENGTH = 15;
  private static final int ID_PART = 5;
  private static final String CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

  private Randoms() {}

  /**
   * Returns the 18 characters that name a thing in Salesforce. Without the last three they name it
   * as well.
   *
   * @param prefix the characters that tell its kind, such as {@code 00D} for an org
   */
  static String id(String prefix) {
    String id = prefix + alphanumeric(ID_LENGTH - prefix.length());
    return id + checksum(id);
  }

  /** Returns a character for each five of an ID, which tells where capital letters are. */
  static String checksum(String id) {
    StringBuilder checksum = new StringBuilder();
    for (int end = ID_PART; end <= ID_LENGTH; end += ID_PART) {
      int bits = 0;
      for (int i = end - 1; i >= end - ID_PART; i--) {
        bits = 2 * bits + (Character.isUpperCase(id.charAt(i)) ? 1 : 0);
      }
      checksum.append(CHECKSUM.charAt(bits));
    }
    return checksum.toString();
  }

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
