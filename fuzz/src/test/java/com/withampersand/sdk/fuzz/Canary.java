package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.Secret;
import java.util.List;

/** Secrets that no text may show, whatever comes back with them in it. */
final class Canary {
  static final String ACCESS_TOKEN = "00D5g000008CaNa!AQ4AQCanaryAccess.Token_0123456789abcd";
  static final String REFRESH_TOKEN = "5Aep861CanaryRefresh.Token_0123456789abcdefghijk";

  /** Like {@link #CODE}, too short to look like a token, in Base64 too. */
  static final String CLIENT_SECRET = "CANARY-SECRET/with+odd=1";

  static final String CODE = "aPrxCanaryCode.7dhk==";
  static final String VERIFIER = "CanaryVerifier-0123456789-0123456789-0123456789";

  static final String SIGNATURE = "CanarySignature.0123456789abcdefghijklmn";

  /** Those that are known by their looks. */
  static final List<String> TOKENS = List.of(ACCESS_TOKEN, REFRESH_TOKEN);

  /** Those that may stand in an input. */
  static final List<String> ALL =
      List.of(ACCESS_TOKEN, REFRESH_TOKEN, CLIENT_SECRET, CODE, VERIFIER);

  /** Those that an exchange knows. */
  static final List<String> OF_EXCHANGE = List.of(ACCESS_TOKEN, REFRESH_TOKEN, CLIENT_SECRET, CODE);

  /** Those that a refresh knows. */
  static final List<String> OF_REFRESH = List.of(ACCESS_TOKEN, REFRESH_TOKEN, CLIENT_SECRET);

  /** Those that stand in a saved request. */
  static final List<String> OF_REQUEST = List.of(VERIFIER);

  private Canary() {}

  static Secret accessToken() {
    return Secret.of(ACCESS_TOKEN);
  }

  static Secret refreshToken() {
    return Secret.of(REFRESH_TOKEN);
  }

  /** Fails if a text shows a token. */
  static void requireAbsent(String text, String where) {
    requireAbsent(TOKENS, text, where);
  }

  /**
   * Fails if a text shows one of these secrets. Only who knows a secret can find it in Base64 or in
   * hex; {@link #TOKENS} are known by their looks.
   */
  static void requireAbsent(List<String> secrets, String text, String where) {
    for (String secret : secrets) {
      requireNone(Forms.written(secret), text, where);
      if (secrets != TOKENS) {
        requireNone(Forms.encoded(secret), text, where);
      }
    }
  }

  private static void requireNone(List<String> forms, String text, String where) {
    for (String form : forms) {
      if (text.contains(form)) {
        throw new AssertionError(where + " shows a secret as " + form + ": " + text);
      }
    }
  }

  /** Fails if the messages of an error, its causes or what it suppressed show one of these. */
  static void requireAbsent(List<String> secrets, Throwable error) {
    requireAbsent(secrets, error, 0);
  }

  private static void requireAbsent(List<String> secrets, Throwable error, int depth) {
    if (depth > 20) {
      return;
    }
    requireAbsent(secrets, error.toString(), "an error");
    requireAbsent(secrets, String.valueOf(error.getMessage()), "an error's message");
    if (error.getCause() != null) {
      requireAbsent(secrets, error.getCause(), depth + 1);
    }
    for (Throwable suppressed : error.getSuppressed()) {
      requireAbsent(secrets, suppressed, depth + 1);
    }
  }
}
