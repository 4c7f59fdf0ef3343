package com.withampersand.sdk.internal;

import com.withampersand.sdk.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Finds a secret that a server sent back. The usual ways of escaping leave letters and digits
 * alone, so these are looked for, with something short in place of what stands between them.
 *
 * <p>No regular expression does it: the server that sent the secret may have made it so that one
 * never ends.
 */
final class Echo {
  private static final int FEWEST_LETTERS = 4;
  private static final int LONGEST_ESCAPE = 20;

  /**
   * A text with so many words of a secret, from its first one on, is not shown any further: a
   * server that made the secret could let the search go through thousands at each place.
   */
  private static final int ENOUGH_WORDS = 64;

  /** The Base64 or hex of fewer characters would be found where it is not meant. */
  private static final int SHORTEST_ENCODED = 8;

  private static final Pattern NO_LETTERS = Pattern.compile("[^A-Za-z0-9]+");

  private final String value;
  private final List<String> words;

  private Echo(String value, List<String> words) {
    this.value = value;
    this.words = words;
  }

  /**
   * Returns what to look for: the secret, its hex, and its Base64 alone or as a part of other
   * Base64.
   */
  static List<Echo> of(Secret secret) {
    String value = secret.reveal();
    return value.length() < SHORTEST_ENCODED
        ? List.of(of(value))
        : List.of(
            of(value),
            new Echo(hex(value), pairs(hex(value))),
            of(base64(value, 0)),
            of(base64(value, 1)),
            of(base64(value, 2)));
  }

  private static String hex(String value) {
    return HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the digits of each byte: something may stand between those of two. */
  private static List<String> pairs(String hex) {
    return IntStream.range(0, hex.length() / 2)
        .mapToObj(i -> hex.substring(2 * i, 2 * i + 2))
        .toList();
  }

  /**
   * Returns the characters of Base64 (RFC 4648 section 4) that depend on {@code value} alone, where
   * so many bytes more than a multiple of three precede it. Those that section 5 writes otherwise
   * are no letters and no digits.
   */
  private static String base64(String value, int preceding) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    byte[] shifted = new byte[preceding + bytes.length];
    System.arraycopy(bytes, 0, shifted, preceding, bytes.length);
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
    int first = preceding == 0 ? 0 : preceding + 1;
    int end = shifted.length % 3 == 0 ? encoded.length() : encoded.length() - 1;
    return encoded.substring(first, end);
  }

  private static Echo of(String value) {
    List<String> words =
        NO_LETTERS.splitAsStream(value).filter(Predicate.not(String::isEmpty)).toList();
    boolean telling = words.stream().mapToInt(String::length).sum() >= FEWEST_LETTERS;
    return new Echo(value, telling ? words : List.of(value));
  }

  /** Adds to {@code found} which characters of {@code text} are the secret's. */
  void findIn(String text, BitSet found) {
    int at = 0;
    while (at < text.length()) {
      int end = end(text, at);
      if (end < 0) {
        at++;
      } else {
        found.set(at, end);
        at = end;
      }
    }
  }

  /** Returns where the secret ends if it starts at {@code start}, and -1 if it does not. */
  private int end(String text, int start) {
    int end = endOf(value, text, start, 0);
    return end < 0 ? endOfWords(text, start) : end;
  }

  private int endOfWords(String text, int start) {
    int end = start;
    for (int i = 0; i < words.size(); i++) {
      int next = endOf(words.get(i), text, end, i == 0 ? 0 : LONGEST_ESCAPE);
      if (next < 0) {
        return i < ENOUGH_WORDS ? -1 : text.length();
      }
      end = next;
    }
    return end;
  }

  private static int endOf(String word, String text, int start, int skipped) {
    int last = Math.min(start + skipped, text.length() - word.length());
    for (int at = start; at <= last; at++) {
      if (text.regionMatches(true, at, word, 0, word.length())) {
        return at + word.length();
      }
    }
    return -1;
  }
}
