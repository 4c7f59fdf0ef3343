package com.withampersand.sdk.internal;

import com.withampersand.sdk.Secret;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Finds a secret that a server sent back. Every way of escaping leaves letters and digits alone, so
 * these are looked for, with something short in place of what stands between them.
 *
 * <p>No regular expression does it: the server that sent the secret may have made it so that one
 * never ends.
 */
final class Echo {
  private static final int FEWEST_LETTERS = 4;
  private static final int LONGEST_ESCAPE = 20;

  private static final Pattern NO_LETTERS = Pattern.compile("[^A-Za-z0-9]+");

  private final String value;
  private final List<String> words;

  private Echo(String value, List<String> words) {
    this.value = value;
    this.words = words;
  }

  static Echo of(Secret secret) {
    String value = secret.reveal();
    List<String> words =
        NO_LETTERS.splitAsStream(value).filter(Predicate.not(String::isEmpty)).toList();
    boolean telling = words.stream().mapToInt(String::length).sum() >= FEWEST_LETTERS;
    return new Echo(value, telling ? words : List.of(value));
  }

  /** Returns {@code text} with asterisks in place of the secret. */
  String hideIn(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int end = end(text, at);
      if (end < 0) {
        shown.append(text.charAt(at++));
      } else {
        shown.append("***");
        at = end;
      }
    }
    return shown.toString();
  }

  /** Returns where the secret ends if it starts at {@code start}, and -1 if it does not. */
  private int end(String text, int start) {
    int end = endOf(value, text, start, 0);
    return end < 0 ? endOfWords(text, start) : end;
  }

  private int endOfWords(String text, int start) {
    int end = start;
    int skipped = 0;
    for (String word : words) {
      end = endOf(word, text, end, skipped);
      if (end < 0) {
        return -1;
      }
      skipped = LONGEST_ESCAPE;
    }
    return end;
  }

  private static int endOf(String word, String text, int start, int skipped) {
    for (int at = start; at <= start + skipped; at++) {
      if (text.regionMatches(true, at, word, 0, word.length())) {
        return at + word.length();
      }
    }
    return -1;
  }
}
