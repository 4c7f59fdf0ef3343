package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.Secret;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a {@link TokenCipher}: one to write with, and any number of others that are read.
 *
 * <pre>{@code
 * Keyring.of("2027", newKey).alsoReads("2026", oldKey);
 * }</pre>
 *
 * <p>A key has a name, which envelopes carry: up to 64 letters, digits, hyphens and underscores,
 * but not {@code plain}. Never give one name to two keys.
 *
 * <p>A key is either 32 bytes in base64, as {@link TokenCipher#newKey()} makes it, or a {@link
 * SecretKey}. A {@code SecretKey} that shows its bytes must have 32 of them, whatever its algorithm
 * is called; they are copied. One that does not show them, in an HSM behind PKCS#11 for example,
 * never leaves it. It has to be a key for HMAC-SHA-256 (a generic secret that may sign), since it
 * is used for that only: once each time a grant is prepared for sealing or is opened. Most HSMs
 * refuse HMAC with an AES key; then {@link TokenCipher#prepare} fails and says so. Envelopes that
 * begin with {@code v1.} were encrypted with the key itself and need its bytes, or an AES key.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class Keyring {
  /** Writes and reads plain text. */
  static final Keyring PLAIN = new Keyring(Envelope.PLAIN, Map.of(), true);

  private final String keyId;
  private final Map<String, SealingKey> keys;
  private final boolean readsPlainText;

  private Keyring(String keyId, Map<String, SealingKey> keys, boolean readsPlainText) {
    this.keyId = keyId;
    this.keys = Collections.unmodifiableMap(keys);
    this.readsPlainText = readsPlainText;
  }

  /**
   * Returns a keyring of one key, which is written with and read.
   *
   * @param keyId the name of the key
   * @param key base64 of 32 bytes
   * @throws IllegalArgumentException if either is not as described above; the key is not quoted
   */
  public static Keyring of(String keyId, Secret key) {
    return new Keyring(keyId, Map.of(), false).alsoReads(keyId, key);
  }

  /**
   * Returns a keyring of one key, which is written with and read.
   *
   * @param keyId the name of the key
   * @param key 32 bytes, or a key for HMAC-SHA-256 that does not show its bytes
   * @throws IllegalArgumentException if either is not as described above
   */
  public static Keyring of(String keyId, SecretKey key) {
    return new Keyring(keyId, Map.of(), false).alsoReads(keyId, key);
  }

  /**
   * Returns this keyring with another key, which is read but not written with: the next one before
   * a rotation, the last one after it.
   *
   * @throws IllegalArgumentException if a key of this name is there already, or an argument is not
   *     as in {@link #of(String, Secret)}
   */
  public Keyring alsoReads(String keyId, Secret key) {
    return with(keyId, SealingKey.parse(requireKeyId(keyId), key));
  }

  /**
   * Returns this keyring with another key, which is read but not written with.
   *
   * @throws IllegalArgumentException if a key of this name is there already, or an argument is not
   *     as in {@link #of(String, SecretKey)}
   */
  public Keyring alsoReads(String keyId, SecretKey key) {
    return with(keyId, SealingKey.of(requireKeyId(keyId), key));
  }

  /**
   * Returns this keyring with plain envelopes read, too; the default is to refuse them. It is for
   * the time in which the rows of a {@linkplain TokenCipher#storingPlainText() store of plain text}
   * are encrypted. During that time anyone who can write to the store can put tokens into it.
   */
  public Keyring alsoReadsPlainText() {
    return new Keyring(keyId, keys, true);
  }

  private Keyring with(String added, SealingKey key) {
    Map<String, SealingKey> more = new LinkedHashMap<>(keys);
    if (more.putIfAbsent(added, key) != null) {
      throw new IllegalArgumentException("there are two keys named " + added);
    }
    return new Keyring(keyId, more, readsPlainText);
  }

  private static String requireKeyId(String keyId) {
    if (!Envelope.KEY_ID.matcher(keyId).matches() || keyId.equals(Envelope.PLAIN)) {
      throw new IllegalArgumentException(
          "a key's name is up to 64 letters, digits, hyphens and underscores, and not "
              + Envelope.PLAIN);
    }
    return keyId;
  }

  /** Returns the name of the key to write with. */
  String keyId() {
    return keyId;
  }

  boolean writesPlainText() {
    return keyId.equals(Envelope.PLAIN);
  }

  boolean reads(String id) {
    return id.equals(Envelope.PLAIN) ? readsPlainText : keys.containsKey(id);
  }

  SealingKey writeKey() {
    return Objects.requireNonNull(keys.get(keyId), "the key to write with");
  }

  @Nullable SealingKey key(String id) {
    return keys.get(id);
  }

  /** Returns the names of the keys, never a key. */
  @Override
  public String toString() {
    return writesPlainText()
        ? "Keyring[writes plain text]"
        : "Keyring[writes with "
            + keyId
            + ", reads "
            + String.join(", ", keys.keySet())
            + (readsPlainText ? ", plain text" : "")
            + "]";
  }
}
