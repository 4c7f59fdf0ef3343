package com.withampersand.sdk.internal;

import com.withampersand.sdk.Secret;
import java.util.Collection;

/** Makes words that came from outside fit to be shown in a message or a log line. */
public final class Text {
  private static final int MOST_CHARACTERS = 300;
  private static final int SHORTEST_SECRET = 4;

  private Text() {}

  /** Returns {@code text} on one line without control characters, and cut to a sensible length. */
  public static String readable(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ").strip();
    return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "…";
  }

  /**
   * Returns {@code text} as {@link #readable(String)} does, with each of {@code secrets} and
   * whatever looks like a token replaced by asterisks.
   */
  public static String redacted(String text, Collection<Secret> secrets) {
    String result = text;
    for (Secret secret : secrets) {
      if (secret.reveal().length() >= SHORTEST_SECRET) {
        result =
            result.replace(secret.reveal(), "***").replace(Percent.encode(secret.reveal()), "***");
      }
    }
    return readable(SecretShapes.hide(result));
  }
}
