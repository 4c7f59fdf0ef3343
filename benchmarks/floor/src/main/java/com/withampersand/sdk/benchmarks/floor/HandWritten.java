package com.withampersand.sdk.benchmarks.floor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.withampersand.sdk.benchmarks.Fixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** URLs, callbacks, forms and answers in one pass each. ASCII alone goes in and out. */
final class HandWritten {
  private static final String HEX = "0123456789ABCDEF";
  private static final boolean[] PLAIN = new boolean[128];

  static {
    for (char c = 0; c < PLAIN.length; c++) {
      PLAIN[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~".indexOf(c) >= 0;
    }
  }

  private HandWritten() {}

  /**
   * What a caller wants of an answer.
   *
   * @param accessToken the access token
   * @param refreshToken the refresh token, if there is one
   * @param scope the scopes
   * @param others all other members
   */
  record Token(
      String accessToken,
      @Nullable String refreshToken,
      String scope,
      Map<String, String> others) {}

  static void encode(String text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (PLAIN[c]) {
        out.append(c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
  }

  static String code(String query, String state) {
    String code = "";
    boolean isState = false;
    int start = 0;
    while (start < query.length()) {
      int end = query.indexOf('&', start);
      end = end < 0 ? query.length() : end;
      int equals = query.indexOf('=', start);
      if (query.startsWith("code=", start)) {
        code = decode(query, equals + 1, end);
      } else if (query.startsWith("state=", start)) {
        isState = isEqual(decode(query, equals + 1, end), state);
      }
      start = end + 1;
    }
    if (!isState) {
      throw new IllegalStateException("another state");
    }
    return code;
  }

  private static boolean isEqual(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.ISO_8859_1), other.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String decode(String text, int start, int end) {
    int percent = text.indexOf('%', start);
    if (percent < 0 || percent >= end) {
      return text.substring(start, end);
    }
    StringBuilder out = new StringBuilder(end - start);
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c == '%') {
        out.append(
            (char)
                (Character.digit(text.charAt(i + 1), 16) * 16
                    + Character.digit(text.charAt(i + 2), 16)));
        i += 2;
      } else {
        out.append(c == '+' ? ' ' : c);
      }
    }
    return out.toString();
  }

  static String form(String refreshToken) {
    StringBuilder form = new StringBuilder(512);
    encode(refreshToken, form.append("grant_type=refresh_token&refresh_token="));
    encode(Fixture.CLIENT_ID, form.append("&client_id="));
    encode(Fixture.CLIENT_SECRET, form.append("&client_secret="));
    return form.toString();
  }

  static Token token(JsonFactory json, byte[] answer) throws IOException {
    String accessToken = "";
    String refreshToken = null;
    String scope = "";
    Map<String, String> others = new HashMap<>();
    try (JsonParser parser = json.createParser(answer)) {
      parser.nextToken();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        String value = text(parser);
        switch (name) {
          case "access_token" -> accessToken = value;
          case "refresh_token" -> refreshToken = value;
          case "scope" -> scope = value;
          default -> others.put(name, value);
        }
      }
    }
    return new Token(accessToken, refreshToken, scope, others);
  }

  private static String text(JsonParser parser) throws IOException {
    if (parser.nextToken() == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    parser.skipChildren();
    return parser.getText();
  }
}
