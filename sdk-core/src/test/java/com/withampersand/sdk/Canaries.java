package com.withampersand.sdk;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Secrets that cannot be mistaken for anything else, and the search for what is left of them. Those
 * that a request carries have no shape by which they could be known as tokens.
 */
final class Canaries {
  static final String CLIENT_ID = "client-1";
  static final String CLIENT_SECRET = "CanaryAppSecret/7Zq4Wn8Rt2+Yp6Kd=";
  static final String CODE = "CanaryCode7d93hf82hQ9Zk4";
  static final String REFRESH_TOKEN = "CanaryRefresh!861TSESvWeug=xv";
  static final String ACCESS_TOKEN = "CanaryAccess!AQcAQH0dMHZ.fz972";
  static final String NEW_REFRESH_TOKEN = "CanaryNewRefresh!3MVG9lKcPoN.x";
  static final String NEW_ACCESS_TOKEN = "CanaryNewAccess!DkjfUe7WqPo.b3";
  static final String ID_TOKEN = "eyJDYW5hcnlJZFRva2Vu.eyJDYW5hcnlTdWJqZWN0.Q2FuYXJ5U2lnbmF0dXJl";
  static final String SESSION_ID = "CanarySession!x8Wn3Tz7Lq";
  static final String STATE_KEY = "Q2FuYXJ5U3RhdGVLZXkhQ2FuYXJ5U3RhdGVLZXkh++8=";

  static final String API_KEY = "CanaryApiKey-9Jx4Lm2Vq8Zt6Bw1";
  static final String PASSWORD = "CanaryPassword&5Rk7Yc3Hn9<Gd>1";

  static final String WEBHOOK_SECRET = "whsec_Q2FuYXJ5V2ViaG9va1NlY3JldCE5UXc4";
  static final String SEALING_KEY = "Q2FuYXJ5U2VhbGluZ0tleSFDYW5hcnlTZWFsaW5nISE=";

  private static final int PIECE = 12;

  private static final Map<String, String> VALUES =
      Map.ofEntries(
          Map.entry("client secret", CLIENT_SECRET),
          Map.entry("code", CODE),
          Map.entry("refresh token", REFRESH_TOKEN),
          Map.entry("access token", ACCESS_TOKEN),
          Map.entry("new refresh token", NEW_REFRESH_TOKEN),
          Map.entry("new access token", NEW_ACCESS_TOKEN),
          Map.entry("id token", ID_TOKEN),
          Map.entry("session id", SESSION_ID),
          Map.entry("state key", STATE_KEY),
          Map.entry("basic header", basicHeader()),
          Map.entry("API key", API_KEY),
          Map.entry("password", PASSWORD),
          Map.entry("webhook secret", WEBHOOK_SECRET),
          Map.entry("sealing key", SEALING_KEY));

  /** Each piece of a secret in each form, in lower case, and who owns it. */
  private static final Map<String, String> PIECES = pieces();

  private Canaries() {}

  static String basicHeader() {
    String pair = percentEncoded(CLIENT_ID) + ":" + percentEncoded(CLIENT_SECRET);
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  static String percentEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Returns {@code text} with its percent-encoded characters written as some servers do. */
  static String inLowerCaseHex(String text) {
    return Pattern.compile("%[0-9A-F]{2}")
        .matcher(text)
        .replaceAll(match -> match.group().toLowerCase(Locale.ROOT));
  }

  private static Map<String, String> pieces() {
    Map<String, String> pieces = new LinkedHashMap<>();
    VALUES.forEach(
        (name, value) -> {
          addPieces(value, name, pieces);
          addPieces(percentEncoded(value), name + " percent-encoded", pieces);
        });
    return pieces;
  }

  private static void addPieces(String value, String name, Map<String, String> pieces) {
    for (int i = 0; i + PIECE <= value.length(); i++) {
      pieces.putIfAbsent(value.substring(i, i + PIECE).toLowerCase(Locale.ROOT), name);
    }
  }

  /** Returns the texts that hold twelve or more characters of a secret, and says of which. */
  static List<String> foundIn(Collection<String> texts) {
    List<String> found = new ArrayList<>();
    for (String text : texts) {
      String lowerCase = text.toLowerCase(Locale.ROOT);
      PIECES.entrySet().stream()
          .filter(piece -> lowerCase.contains(piece.getKey()))
          .findFirst()
          .ifPresent(piece -> found.add(piece.getValue() + " in: " + text));
    }
    return found;
  }
}
