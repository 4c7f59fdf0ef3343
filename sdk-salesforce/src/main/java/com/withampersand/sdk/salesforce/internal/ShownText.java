package com.withampersand.sdk.salesforce.internal;

/** Texts of others in messages: on one line, and not longer than a line. */
public final class ShownText {
  private static final int LONGEST = 200;

  private ShownText() {}

  /** Returns a text without line ends and control characters, cut in the middle if it is long. */
  public static String of(String text) {
    String line = text.replaceAll("[\\s\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+", " ");
    return line.length() <= LONGEST
        ? line
        : line.substring(0, LONGEST / 2) + "…" + line.substring(line.length() - LONGEST / 2);
  }
}
