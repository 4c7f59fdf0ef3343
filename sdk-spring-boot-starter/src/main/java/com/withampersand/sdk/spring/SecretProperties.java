package com.withampersand.sdk.spring;

import static org.springframework.util.SystemPropertyUtils.ESCAPE_CHARACTER;
import static org.springframework.util.SystemPropertyUtils.PLACEHOLDER_PREFIX;
import static org.springframework.util.SystemPropertyUtils.PLACEHOLDER_SUFFIX;
import static org.springframework.util.SystemPropertyUtils.VALUE_SEPARATOR;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.PropertyPlaceholderHelper;

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

  private static final List<String> TEXTS =
      List.of(
          "ampersand.api-key",
          "ampersand.salesforce.client-secret",
          "ampersand.salesforce.other-client-secret",
          "ampersand.tokens.key",
          "ampersand.states.key");

  private static final List<String> LISTS = List.of("ampersand.webhook.secrets");

  private static final List<String> MAPS =
      List.of("ampersand.tokens.former-keys", "ampersand.states.former-keys");

  private static final String WEBHOOK_PREFIX = "whsec_";

  /** So many characters in a row are a secret's by no chance. */
  private static final int PIECE = 12;

  private final Set<String> shortSecrets = new HashSet<>();
  private final Set<String> pieces = new HashSet<>();

  /** Reads the secrets as they are written, whether or not the starter could use them. */
  SecretProperties(Binder binder) {
    TEXTS.forEach(name -> bound(binder, name, Bindable.of(String.class)).ifPresent(this::add));
    LISTS.forEach(
        name ->
            bound(binder, name, Bindable.listOf(String.class))
                .ifPresent(secrets -> secrets.forEach(this::add)));
    MAPS.forEach(
        name ->
            bound(binder, name, Bindable.mapOf(String.class, String.class))
                .ifPresent(secrets -> secrets.values().forEach(this::add)));
  }

  /** A secret that takes another property's value is known even if others take none's. */
  static SecretProperties of(ConfigurableEnvironment environment) {
    PropertyPlaceholderHelper lenient =
        new PropertyPlaceholderHelper(
            PLACEHOLDER_PREFIX, PLACEHOLDER_SUFFIX, VALUE_SEPARATOR, ESCAPE_CHARACTER, true);
    return new SecretProperties(
        new Binder(
            ConfigurationPropertySources.get(environment),
            new PropertySourcesPlaceholdersResolver(environment.getPropertySources(), lenient)));
  }

  /** What is wrong stops the start if the starter is enabled, and must not if it is disabled. */
  private static <T> Optional<T> bound(Binder binder, String name, Bindable<T> type) {
    try {
      return Optional.ofNullable(binder.bind(name, type).orElse(null));
    } catch (BindException e) {
      return Optional.empty();
    }
  }

  private void add(String text) {
    String secret = text.strip();
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
