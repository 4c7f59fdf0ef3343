package com.withampersand.sdk.fuzz;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** How a secret may be written: as it is, percent-encoded, escaped, in Base64 or in hex. */
final class Forms {
  /** What was written once, since thousands of inputs a second are searched for the same. */
  private static final Map<String, List<String>> WRITTEN = new ConcurrentHashMap<>();

  private static final Map<String, List<String>> ENCODED = new ConcurrentHashMap<>();

  private static final int BASE64_BYTES = 3;

  private Forms() {}

  /** Returns a secret as it is, percent-encoded, or with its slashes escaped. */
  static List<String> written(String secret) {
    return WRITTEN.computeIfAbsent(secret, Forms::write);
  }

  /** Returns a secret in hex and in Base64, alone or as a part of other Base64. */
  static List<String> encoded(String secret) {
    return ENCODED.computeIfAbsent(secret, Forms::encode);
  }

  /** Tells whether a text holds a secret in one of these forms. */
  static boolean isIn(String secret, String text) {
    return Stream.of(written(secret), encoded(secret))
        .flatMap(List::stream)
        .anyMatch(text::contains);
  }

  private static List<String> write(String secret) {
    Set<String> forms = new LinkedHashSet<>();
    String percent = percent(secret);
    forms.add(secret);
    forms.add(percent);
    forms.add(percent.replace("+", "%20"));
    forms.add(inLowerCaseHex(percent));
    forms.add(secret.replace("/", "\\/"));
    return List.copyOf(forms);
  }

  static String percent(String secret) {
    return URLEncoder.encode(secret, StandardCharsets.UTF_8);
  }

  private static String inLowerCaseHex(String percent) {
    StringBuilder text = new StringBuilder(percent);
    for (int at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at + 1)) {
      text.replace(at, at + 3, text.substring(at, at + 3).toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }

  /** Returns a text with each character as JSON may write it. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars().forEach(c -> escaped.append("\\u%04x".formatted(c)));
    return escaped.toString();
  }

  private static List<String> encode(String secret) {
    Set<String> forms = new LinkedHashSet<>();
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    for (int preceding = 0; preceding < BASE64_BYTES; preceding++) {
      String base64 = base64(bytes, preceding);
      forms.add(base64);
      forms.add(base64.replace('+', '-').replace('/', '_'));
    }
    String hex = HexFormat.of().formatHex(bytes);
    forms.add(hex);
    forms.add(hex.toUpperCase(Locale.ROOT));
    return List.copyOf(forms);
  }

  /** Returns what of the Base64 depends on these bytes alone, behind so many others. */
  private static String base64(byte[] bytes, int preceding) {
    byte[] shifted = new byte[preceding + bytes.length];
    System.arraycopy(bytes, 0, shifted, preceding, bytes.length);
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
    int first = preceding == 0 ? 0 : preceding + 1;
    int rest = shifted.length % BASE64_BYTES == 0 ? 0 : 1;
    return encoded.substring(first, encoded.length() - rest);
  }
}
