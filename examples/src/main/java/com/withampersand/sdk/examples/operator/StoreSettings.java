package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.examples.Settings;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.file.FileTokenStore;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** The store and its keys, as the environment describes them. No message quotes a secret. */
record StoreSettings(Settings settings) {
  private static final String STORE = "TOKEN_STORE";
  private static final String KEYS = "TOKEN_KEYS";
  private static final String IDLE = "TOKEN_IDLE";

  /** Opens the store. It is not made if it is not there: the name may be mistyped. */
  TokenStore store() {
    String place = settings.required(STORE);
    if (place.startsWith("jdbc:")) {
      return JdbcTokenStore.of(
          new DriverDataSource(
              place,
              settings.optional("TOKEN_STORE_USER"),
              settings.optional("TOKEN_STORE_PASSWORD")));
    }
    if (place.startsWith("file:")) {
      return FileTokenStore.open(directory(Path.of(place.substring("file:".length()))));
    }
    throw new IllegalArgumentException(
        STORE + " begins with neither jdbc: nor file:, such as file:/var/lib/crm/tokens.");
  }

  private static Path directory(Path path) {
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException(STORE + " names no directory: " + path);
    }
    return path;
  }

  /** Returns how long a grant may lie unused, as the program that uses the store says it. */
  Optional<Duration> idle() {
    return settings.optional(IDLE).map(StoreSettings::duration);
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(IDLE + " is no duration such as P7D or PT12H: " + text, e);
    }
  }

  /** Returns what opens and seals grants. */
  TokenCipher sealer() {
    List<String> entries = List.of(settings.required(KEYS).split(",", -1));
    Keyring keyring = Keyring.of(name(entries.get(0)), key(entries.get(0)));
    for (String entry : entries.subList(1, entries.size())) {
      keyring = keyring.alsoReads(name(entry), key(entry));
    }
    return TokenCipher.of(keyring);
  }

  private static String name(String entry) {
    return entry.substring(0, separator(entry)).strip();
  }

  private static Secret key(String entry) {
    return Secret.of(entry.substring(separator(entry) + 1).strip());
  }

  private static int separator(String entry) {
    int separator = entry.indexOf('=');
    if (separator < 1) {
      throw new IllegalArgumentException(
          KEYS + " is a list of NAME=KEY with commas between; an entry has no name.");
    }
    return separator;
  }
}
