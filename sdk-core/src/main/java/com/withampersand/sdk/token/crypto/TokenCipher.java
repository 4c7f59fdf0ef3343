package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Seals grants with AES-256-GCM under the keys of a {@link Keyring}. An envelope opens for the
 * grant that it was sealed for, and for no other.
 *
 * <pre>{@code
 * TokenCipher.of(Keyring.of("2026", key));        // rotates with a restart
 * TokenCipher.of(() -> keyringFromYourSecrets()); // rotates while running
 * }</pre>
 *
 * <p><b>Envelopes.</b> Each is {@code v2.<key id>.<data>.<label>} in ASCII without white space: at
 * most 77 characters, the name of the key and four thirds of the content long, so 1,500 bytes take
 * some 2,100 characters. Each is encrypted under a key of its own: HMAC-SHA-256 of the keyring's
 * key derives one from the name of the key and the grant, and this one derives another from 128
 * random bits in the envelope. Thus the number of envelopes under one key of a keyring needs no
 * limit. Version, name of the key and grant are authenticated. Envelopes that begin with {@code
 * v1.} still open, and are outdated. An older envelope of the same grant opens as well: what is
 * sealed has to tell its own age.
 *
 * <p><b>When the supplier is asked.</b> First when a keyring is needed; again when an envelope
 * names an unknown key, at most once a minute; and again before sealing, and in {@link
 * #isOutdated}, once the keyring has an age of ten minutes ({@link Builder#refreshEvery}). The last
 * is what makes a process that meets no new envelope write with a new key, too. It is asked by one
 * of the threads that need it. The others use the present keyring, or wait up to 30 seconds for an
 * answer if they need a key that is not there. Give the supplier a time limit of its own. If it
 * fails, the present keyring stays in use and a warning is logged; what the present keyring can
 * open never waits.
 *
 * <p><b>To rotate a key</b> while processes run:
 *
 * <ol>
 *   <li>Let the supplier return the old key to write with, and the new one with {@code alsoReads}.
 *   <li>After the refresh interval every process can read the new key. Now let the supplier return
 *       the new one to write with, and the old one with {@code alsoReads}.
 *   <li>After another interval every process writes with the new key. Now encrypt again what is
 *       outdated, until nothing is.
 *   <li>Remove the old key from the supplier. Keep it for as long as you keep backups of the store.
 * </ol>
 *
 * <p>With {@link #of(Keyring)} each of these steps is a deployment to all processes.
 *
 * <p>Immutable but for the supplied keyring, and safe to share between threads if the supplier is.
 *
 * @see <a href="https://doi.org/10.6028/NIST.SP.800-38D">NIST SP 800-38D, section 8.3</a>
 */
public final class TokenCipher implements TokenSealer {
  private final KeyringSource source;
  private final SecureRandom random;

  private TokenCipher(KeyringSource source, SecureRandom random) {
    this.source = source;
    this.random = random;
  }

  /** Returns a cipher with a keyring that stays the same. */
  public static TokenCipher of(Keyring keyring) {
    return new TokenCipher(
        new FixedKeyring(Objects.requireNonNull(keyring, "keyring")), new SecureRandom());
  }

  /** Returns a cipher whose keyring may change; the same as {@code builder(supplier).build()}. */
  public static TokenCipher of(Supplier<Keyring> supplier) {
    return builder(supplier).build();
  }

  /**
   * Starts a cipher whose keyring may change.
   *
   * @param supplier returns the keyring of now. It may ask the network, but not without a time
   *     limit. It is not asked before a keyring is needed
   */
  public static Builder builder(Supplier<Keyring> supplier) {
    return new Builder(supplier);
  }

  /**
   * Returns a cipher that does not encrypt: anyone who can read the store can use every grant in
   * it. Its envelopes say that they are plain, and it opens no others. {@link
   * Keyring#alsoReadsPlainText()} is the way out of such a store.
   */
  public static TokenCipher storingPlainText() {
    return of(Keyring.PLAIN);
  }

  /** Returns a new random key of 256 bits in base64, to be kept like a password. */
  public static Secret newKey() {
    byte[] key = new byte[SealingKey.BYTES];
    new SecureRandom().nextBytes(key);
    return Secret.of(Base64.getEncoder().encodeToString(key));
  }

  /**
   * Gets the key to seal with and derives the grant's own from it. What is returned needs neither
   * the supplier nor the provider of a {@link javax.crypto.SecretKey}, and works for as long as it
   * is kept, with the key that was in use when it was prepared.
   *
   * @throws TokenStoreException if there is no keyring because the supplier failed or returned none
   *     (retryable), or if the security provider fails (retryable) or refuses the key
   */
  @Override
  public Sealing prepare(ConnectionKey key) {
    Objects.requireNonNull(key, "key");
    Keyring keyring = source.current();
    if (keyring.writesPlainText()) {
      return content -> Envelope.of(key, Envelope.PLAIN, content).text();
    }
    String keyId = keyring.keyId();
    GrantKey grantKey = keyring.writeKey().forGrant(key);
    Sealing sealing = content -> Envelope.of(key, keyId, grantKey.seal(content, random)).text();
    return tried(sealing);
  }

  /** Seals once for nothing: a platform that cannot encrypt fails here, not after sending. */
  private static Sealing tried(Sealing sealing) {
    try {
      sealing.seal(new byte[0]);
      return sealing;
    } catch (RuntimeException e) {
      throw new TokenStoreException(
          "This Java platform cannot seal anything: its security providers lack AES-256-GCM or random numbers. Nothing was sealed or opened.",
          false,
          e);
    }
  }

  /**
   * Returns what was sealed.
   *
   * @throws TokenStoreException if the envelope was sealed for another grant, altered or cut, if
   *     its form or key is unknown, if the supplier fails that has to be asked for its key, or if
   *     the security provider fails. The message tells these apart, and quotes nothing of what is
   *     inside. It is retryable if a later call may find the key
   */
  @Override
  public byte[] open(ConnectionKey key, String text) {
    Objects.requireNonNull(key, "key");
    Envelope envelope = Envelope.parse(key, text);
    return envelope.isPlain() ? readPlain(key, envelope) : decrypt(key, envelope);
  }

  /**
   * Tells whether an envelope has an older form than {@link #prepare} would give it now, or another
   * key. Whether it opens is not checked.
   *
   * @throws TokenStoreException if there is no keyring because the supplier failed or returned none
   */
  @Override
  public boolean isOutdated(String text) {
    return !Envelope.isMadeWith(source.current().keyId(), text);
  }

  private byte[] readPlain(ConnectionKey grant, Envelope envelope) {
    if (!source.holding(Envelope.PLAIN).reads(Envelope.PLAIN)) {
      throw Envelope.failure(
          grant,
          "are not encrypted, and this cipher reads encrypted ones only. If they were stored so on purpose, use a keyring with alsoReadsPlainText() until all are encrypted.",
          source.mayChange());
    }
    if (!envelope.isLabelled(grant)) {
      throw moved(grant);
    }
    return envelope.data();
  }

  private byte[] decrypt(ConnectionKey grant, Envelope envelope) {
    byte[] content =
        decrypted(key(grant, envelope.keyId()), grant, envelope)
            .orElseThrow(
                () ->
                    envelope.isLabelled(grant)
                        ? alteredOrOtherKey(grant, envelope.keyId())
                        : moved(grant));
    if (!envelope.isLabelled(grant)) {
      throw Envelope.altered(grant);
    }
    return content;
  }

  private static Optional<byte[]> decrypted(
      SealingKey key, ConnectionKey grant, Envelope envelope) {
    return envelope.isFirstVersion()
        ? key.openFirstVersion(grant, envelope.data())
        : key.forGrant(grant).open(envelope.data());
  }

  private SealingKey key(ConnectionKey grant, String id) {
    SealingKey key = source.holding(id).key(id);
    if (key == null) {
      throw Envelope.failure(
          grant,
          "are encrypted with a key named "
              + id
              + ", which the keyring does not have. Add that key to it with alsoReads(...).",
          source.mayChange());
    }
    return key;
  }

  private static TokenStoreException moved(ConnectionKey grant) {
    return Envelope.failure(
        grant, "were sealed for another grant: they were moved or copied from there.");
  }

  private static TokenStoreException alteredOrOtherKey(ConnectionKey grant, String keyId) {
    return Envelope.failure(
        grant, "were altered, or sealed with another key than the one named " + keyId + " here.");
  }

  /** Returns the names of the keys, never a key. */
  @Override
  public String toString() {
    return "TokenCipher[" + source + "]";
  }

  /** Builds a {@link TokenCipher}. Not safe to share between threads. */
  public static final class Builder {
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    private final Supplier<Keyring> supplier;
    private Duration refreshEvery = Duration.ofMinutes(10);
    private Duration maxWait = MAX_WAIT;
    private Clock clock = Clock.systemUTC();
    private SecureRandom random = new SecureRandom();

    private Builder(Supplier<Keyring> supplier) {
      this.supplier = Objects.requireNonNull(supplier, "supplier");
    }

    /**
     * Sets the age at which a keyring is asked for again before something is sealed; the default is
     * ten minutes. While a key is rotated, this is how long to wait between two steps.
     *
     * @throws IllegalArgumentException if it is less than a minute
     */
    public Builder refreshEvery(Duration age) {
      if (age.compareTo(SuppliedKeyring.PAUSE) < 0) {
        throw new IllegalArgumentException(
            "refreshEvery must be at least a minute, since the supplier is asked no more often");
      }
      this.refreshEvery = age;
      return this;
    }

    /** Sets the clock by which the supplier is asked again; the default is the system's. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Sets the source of randomness; the default is a new {@link SecureRandom}. */
    public Builder random(SecureRandom random) {
      this.random = Objects.requireNonNull(random, "random");
      return this;
    }

    Builder maxWait(Duration maxWait) {
      this.maxWait = maxWait;
      return this;
    }

    /** Builds the cipher. The supplier is not asked yet. */
    public TokenCipher build() {
      return new TokenCipher(new SuppliedKeyring(supplier, clock, refreshEvery, maxWait), random);
    }
  }
}
