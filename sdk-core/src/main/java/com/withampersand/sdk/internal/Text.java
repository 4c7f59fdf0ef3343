package com.withampersand.sdk.internal;

import com.withampersand.sdk.Secret;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/** Makes words that came from outside fit to be shown in a message or a log line. */
public final class Text {
  private static final int MOST_CHARACTERS = 300;
  private static final int MOST_SEARCHED = 4096;
  private static final int SHORTEST_SECRET = 4;
  private static final int SHORTEST_TELLING_SECRET = 16;

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
   * {@code secrets}, in any case and as URLs, JSON, HTML, Base64 and hex write it, and of whatever
   * looks like a token. Of a text too long to be searched, the length is all that is returned.
   */
  public static String withoutSecrets(String text, Collection<Secret> secrets) {
    return text.length() > MOST_SEARCHED
        ? "(" + text.length() + " characters, too many to be shown)"
        : oneLine(withAsterisks(text, secrets));
  }

  /** Tells whether {@link #withoutSecrets} would leave all words of {@code text} as they are. */
  static boolean showsNoSecret(String text, Collection<Secret> secrets) {
    return text.length() <= MOST_SEARCHED && withAsterisks(text, secrets).equals(text);
  }

  private static String withAsterisks(String text, Collection<Secret> secrets) {
    String hidden = hide(text, secrets);
    String decoded = Escapes.decodeLeniently(hidden);
    String decodedAndHidden = hide(decoded, secrets);
    return SecretShapes.hide(decodedAndHidden.equals(decoded) ? hidden : decodedAndHidden);
  }

  /** Looks for each in what was given, since what one takes away may be a part of another. */
  private static String hide(String text, Collection<Secret> secrets) {
    BitSet found = new BitSet(text.length());
    for (Secret secret : secrets) {
      if (isTellable(secret)) {
        Echo.of(secret).forEach(echo -> echo.findIn(text, found));
      }
    }
    return withAsterisks(text, found);
  }

  private static String withAsterisks(String text, BitSet hidden) {
    StringBuilder shown = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int start = hidden.nextSetBit(at);
      if (start < 0) {
        return shown.append(text, at, text.length()).toString();
      }
      shown.append(text, at, start).append("***");
      at = hidden.nextClearBit(start);
    }
    return shown.toString();
  }

  /**
   * Tells whether {@code text} holds one of {@code secrets}, written as {@link #withoutSecrets}
   * knows it, or is too long to be searched. It does not look for secrets of fewer than 16
   * characters, which a name may hold by chance.
   */
  public static boolean mayHoldAny(String text, Collection<Secret> secrets) {
    if (text.length() > MOST_SEARCHED) {
      return true;
    }
    List<Secret> telling =
        secrets.stream()
            .filter(secret -> secret.reveal().length() >= SHORTEST_TELLING_SECRET)
            .toList();
    String decoded = Escapes.decodeLeniently(text);
    return !hide(text, telling).equals(text) || !hide(decoded, telling).equals(decoded);
  }

  /** A secret of a few characters is a test's, and would be found everywhere. */
  private static boolean isTellable(Secret secret) {
    return secret.reveal().length() >= SHORTEST_SECRET;
  }
}
