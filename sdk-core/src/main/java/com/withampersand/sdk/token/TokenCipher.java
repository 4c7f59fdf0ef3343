package com.withampersand.sdk.token;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Seals tokens for a store, and opens them again: AES-256-GCM, with the grant bound in, so that an
 * envelope opens for the grant that it was sealed for and for no other.
 *
 * <p>An envelope names the key that it was sealed with. To change keys, write with the new one and
 * go on reading the old one:
 *
 * <pre>{@code
 * TokenCipher.builder("2027", newKey).alsoReads("2026", oldKey).build();
 * }</pre>
 *
 * <p>Where several nodes share a store, let all of them read the new key before the first one
 * writes with it. When the store has sealed everything anew, the old key can go.
 *
 * <p>Nonces are random, which is safe for 2<sup>32</sup> envelopes under one key; change it before.
 *
 * <p>Immutable, and safe to share between threads, as far as the suppliers of keys are.
 *
 * @see <a href="https://doi.org/10.6028/NIST.SP.800-38D">NIST SP 800-38D, section 8.3</a>
 */
public final class TokenCipher {
  private final String keyId;
  private final Map<String, Supplier<AesKey>> keys;
  private final boolean readsPlainText;
  private final SecureRandom random;

  private TokenCipher(
      String keyId,
      Map<String, Supplier<AesKey>> keys,
      boolean readsPlainText,
      SecureRandom random) {
    this.keyId = keyId;
    this.keys = Map.copyOf(keys);
    this.readsPlainText = readsPlainText;
    this.random = random;
  }

  /**
   * Starts a cipher whose key is looked up when it is needed.
   *
   * @param keyId the name of the key, which envelopes carry: up to 64 letters, digits, hyphens and
   *     underscores, but not {@code plain}
   * @param key supplies the key to write with: base64 of 32 bytes, as {@link #newKey()} makes it.
   *     It is asked whenever something is sealed or opened with this key, by the thread that does
   *     so; one that asks the network should keep the answer
   * @throws IllegalArgumentException if the name is not so
   */
  public static Builder builder(String keyId, Supplier<Secret> key) {
    return new Builder(keyId).alsoReads(keyId, key);
  }

  /**
   * Starts a cipher with a key that is at hand.
   *
   * @param keyId the name of the key, which envelopes carry: up to 64 letters, digits, hyphens and
   *     underscores, but not {@code plain}
   * @param key the key to write with: base64 of 32 bytes, as {@link #newKey()} makes it
   * @throws IllegalArgumentException if either is not so
   */
  public static Builder builder(String keyId, Secret key) {
    return new Builder(keyId).alsoReads(keyId, key);
  }

  /**
   * Returns a cipher that does not encrypt: whoever can read the store can use every grant in it.
   * Its envelopes say that they are plain, and it opens no others. {@link
   * Builder#alsoReadsPlainText()} is the way out of such a store.
   */
  public static TokenCipher storingPlainText() {
    return new TokenCipher(Envelope.PLAIN, Map.of(), true, new SecureRandom());
  }

  /** Returns a new random key of 256 bits in base64, to be kept like a password. */
  public static Secret newKey() {
    return AesKey.random(new SecureRandom());
  }

  /**
   * Returns the envelope of a grant's tokens: ASCII without white space, nearly a third longer than
   * their JSON.
   *
   * @param grant whose tokens they are; needed again to open the envelope
   * @throws TokenStoreException if the supplier of the key fails
   */
  public String seal(ConnectionKey grant, TokenSet tokens) {
    byte[] json = tokens.toJson().reveal().getBytes(StandardCharsets.UTF_8);
    byte[] data =
        keyId.equals(Envelope.PLAIN)
            ? json
            : key(grant, keyId).encrypt(json, associated(grant, keyId), random);
    return Envelope.of(grant, keyId, data).text();
  }

