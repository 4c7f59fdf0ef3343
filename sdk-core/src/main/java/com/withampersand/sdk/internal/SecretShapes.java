package com.withampersand.sdk.internal;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Knows secrets by their names and by their looks. */
public final class SecretShapes {
  private static final Set<String> SECRET_WORDS =
      Set.of(
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
  private static final Set<String> SECRET_STEMS =
      Set.of("token", "secret", "password", "apikey", "sessionid");

  /** What a name may end in to speak about a secret without holding it. */
  private static final Set<String> PLAIN_LAST_WORDS =
      Set.of("type", "format", "in", "at", "url", "uri", "endpoint", "name");

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
              + "eyJ[\\w-]{5,}(\\.[\\w-]*){0,4}|00D\\w{12,15}![\\w.]+|5Aep[\\w.!]+|[A-Za-z0-9+_=-]{40,}");

  /** An error code of many words, which is as long as a token. */
  private static final Pattern WORDS =
      Pattern.compile("[a-z]{1,20}(?:_[a-z]{1,20})++|[A-Z]{1,20}(?:_[A-Z]{1,20})++");

  private SecretShapes() {}

  /**
   * Tells whether a member of an answer is to be kept as a secret, by the words of its name: {@code
   * id_token}, not {@code token_type}.
   */
  public static boolean isSecretName(String name) {
    boolean secret = false;
    String last = "";
    int end;
    for (int start = nextWord(name, 0); start < name.length(); start = nextWord(name, end)) {
      end = endOfWord(name, start);
      last = name.substring(start, end).toLowerCase(Locale.ROOT);
      secret |= isSecretWord(last);
    }
    return secret && !PLAIN_LAST_WORDS.contains(last);
  }

  private static int nextWord(String name, int from) {
    int start = from;
    while (start < name.length() && !Character.isLetterOrDigit(name.charAt(start))) {
      start++;
    }
    return start;
  }

  /** A word ends at what is no letter and no digit, or where a capital follows a small letter. */
  private static int endOfWord(String name, int start) {
    int end = start + 1;
    while (end < name.length()
        && Character.isLetterOrDigit(name.charAt(end))
        && !(Character.isUpperCase(name.charAt(end))
            && !Character.isUpperCase(name.charAt(end - 1)))) {
      end++;
    }
    return end;
  }

  private static boolean isSecretWord(String word) {
    if (SECRET_WORDS.contains(word)) {
      return true;
    }
    for (String stem : SECRET_STEMS) {
      if (word.endsWith(stem)) {
        return true;
      }
    }
    return false;
  }

  /** Tells whether a value looks like a token, whatever its name is. */
  public static boolean isSecretValue(String value) {
    return value.startsWith("eyJ")
        || value.startsWith("5Aep")
        || (value.startsWith("00D") && value.indexOf('!') > 0);
  }

  /** Replaces whatever looks like a token by asterisks, and leaves long error codes. */
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
