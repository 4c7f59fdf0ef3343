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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The store and its keys, as the environment describes them. No message quotes a secret. */
record StoreSettings(Settings settings) {
  private static final String STORE = "TOKEN_STORE";
  private static final String TABLE = "TOKEN_TABLE";
  private static final String KEYS = "TOKEN_KEYS";
  private static final String IDLE = "TOKEN_IDLE";

  /** Opens the store. It is not made if it is not there: the name may be mistyped. */
  TokenStore store() {
    String place = settings.required(STORE);
    if (place.startsWith("jdbc:")) {
      return database(place);
    }
    if (place.startsWith("file:")) {
      return FileTokenStore.open(directory(Path.of(place.substring("file:".length()))));
    }
    throw new IllegalArgumentException(
        STORE + " begins with neither jdbc: nor file:, such as file:/var/lib/crm/tokens.");
  }

  private JdbcTokenStore database(String address) {
    JdbcTokenStore.Builder store =
        JdbcTokenStore.builder(
            new DriverDataSource(
                address,
                settings.optional("TOKEN_STORE_USER"),
                settings.optional("TOKEN_STORE_PASSWORD")));
    settings.optional(TABLE).ifPresent(name -> table(store, name));
    return store.build();
  }

  private static void table(JdbcTokenStore.Builder store, String name) {
    try {
      store.table(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(TABLE + " is wrong: " + e.getMessage(), e);
    }
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
    List<NamedKey> keys =
        Arrays.stream(settings.required(KEYS).split(",", -1)).map(NamedKey::parse).toList();
    if (keys.stream().map(NamedKey::name).distinct().count() < keys.size()) {
      throw new IllegalArgumentException(KEYS + " has two keys of one name.");
    }
    try {
      return TokenCipher.of(keyring(keys));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(KEYS + " is wrong: " + e.getMessage(), e);
    }
  }

  private static Keyring keyring(List<NamedKey> keys) {
    Keyring keyring = Keyring.of(keys.get(0).name(), keys.get(0).key());
    for (NamedKey key : keys.subList(1, keys.size())) {
      keyring = keyring.alsoReads(key.name(), key.key());
    }
    return keyring;
  }

  /**
   * An entry of {@code TOKEN_KEYS}. What looks like a name may be a key, so that none is quoted.
   */
  private record NamedKey(String name, Secret key) {
    static NamedKey parse(String entry) {
      int separator = entry.indexOf('=');
      String key = entry.substring(separator + 1).strip();
      if (separator < 1 || key.replace("=", "").isEmpty()) { // a key in base64 ends with =
        throw new IllegalArgumentException(
            KEYS + " is a list of NAME=KEY with commas between; an entry has no name.");
      }
      return new NamedKey(entry.substring(0, separator).strip(), Secret.of(key));
    }
  }
}
