package com.withampersand.sdk.oauth;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes states that carry themselves: for back ends without sessions, or whose callback may arrive
 * at another node than the one that sent the user off. Each is random, signed with HMAC-SHA256,
 * ends by itself, carries a small payload of the caller's, and is bound to one browser by a value
 * that only that browser holds, such as a cookie.
 *
 * <p>The payload is signed, not encrypted: the user can read it. A state is accepted once; by
 * default this is remembered in memory, by this signer alone. Nodes that share nothing but keys
 * hand in a {@link ReplayGuard} over something they do share.
 *
 * <p>Safe to share between threads. All nodes need the same keys.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-10.12">RFC 6749, section 10.12</a>
 */
public final class StateSigner {
  private static final String VERSION = "1";
  private static final int RANDOM_BYTES = 32;
  private static final int SHORTEST_KEY = 32;
  private static final int LONGEST_PAYLOAD = 1024;
  private static final String AGAIN = " Nothing was exchanged; let the user start again.";
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final String keyId;
  private final byte[] signingKey;
  private final Map<String, byte[]> keys;
  private final Duration lifetime;
  private final Clock clock;
  private final SecureRandom random;
  private final ReplayGuard replayGuard;

  private StateSigner(Builder builder) {
    this.keyId = builder.keyId;
    this.signingKey = builder.signingKey;
    this.keys = Map.copyOf(builder.keys);
    this.lifetime = builder.lifetime;
    this.clock = builder.clock;
    this.random = builder.random;
    this.replayGuard =
        builder.replayGuard != null ? builder.replayGuard : new InMemoryReplayGuard(clock);
  }

  /**
   * Starts a signer.
   *
   * @param keyId the name of the key: letters, digits, hyphens and underscores
   * @param key the key that signs: base64 of 32 bytes or more, as {@link #newKey()} makes it
   * @throws IllegalArgumentException if either is not so
   */
  public static Builder builder(String keyId, Secret key) {
    return new Builder(keyId, key);
  }

  /**
   * Returns a new random key of 256 bits in base64, to be kept like a password and given to every
   * node.
   */
  public static Secret newKey() {
    return Secret.of(Base64.getEncoder().encodeToString(randomBytes(new SecureRandom())));
  }

  /**
   * Returns a new random value to bind a state to a browser: set it as a cookie that is {@code
   * Secure}, {@code HttpOnly} and {@code SameSite=Lax}.
   */
  public String newBinding() {
    return ENCODER.encodeToString(randomBytes(random));
  }

  /**
   * Returns a new state.
   *
   * @param payload what shall come back with the callback, such as the customer's identifier; may
   *     be empty
   * @param binding the value that the browser holds, from {@link #newBinding()}
   * @throws IllegalArgumentException if {@code payload} is longer than 1024 bytes in UTF-8, or
   *     {@code binding} is blank
   */
  public SignedState sign(String payload, String binding) {
    byte[] text = payload.getBytes(StandardCharsets.UTF_8);
    if (text.length > LONGEST_PAYLOAD) {
      throw new IllegalArgumentException(
          "the payload has "
              + text.length
              + " bytes; a URL bears "
              + LONGEST_PAYLOAD
              + ", so keep the data yourself and send its identifier");
    }
    Instant expiresAt = inWholeSeconds(clock.instant().plus(lifetime));
    byte[] nonce = randomBytes(random);
    ByteBuffer content =
        ByteBuffer.allocate(RANDOM_BYTES + RANDOM_BYTES + Long.BYTES + text.length)
            .put(nonce)
            .put(bindingHash(signingKey, nonce, binding))
            .putLong(expiresAt.getEpochSecond())
            .put(text);
    String signed = VERSION + "." + keyId + "." + ENCODER.encodeToString(content.array());
    return signedState(
        signed + "." + ENCODER.encodeToString(mac(signingKey, signed)),
        payload,
        expiresAt,
        signingKey,
        nonce);
  }

  /** Rounds up, so that no lifetime is cut short. */
  private static Instant inWholeSeconds(Instant instant) {
    return Instant.ofEpochSecond(instant.plusNanos(999_999_999).getEpochSecond());
  }

  /**
   * Returns the state of a callback if it is genuine, in time, this browser's, and comes for the
   * first time.
   *
   * @param callback a callback with a code, from {@link OAuthFlow#approved}
   * @param binding the value that the browser sent along; empty if it sent none
   * @throws CallbackException if not, with a reason that tells these apart
   */
  public SignedState verify(AuthorizationCallback.Approved callback, String binding) {
    String value =
        callback
            .state()
            .orElseThrow(
                () ->
                    new CallbackException(
                        Reason.STATE_MISSING, "The callback carries a code but no state." + AGAIN));
    String[] parts = value.split("\\.", -1);
    if (parts.length != 4 || !parts[0].equals(VERSION)) {
      throw tampered();
    }
    byte[] key = keys.get(parts[1]);
    if (key == null) {
      throw new CallbackException(
          Reason.STATE_FOREIGN,
          "The state is signed with a key that is not known here. If keys were changed, keep the old one for reading a while."
              + AGAIN);
    }
    requireSignature(key, value.substring(0, value.lastIndexOf('.')), parts[3]);
    return accept(value, ByteBuffer.wrap(decode(parts[2])), key, binding);
  }

