package com.withampersand.sdk.salesforce.internal;

import java.util.regex.Pattern;

/**
 * What Consumer Keys and Consumer Secrets look like. Salesforce documents neither, so a shape is a
 * hint and proves nothing.
 */
public final class CredentialShapes {
  /** The two known forms of secrets. */
  private static final Pattern SECRET = Pattern.compile("[0-9A-F]{64}|[0-9]{16,19}");

  private static final String KEY_PREFIX = "3MVG9";

  private CredentialShapes() {}

  /** Tells whether a text has one of the known forms of secrets. */
  public static boolean isSecret(String text) {
    return SECRET.matcher(text).matches();
  }

  /** Tells whether a text starts as keys do. */
  public static boolean isKey(String text) {
    return text.startsWith(KEY_PREFIX);
  }

  /** Tells whether key and secret have each other's shape. */
  public static boolean areSwapped(String consumerKey, String consumerSecret) {
    return isSecret(consumerKey) && isKey(consumerSecret);
  }
}
