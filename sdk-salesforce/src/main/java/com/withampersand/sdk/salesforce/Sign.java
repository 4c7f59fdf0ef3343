package com.withampersand.sdk.salesforce;

import java.util.List;
import java.util.Locale;

/**
 * What an error is recognised by. Where it has words, they decide, for they carry the cause and
 * come under more than one code; else its code does. Upper and lower case, hyphens, underscores and
 * all other punctuation make no difference, since Salesforce is not of one mind about them.
 *
 * @param code the usual code, empty if it comes without any; it may end in an asterisk
 * @param words words that the description holds one after the other, empty for any
 * @param places where it is known to be shown; it is recognised everywhere
 */
record Sign(String code, String words, List<Place> places) {

  /** Tells whether what was said, in {@link #plain(String) plain} words, fits. */
  boolean matches(String plainCode, String plainDescription) {
    return words.isEmpty()
        ? matchesCode(plainCode)
        : (" " + plainDescription).contains(" " + plain(words));
  }

  private boolean matchesCode(String plainCode) {
    return code.endsWith("*") ? plainCode.startsWith(plain(code)) : plainCode.equals(plain(code));
  }

  /** Returns lower-case words with one space between each two. */
  static String plain(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
  }
}
