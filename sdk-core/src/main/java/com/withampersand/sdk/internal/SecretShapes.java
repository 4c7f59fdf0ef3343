package com.withampersand.sdk.internal;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Knows secrets by their names and by their looks. */
public final class SecretShapes {
  private static final List<List<String>> SECRET_WORDS =
      byLength(
          "token",
          "secret",
          "sid",
          "password",
          "assertion",
          "cookie",
          "credential",
          "key",
          "verifier",
          "code",
          "nonce",
          "jwt",
          "authorization",
          "csrf",
          "session",
          "private",
          "pin",
          "otp");

  /**
   * Words that make a name secret even where they are run together with others, as in {@code
   * accesstoken}.
   */
  private static final List<String> SECRET_STEMS =
      List.of("token", "secret", "password", "apikey", "sessionid");

  /** What a name may end in to speak about a secret without holding it. */
  private static final List<List<String>> PLAIN_LAST_WORDS =
      byLength("type", "format", "in", "at", "url", "uri", "endpoint", "name");

  /** A UUID, which names a thing and opens nothing, with the kind of thing in front or not. */
  private static final String NAME =
      "((?<![\\w+=-])([a-z]{1,12}[_-])?\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}(?![\\w+=-]))|";

  /**
   * A JWT, a session identifier with its org in front, a refresh token, or forty and more
   * characters without a break. They are found behind a letter, too: a server may run words
   * together.
   */
  private static final Pattern TOKEN =
      Pattern.compile(
          NAME
              + "eyJ[\\w-]{5,}(\\.[\\w-]*){0,4}|00D\\w{12,15}(?:!|%21)[\\w.]+|5Aep[\\w.!]+|[A-Za-z0-9+_=-]{40,}");

  /** One or more words, run together in camel case. */
  private static final String WORD = "[A-Z]?[a-z]{2,20}+(?:[A-Z][a-z]{1,20}+)*+";

  /** An error code, a host's or an app's name of many words, which is as long as a token. */
  private static final Pattern WORDS =
      Pattern.compile(
          "[a-z]{1,20}(?:_[a-z]{1,20})++|[A-Z]{1,20}(?:_[A-Z]{1,20})++|"
              + WORD
              + "(?:[_-]"
              + WORD
              + ")++");

  private static final char FIRST_BEYOND_ASCII = 128;

  private SecretShapes() {}

  /**
   * Tells whether a member of an answer is to be kept as a secret, by the words of its name: {@code
   * id_token}, not {@code token_type}.
   */
  public static boolean isSecretName(String name) {
    boolean secret = false;
    int start = 0;
    int end = 0;
    for (int next = nextWord(name, 0); next < name.length(); next = nextWord(name, end)) {
      start = next;
      end = endOfWord(name, start);
      secret |= isSecretWord(name, start, end);
    }
    return secret && !isOneOf(PLAIN_LAST_WORDS, name, start, end);
  }

  private static int nextWord(String name, int from) {
    int start = from;
    while (start < name.length() && !isOfWord(name.charAt(start))) {
      start++;
    }
    return start;
  }

  /** A word ends at what is no letter and no digit, or where a capital follows a small letter. */
  private static int endOfWord(String name, int start) {
    int end = start + 1;
    while (end < name.length()
        && isOfWord(name.charAt(end))
        && !(isCapital(name.charAt(end)) && !isCapital(name.charAt(end - 1)))) {
      end++;
    }
    return end;
  }

  private static boolean isOfWord(char c) {
    return c < FIRST_BEYOND_ASCII
        ? (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        : Character.isLetterOrDigit(c);
  }

  private static boolean isCapital(char c) {
    return c < FIRST_BEYOND_ASCII ? c >= 'A' && c <= 'Z' : Character.isUpperCase(c);
  }

  /** Looks at the name in place: of each answer, every member's is looked at. */
  private static boolean isSecretWord(String name, int start, int end) {
    if (isOneOf(SECRET_WORDS, name, start, end)) {
      return true;
    }
    for (String stem : SECRET_STEMS) {
      int from = end - stem.length();
      if (from >= start && isAt(name, from, stem)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOneOf(List<List<String>> words, String name, int start, int end) {
    int length = end - start;
    if (length < words.size()) {
      for (String word : words.get(length)) {
        if (isAt(name, start, word)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Most words differ in their first letter. */
  private static boolean isAt(String name, int start, String word) {
    char first = name.charAt(start);
    return (first >= FIRST_BEYOND_ASCII || (first | ' ') == word.charAt(0))
        && name.regionMatches(true, start, word, 0, word.length());
  }

  private static List<List<String>> byLength(String... words) {
    int longest = Stream.of(words).mapToInt(String::length).max().orElse(0);
    return IntStream.rangeClosed(0, longest)
        .mapToObj(length -> Stream.of(words).filter(word -> word.length() == length).toList())
        .toList();
  }

  /** Tells whether a value looks like a token, whatever its name is. */
  public static boolean isSecretValue(String value) {
    return value.startsWith("eyJ")
        || value.startsWith("5Aep")
        || (value.startsWith("00D") && value.indexOf('!') > 0);
  }

  /** Replaces whatever looks like a token by asterisks, and leaves long names of words. */
  static String hide(String text) {
    return TOKEN
        .matcher(text)
        .replaceAll(
            found -> {
              boolean harmless = found.group(1) != null || WORDS.matcher(found.group()).matches();
              return harmless ? Matcher.quoteReplacement(found.group()) : "***";
            });
  }
}
