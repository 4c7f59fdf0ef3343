package com.withampersand.sdk.spring;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.oauth.StateSigner;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.crypto.TokenSealer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;

/** Makes what uses the keys of the properties. */
final class Keys {
  /** Known to all: it encrypts grants of the fakes, and opens them after a restart. */
  private static final Secret OF_THE_FAKES =
      Secret.of(
          Base64.getEncoder()
              .encodeToString("for grants of the fakes alone...".getBytes(StandardCharsets.UTF_8)));

  private static final String MAKE_ONE =
      ", such as `openssl rand -base64 32` prints, and keep it with your other secrets";

  private Keys() {}

  static TokenSealer sealer(Settings settings) {
    if (settings.dev().isPresent()) {
      return TokenCipher.of(Keyring.of("fakes", OF_THE_FAKES));
    }
    AmpersandProperties.Tokens tokens = settings.properties().tokens();
    Secret key =
        Settings.required(
            "ampersand.tokens.key",
            tokens.key(),
            "give it the key that encrypts the stored grants, 32 bytes in base64" + MAKE_ONE);
    Keyring keyring = keyring("ampersand.tokens.key", () -> Keyring.of(tokens.keyId(), key));
    for (Map.Entry<String, Secret> former : tokens.formerKeys().entrySet()) {
      Keyring known = keyring;
      keyring =
          keyring(
              "ampersand.tokens.former-keys",
              () -> known.alsoReads(former.getKey(), former.getValue()));
    }
    return TokenCipher.of(keyring);
  }

  private static Keyring keyring(String property, Supplier<Keyring> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw SetupException.wrong(property, e);
    }
  }

  static StateSigner signer(Settings settings, ReplayGuard guard) {
    AmpersandProperties.States states = settings.properties().states();
    StateSigner.Builder signer = signer(settings, states);
    states.formerKeys().forEach((name, key) -> accept(signer, name, key));
    return signer.replayGuard(guard).build();
  }

  private static StateSigner.Builder signer(Settings settings, AmpersandProperties.States states) {
    Secret key = states.key();
    if (key == null && settings.dev().isPresent()) {
      key = StateSigner.newKey();
    }
    Secret required =
        Settings.required(
            "ampersand.states.key",
            key,
            "give it the key that signs states, 32 bytes in base64"
                + MAKE_ONE
                + ", or set ampersand.connect.state to session");
    try {
      return StateSigner.builder(states.keyId(), required);
    } catch (IllegalArgumentException e) {
      throw SetupException.wrong("ampersand.states.key", e);
    }
  }

  private static void accept(StateSigner.Builder signer, String name, Secret key) {
    try {
      signer.alsoAccept(name, key);
    } catch (IllegalArgumentException e) {
      throw SetupException.wrong("ampersand.states.former-keys", e);
    }
  }
}
