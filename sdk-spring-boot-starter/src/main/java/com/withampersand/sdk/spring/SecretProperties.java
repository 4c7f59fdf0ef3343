package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;

/**
 * Knows the properties of the starter that hold secrets, however they are written, and all others
 * that hold twelve characters of one, or of its Base64. Safe to share between threads.
 */
final class SecretProperties {
  private static final Pattern NAME =
      Pattern.compile(
          "ampersand[._].*(api-?_?key|client-?_?secret|tokens[._]key|states[._]key|former-?_?keys|secrets).*",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern NAME_OF_A_KEY =
      Pattern.compile(".*[._]key-?_?id", Pattern.CASE_INSENSITIVE);

  private static final String WEBHOOK_PREFIX = "whsec_";

  /** So many characters in a row are a secret's by no chance. */
  private static final int PIECE = 12;

  private final Set<String> shortSecrets = new HashSet<>();
  private final Set<String> pieces = new HashSet<>();

  SecretProperties(List<AmpersandProperties> properties) {
    properties.stream()
        .flatMap(SecretProperties::secrets)
        .filter(Objects::nonNull)
        .map(Secret::reveal)
        .forEach(this::add);
  }

  private void add(String secret) {
    String bare =
        secret.startsWith(WEBHOOK_PREFIX) ? secret.substring(WEBHOOK_PREFIX.length()) : secret;
    String plain = plain(bare);
    if (plain.length() < PIECE && !plain.isEmpty()) {
      shortSecrets.add(plain);
    }
    pieces.addAll(pieces(plain));
    for (int preceding = 0; preceding < 3; preceding++) {
      byte[] bytes = ("\0".repeat(preceding) + bare).getBytes(StandardCharsets.UTF_8);
      pieces.addAll(pieces(plain(Base64.getEncoder().encodeToString(bytes))));
    }
  }

  /** Returns a text as both alphabets of Base64 have it, without padding. */
  private static String plain(String text) {
    return text.replace('-', '+').replace('_', '/').replace("=", "");
  }

  private static Set<String> pieces(String text) {
    Set<String> pieces = new HashSet<>();
    for (int end = PIECE; end <= text.length(); end++) {
      pieces.add(text.substring(end - PIECE, end));
    }
    return pieces;
  }

  private static Stream<@Nullable Secret> secrets(AmpersandProperties properties) {
    return Stream.of(
            Stream.of(
                properties.apiKey(),
                properties.salesforce().clientSecret(),
                properties.salesforce().otherClientSecret(),
                properties.tokens().key(),
                properties.states().key()),
            properties.tokens().formerKeys().values().stream(),
            properties.states().formerKeys().values().stream(),
            properties.webhook().secrets().stream())
        .flatMap(each -> each);
  }

  SanitizableData sanitize(SanitizableData data) {
    return isSecret(data.getKey()) || holdsSecret(String.valueOf(data.getValue()))
        ? data.withSanitizedValue()
        : data;
  }

  private static boolean isSecret(String name) {
    return NAME.matcher(name).matches() && !NAME_OF_A_KEY.matcher(name).matches();
  }

  /**
   * A property takes its secret from one that has another name, or is made of several, which may
   * stand in one value with others, as in the arguments of the process.
   */
  private boolean holdsSecret(String value) {
    String plain = plain(value);
    return shortSecrets.stream().anyMatch(plain::contains)
        || !Collections.disjoint(pieces, pieces(plain));
  }
}
