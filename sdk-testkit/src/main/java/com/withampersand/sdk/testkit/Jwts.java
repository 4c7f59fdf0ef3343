package com.withampersand.sdk.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Writes JWTs that are well-formed and not signed. */
final class Jwts {
  private Jwts() {}

  static String unsigned(Map<String, Object> claims) {
    return segment(Answer.json(200, Map.of("alg", "RS256", "kid", "fake")).body())
        + "."
        + segment(Answer.json(200, claims).body())
        + "."
        + segment("not a signature");
  }

  private static String segment(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
