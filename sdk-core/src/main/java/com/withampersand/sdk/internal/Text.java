package com.withampersand.sdk.internal;

import com.withampersand.sdk.Secret;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Makes words that came from outside fit to be shown in a message or a log line. */
public final class Text {
  private static final int MOST_CHARACTERS = 300;
  private static final int MOST_SEARCHED = 4096;
  private static final int SHORTEST_SECRET = 4;

  private Text() {}

  /** Returns {@code text} on one line without control characters, and cut to a sensible length. */
  public static String readable(String text) {
    return cut(oneLine(text));
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]+", " ").strip();
  }

  private static String cut(String line) {
    if (line.length() <= MOST_CHARACTERS) {
      return line;
    }
    boolean withinPair = Character.isHighSurrogate(line.charAt(MOST_CHARACTERS - 1));
    return line.substring(0, withinPair ? MOST_CHARACTERS - 1 : MOST_CHARACTERS) + "…";
  }

  /**
   * Returns {@code text} as {@link #readable(String)} does, without what {@link
   * #withoutSecrets(String, Collection)} takes out.
   */
  public static String redacted(String text, Collection<Secret> secrets) {
    return cut(withoutSecrets(text, secrets));
  }

  /**
   * Returns {@code text} on one line without control characters, with asterisks in place of each of
   * {@code secrets}, in any case and however it was escaped, and of whatever looks like a token. Of
   * a text too long to be searched, the length is all that is returned.
   */
  public static String withoutSecrets(String text, Collection<Secret> secrets) {
    if (text.length() > MOST_SEARCHED) {
      return "(" + text.length() + " characters, too many to be shown)";
    }
    String hidden = hide(text, secrets);
    String decoded = Percent.decodeLeniently(hidden);
    String decodedAndHidden = hide(decoded, secrets);
    return oneLine(SecretShapes.hide(decodedAndHidden.equals(decoded) ? hidden : decodedAndHidden));
  }

  /** Hides the longest first: it may begin with another. */
  private static String hide(String text, Collection<Secret> secrets) {
    List<Secret> longestFirst =
        secrets.stream()
            .filter(Text::isTellable)
            .sorted(Comparator.comparingInt(Text::length).reversed())
            .toList();
    String result = text;
    for (Secret secret : longestFirst) {
      for (Echo echo : Echo.of(secret)) {
        result = echo.hideIn(result);
      }
    }
    return result;
  }

  /** A secret of a few characters is a test's, and would be found everywhere. */
  private static boolean isTellable(Secret secret) {
    return length(secret) >= SHORTEST_SECRET;
  }

  private static int length(Secret secret) {
    return secret.reveal().length();
  }
}
