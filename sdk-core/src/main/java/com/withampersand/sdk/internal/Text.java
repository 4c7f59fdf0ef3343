package com.withampersand.sdk.internal;

import com.withampersand.sdk.Secret;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** Makes words that came from outside fit to be shown in a message or a log line. */
public final class Text {
  private static final int MOST_CHARACTERS = 300;
  private static final int SHORTEST_SECRET = 4;

  private Text() {}

  /** Returns {@code text} on one line without control characters, and cut to a sensible length. */
  public static String readable(String text) {
    String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]+", " ").strip();
    if (line.length() <= MOST_CHARACTERS) {
      return line;
    }
    boolean withinPair = Character.isHighSurrogate(line.charAt(MOST_CHARACTERS - 1));
    return line.substring(0, withinPair ? MOST_CHARACTERS - 1 : MOST_CHARACTERS) + "…";
  }

  /**
   * Returns {@code text} as {@link #readable(String)} does, with each of {@code secrets}, in any
   * case and percent-encoded or not, and whatever looks like a token replaced by asterisks.
   */
  public static String redacted(String text, Collection<Secret> secrets) {
    List<Pattern> patterns =
        secrets.stream()
            .map(Secret::reveal)
            .filter(Text::isTellable)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Text::pattern)
            .toList();
    String decoded = Percent.decodeLeniently(text);
    String result =
        patterns.stream().anyMatch(secret -> secret.matcher(decoded).find()) ? decoded : text;
    for (Pattern secret : patterns) {
      result = secret.matcher(result).replaceAll("***");
    }
    return readable(SecretShapes.hide(result));
  }

  /** A secret of a few characters is a test's, and would be found everywhere. */
  private static boolean isTellable(String secret) {
    return secret.length() >= SHORTEST_SECRET;
  }

  private static Pattern pattern(String secret) {
    return Pattern.compile(secret, Pattern.LITERAL | Pattern.CASE_INSENSITIVE);
  }
}