  /**
   * Returns the tokens of an envelope.
   *
   * @param grant whose tokens they are
   * @throws TokenStoreException if the envelope was sealed for another grant, altered or cut, if
   *     its form or key is unknown to this cipher, or if the supplier of the key fails. The message
   *     tells these apart, and quotes nothing of what is inside
   */
  public TokenSet open(ConnectionKey grant, String envelope) {
    Envelope sealed = Envelope.parse(grant, envelope);
    byte[] json = sealed.isPlain() ? readPlain(grant, sealed) : decrypt(grant, sealed);
    try {
      return TokenSet.fromJson(Secret.of(new String(json, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      throw Envelope.failure(grant, "hold something else than tokens, or were altered.");
    }
  }

  /**
   * Tells whether an envelope is sealed otherwise than {@link #seal} would do it now, so that it
   * should be sealed anew. Whether it opens is not looked into.
   */
  public boolean isOutdated(String envelope) {
    return !Envelope.isMadeWith(keyId, envelope);
  }

  private byte[] readPlain(ConnectionKey grant, Envelope sealed) {
    if (!readsPlainText) {
      throw Envelope.failure(
          grant,
          "are not encrypted, and this cipher reads encrypted ones alone. If they were stored so on purpose, build it with alsoReadsPlainText() until all are sealed anew.");
    }
    if (!sealed.isLabelled(grant)) {
      throw moved(grant);
    }
    return sealed.data();
  }

  private byte[] decrypt(ConnectionKey grant, Envelope sealed) {
    byte[] json =
        key(grant, sealed.keyId())
            .decrypt(sealed.data(), associated(grant, sealed.keyId()))
            .orElseThrow(
                () ->
                    sealed.isLabelled(grant)
                        ? alteredOrOtherKey(grant, sealed.keyId())
                        : moved(grant));
    if (!sealed.isLabelled(grant)) {
      throw Envelope.altered(grant);
    }
    return json;
  }

  /** What an envelope is bound to, unambiguously. */
  private static byte[] associated(ConnectionKey grant, String keyId) {
    return ConnectionKey.lengthPrefixed(
        Envelope.VERSION, keyId, grant.provider(), grant.groupRef(), grant.consumerRef());
  }

  private AesKey key(ConnectionKey grant, String id) {
    Supplier<AesKey> key = keys.get(id);
    if (key == null) {
      throw Envelope.failure(
          grant,
          "are encrypted with a key named "
              + id
              + ", which this cipher does not have. Build it with alsoReads(...) for that key.");
    }
    return key.get();
  }

  private static TokenStoreException moved(ConnectionKey grant) {
    return Envelope.failure(
        grant, "were sealed for another grant: they were moved or copied from there.");
  }

  private static TokenStoreException alteredOrOtherKey(ConnectionKey grant, String keyId) {
    return Envelope.failure(
        grant,
        "were altered, or sealed with another key than the one that is named " + keyId + " here.");
  }

  /** Returns the name of the key to write with, never a key. */
  @Override
  public String toString() {
    return "TokenCipher[writes "
        + (keyId.equals(Envelope.PLAIN) ? "plain text" : "with key " + keyId)
        + "]";
  }

  /** Builds a {@link TokenCipher}. Not safe to share between threads. */
  public static final class Builder {
    private final String keyId;
    private final Map<String, Supplier<AesKey>> keys = new HashMap<>();
    private boolean readsPlainText;
    private SecureRandom random = new SecureRandom();

    private Builder(String keyId) {
      this.keyId = keyId;
    }

    /**
     * Adds a key that opens envelopes but seals none: the next one before a change of keys, the
     * last one after it. The default is none.
     *
     * @throws IllegalArgumentException if a key of this name is there already, or the name is not
     *     as in {@link TokenCipher#builder(String, Supplier)}
     */
    public Builder alsoReads(String keyId, Supplier<Secret> key) {
      Objects.requireNonNull(key, "key");
      return add(keyId, () -> supplied(keyId, key));
    }

    /**
     * Adds a key that opens envelopes but seals none, and is at hand.
     *
     * @throws IllegalArgumentException if a key of this name is there already, or either is not as
     *     in {@link TokenCipher#builder(String, Secret)}
     */
    public Builder alsoReads(String keyId, Secret key) {
      AesKey parsed = AesKey.parse(keyId, key);
      return add(keyId, () -> parsed);
    }

    private Builder add(String keyId, Supplier<AesKey> key) {
      if (!Envelope.KEY_ID.matcher(keyId).matches() || keyId.equals(Envelope.PLAIN)) {
        throw new IllegalArgumentException(
            "a key's name is up to 64 letters, digits, hyphens and underscores, and not "
                + Envelope.PLAIN);
      }
      if (keys.putIfAbsent(keyId, key) != null) {
        throw new IllegalArgumentException("there are two keys named " + keyId);
      }
      return this;
    }

    private static AesKey supplied(String keyId, Supplier<Secret> key) {
      Secret value;
      try {
        value = Objects.requireNonNull(key.get(), "the supplier returned null");
      } catch (RuntimeException e) {
        throw new TokenStoreException(
            "The supplier of the key " + keyId + " failed. Nothing was sealed or opened.", true, e);
      }
      try {
        return AesKey.parse(keyId, value);
      } catch (IllegalArgumentException e) {
        throw new TokenStoreException(
            "The supplier of the key " + keyId + " returned no key: " + e.getMessage(), false, e);
      }
    }

    /**
     * Makes the cipher open plain envelopes too; the default is to refuse them. For the time in
     * which a store that {@linkplain TokenCipher#storingPlainText() kept plain text} is sealed
     * anew: as long as it lasts, whoever can write to the store can put tokens of his own in it.
     */
    public Builder alsoReadsPlainText() {
      this.readsPlainText = true;
      return this;
    }

    /** Sets the source of randomness; the default is a new {@link SecureRandom}. */
    public Builder random(SecureRandom random) {
      this.random = Objects.requireNonNull(random, "random");
      return this;
    }

    /** Builds the cipher. */
    public TokenCipher build() {
      return new TokenCipher(keyId, keys, readsPlainText, random);
    }
  }
}
