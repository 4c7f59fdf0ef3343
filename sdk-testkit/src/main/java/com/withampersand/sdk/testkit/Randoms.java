package com.withampersand.sdk.testkit;

import java.security.SecureRandom;

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

  private static String from(String alphabet, int length) {
    return RANDOM
        .ints(length, 0, alphabet.length())
        .mapToObj(index -> alphabet.substring(index, index + 1))
        .reduce("", String::concat);
  }
}