  private static void requireSignature(byte[] key, String signed, String signature) {
    // Compared as text: base64 has several spellings of the same bytes, and only one is ours.
    String expected = ENCODER.encodeToString(mac(key, signed));
    if (!MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8))) {
      throw tampered();
    }
  }

  private SignedState accept(String value, ByteBuffer content, byte[] key, String binding) {
    byte[] nonce = new byte[RANDOM_BYTES];
    byte[] expectedBinding = new byte[RANDOM_BYTES];
    content.get(nonce).get(expectedBinding);
    Instant expiresAt = Instant.ofEpochSecond(content.getLong());
    String payload = StandardCharsets.UTF_8.decode(content).toString();
    if (binding.isBlank()
        || !MessageDigest.isEqual(expectedBinding, bindingHash(key, nonce, binding))) {
      throw new CallbackException(
          Reason.STATE_FOREIGN,
          "The state was issued to another browser, or the browser lost its cookie." + AGAIN);
    }
    if (!clock.instant().isBefore(expiresAt)) {
      throw new CallbackException(
          Reason.STATE_EXPIRED,
          "The user came back after " + expiresAt + ", when this attempt ended." + AGAIN);
    }
    if (!replayGuard.firstUse(ENCODER.encodeToString(nonce), expiresAt)) {
      throw new CallbackException(
          Reason.STATE_REUSED,
          "The state was used before: the callback was loaded twice, or replayed. Keep the tokens of the first exchange, or let the user start again.");
    }
    return signedState(value, payload, expiresAt, key, nonce);
  }

  /**
   * The verifier is derived, so that a node that made nothing of its own has it too: who does not
   * have the key cannot tell it from a random one.
   */
  private static SignedState signedState(
      String value, String payload, Instant expiresAt, byte[] key, byte[] nonce) {
    return new SignedState(
        value,
        payload,
        expiresAt,
        () -> CodeVerifier.of(mac(key, "code_verifier." + ENCODER.encodeToString(nonce))));
  }

  private static CallbackException tampered() {
    return new CallbackException(
        Reason.STATE_TAMPERED, "The state was altered, or this SDK did not make it." + AGAIN);
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw tampered();
    }
  }

  private static byte[] bindingHash(byte[] key, byte[] nonce, String binding) {
    if (binding.isBlank()) {
      throw new IllegalArgumentException(
          "the value that binds the state to a browser must not be blank");
    }
    return mac(key, "binding." + ENCODER.encodeToString(nonce) + "." + binding);
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static byte[] randomBytes(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }

  /**
   * Remembers which states were used. Implement it over something that all nodes share; it is
   * called by many threads.
   */
  @FunctionalInterface
  public interface ReplayGuard {
    /**
     * Remembers a state, in one step with the question whether it was remembered before.
     *
     * @param nonce the random part of the state, 43 characters
     * @param expiresAt when it may be forgotten
     * @return whether this is the first time
     */
    boolean firstUse(String nonce, Instant expiresAt);
  }

  private static final class InMemoryReplayGuard implements ReplayGuard {
    private final Clock clock;
    private final Map<String, Instant> used = new ConcurrentHashMap<>();

    InMemoryReplayGuard(Clock clock) {
      this.clock = clock;
    }

    @Override
    public boolean firstUse(String nonce, Instant expiresAt) {
      Instant now = clock.instant();
      used.values().removeIf(end -> !now.isBefore(end));
      return used.putIfAbsent(nonce, expiresAt) == null;
    }
  }

  /** Builds a {@link StateSigner}. Not safe to share between threads. */
  public static final class Builder {
    private final String keyId;
    private final byte[] signingKey;
    private final Map<String, byte[]> keys = new HashMap<>();
    private Duration lifetime = Duration.ofMinutes(30);
    private Clock clock = Clock.systemUTC();
    private SecureRandom random = new SecureRandom();
    private @Nullable ReplayGuard replayGuard;

    private Builder(String keyId, Secret key) {
      this.keyId = keyId;
      alsoAccept(keyId, key);
      this.signingKey = keyBytes(keyId, key);
    }

    /**
     * Adds a key that is accepted but does not sign: the next one before a change of keys, the last
     * one after it.
     *
     * @throws IllegalArgumentException if a key of this name is there already, or either is not as
     *     in {@link StateSigner#builder}
     */
    public Builder alsoAccept(String keyId, Secret key) {
      if (!keyId.matches("[A-Za-z0-9_-]{1,64}")) {
        throw new IllegalArgumentException(
            "a key's name is up to 64 letters, digits, hyphens and underscores");
      }
      if (keys.putIfAbsent(keyId, keyBytes(keyId, key)) != null) {
        throw new IllegalArgumentException("there are two keys named " + keyId);
      }
      return this;
    }

    private static byte[] keyBytes(String keyId, Secret key) {
      byte[] bytes;
      try {
        bytes = Base64.getDecoder().decode(key.reveal().strip());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "the key " + keyId + " is not base64; StateSigner.newKey() makes one");
      }
      if (bytes.length < SHORTEST_KEY) {
        throw new IllegalArgumentException(
            "the key "
                + keyId
                + " has "
                + bytes.length
                + " bytes, fewer than "
                + SHORTEST_KEY
                + "; StateSigner.newKey() makes one");
      }
      return bytes;
    }

    /**
     * Sets how long a user may take to consent; the default is 30 minutes.
     *
     * @throws IllegalArgumentException if shorter than 15 minutes, or longer than 100 years
     */
    public Builder lifetime(Duration lifetime) {
      this.lifetime = Lifetimes.requireForState(lifetime);
      return this;
    }

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Sets where random values come from; the default is a {@link SecureRandom} of the platform's
     * choice.
     */
    public Builder random(SecureRandom random) {
      this.random = Objects.requireNonNull(random, "random");
      return this;
    }

    /** Sets who remembers which states were used; by default the signer does, in memory. */
    public Builder replayGuard(ReplayGuard replayGuard) {
      this.replayGuard = Objects.requireNonNull(replayGuard, "replayGuard");
      return this;
    }

    /** Builds the signer. */
    public StateSigner build() {
      return new StateSigner(this);
    }
  }
}
