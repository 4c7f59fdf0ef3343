package com.withampersand.sdk.internal;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The escapes of URLs, JSON and HTML that stand for any character, letters and digits too. */
final class Escapes {
  private static final Pattern ESCAPE =
      Pattern.compile(
          "%([0-9A-Fa-f]{2})|\\\\u([0-9A-Fa-f]{4})|&#[xX]0*([0-9A-Fa-f]{1,4});|&#0*([0-9]{1,5});");

  private Escapes() {}

  /**
   * Decodes what can be decoded, one by one, and leaves the rest as it is: to look for something,
   * not to use it.
   */
  static String decodeLeniently(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(escape -> Matcher.quoteReplacement(Character.toString(code(escape))));
  }

  private static int code(MatchResult escape) {
    for (int group = 1; group <= 3; group++) {
      if (escape.group(group) != null) {
        return Integer.parseInt(escape.group(group), 16);
      }
    }
    return Integer.parseInt(escape.group(4));
  }
}
