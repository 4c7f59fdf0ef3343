package com.withampersand.sdk.internal;

import java.util.Locale;
import java.util.Set;
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

  /**
   * A JWT, a session identifier with its organisation in front, or forty and more characters
   * without a break.
   */
  private static final Pattern TOKEN =
      Pattern.compile(
          "eyJ[\\w-]{5,}(\\.[\\w-]*){0,4}|\\b00D\\w{12,15}![\\w.]+|\\b5Aep[\\w.!]+|[A-Za-z0-9+_=-]{40,}");

  private static final Pattern WORD_BREAK = Pattern.compile("[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])");

  private SecretShapes() {}

  /**
   * Tells whether a member of an answer is to be kept as a secret, by the words of its name: {@code
   * id_token}, not {@code token_type}.
   */
  public static boolean isSecretName(String name) {
    String last = "";
    boolean secret = false;
    for (String word : WORD_BREAK.split(name, -1)) {
      last = word.toLowerCase(Locale.ROOT);
      secret |= SECRET_WORDS.contains(last) || SECRET_STEMS.stream().anyMatch(last::endsWith);
    }
    return secret && !PLAIN_LAST_WORDS.contains(last);
  }

  /** Tells whether a value looks like a token, whatever its name is. */
  public static boolean isSecretValue(String value) {
    return value.startsWith("eyJ")
        || value.startsWith("5Aep")
        || (value.startsWith("00D") && value.indexOf('!') > 0);
  }

  /** Replaces whatever looks like a token by asterisks. */
  static String hide(String text) {
    return TOKEN.matcher(text).replaceAll("***");
  }
}
