package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.Secret;
import java.util.Map;
import java.util.Objects;

/** A keyring from what a secret manager returns: {@code current} names the key to write with. */
final class KeyringFromSecrets {
  private KeyringFromSecrets() {}

  // region keyring
  static Keyring keyring(Map<String, String> secrets) {
    String current = Objects.requireNonNull(secrets.get("current"), "current");
    String key = Objects.requireNonNull(secrets.get("key." + current), "key." + current);
    Keyring keyring = Keyring.of(current, Secret.of(key));
    for (Map.Entry<String, String> other : secrets.entrySet()) {
      String name = other.getKey().replaceFirst("^key\\.", "");
      if (!name.equals(other.getKey()) && !name.equals(current)) {
        keyring = keyring.alsoReads(name, Secret.of(other.getValue()));
      }
    }
    return keyring;
  }
  // endregion
}
