package com.withampersand.sdk.oauth;

import com.withampersand.sdk.CallbackException;
import com.withampersand.sdk.CallbackException.Reason;
import com.withampersand.sdk.Secret;
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
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs and checks OAuth {@code state} values that carry everything a callback needs, for back ends
 * that keep no session, or whose callback may arrive on a different node than the one that
 * redirected the user. Give it to the flow, which makes and checks the states.
 *
 * <pre>{@code
 * StateSigner signer =
 *     StateSigner.builder("2026-11", key).replayGuard(ReplayGuard.forOneNode()).build();
 * SalesforceOAuthFlow flow = SalesforceOAuthFlow.builder(app).states(signer).withPkce().build();
 * }</pre>
 *
 * <p>Flows that share a {@link ReplayGuard} accept a state once, before it expires, and only for
 * the browser, host, client and callback that it was made for. All nodes need the same keys.
 *
 * <p>Format: {@code 2.keyId.content.mac}. {@code content} is base64url of a nonce (32 bytes), a
 * hash of the browser's binding (32), a hash of authorization endpoint, client and callback (32),
 * the expiry in seconds since 1970 (8), and a JSON object with the payload. {@code mac} is
 * HMAC-SHA256 over everything before it. <b>The payload is readable by the user</b>: put
 * identifiers in it, no secrets.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-10.12">RFC 6749, section 10.12</a>
 */
public final class StateSigner {
  private static final String VERSION = "2";
  private static final String FIRST_VERSION = "1";
  private static final int PARTS = 4;
  private static final int SHORTEST_KEY = 32;
  private static final int LONGEST_PAYLOAD = 1024;
  private static final int LONGEST_STATE = 8192;
  private static final String AGAIN = " Nothing was exchanged; let the user start again.";

  private final String keyId;
  private final Map<String, byte[]> keys;
  private final Duration lifetime;
  private final Clock clock;
  private final SecureRandom random;
  private final ReplayGuard replayGuard;

  private StateSigner(Builder builder, ReplayGuard replayGuard) {
    this.keyId = builder.keyId;
    this.keys = Map.copyOf(builder.keys);
    this.lifetime = builder.lifetime;
    this.clock = builder.clock;
    this.random = builder.random;
    this.replayGuard = replayGuard;
  }

  /**
   * Returns a builder. Also set a {@linkplain Builder#replayGuard replay guard}.
   *
   * @param keyId the name of the key: letters, digits, hyphens and underscores
   * @param key the key that signs: base64 of 32 bytes or more, as {@link #newKey()} makes it
   * @throws IllegalArgumentException if the name or the key is invalid
   */
  public static Builder builder(String keyId, Secret key) {
    return new Builder(keyId, key);
  }

  /**
   * Returns a new random key of 256 bits in base64. Keep it like a password, and give it to every
   * node.
   */
  public static Secret newKey() {
    byte[] key = new byte[SHORTEST_KEY];
    new SecureRandom().nextBytes(key);
    return Secret.of(Base64.getEncoder().encodeToString(key));
  }

  /** Refuses a payload that does not fit into a URL. */
  static String requireShort(String payload) {
    Objects.requireNonNull(payload, "payload");
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(payload)) {
      throw new IllegalArgumentException(
          "the payload must not hold half of a surrogate pair: it would come back as another text");
    }
    int length = payload.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_PAYLOAD) {
      throw new IllegalArgumentException(
          "the payload has "
              + length
              + " bytes, and a URL has room for "
              + LONGEST_PAYLOAD
              + ": keep the data yourself, and send its identifier");
    }
    return payload;
  }

  /** Returns how far from now an attempt expires, in whole seconds, so that no lifetime is cut. */
  Instant expiry() {
    Instant end = clock.instant().plus(lifetime);
    return Instant.ofEpochSecond(end.plusNanos(999_999_999).getEpochSecond());
  }

  /**
   * Returns the state of an attempt, and the code verifier that belongs to it on every node that
   * has the key.
   *
   * @param context names authorization endpoint, client and callback
   */
  Signed sign(Attempt attempt, byte[] context, BrowserBinding binding, boolean pkce) {
    byte[] key = signingKey();
    byte[] nonce = new byte[StateContent.RANDOM_BYTES];
    random.nextBytes(nonce);
    byte[] browser = browserHash(key, nonce, binding);
    StateContent content = new StateContent(nonce, browser, context, pkce, attempt);
    String signed =
        VERSION + "." + keyId + "." + StateContent.ENCODER.encodeToString(content.bytes());
    String mac = StateContent.ENCODER.encodeToString(mac(key, signed));
    String state = signed + "." + mac;
    if (state.length() > LONGEST_STATE) {
      throw new IllegalArgumentException(
          "the state would have %d characters, and a URL has room for %d: shorten the payload or ask for fewer scopes"
              .formatted(state.length(), LONGEST_STATE));
    }
    return new Signed(state, pkce ? verifier(key, nonce) : null);
  }

  /**
   * A state and what belongs to it.
   *
   * @param state the state
   * @param codeVerifier null without PKCE
   */
  record Signed(String state, @Nullable Secret codeVerifier) {}

  /**
   * Returns the request that a state was made for, if the state is genuine and this browser's.
   * Whether it is in time and used for the first time is not asked.
   *
   * @throws CallbackException if not, with a reason that tells these apart
   */
  AuthorizationRequest open(String state, BrowserBinding binding) {
    String[] parts = state.length() > LONGEST_STATE ? new String[0] : state.split("\\.", PARTS + 1);
    if (parts.length == PARTS && parts[0].equals(FIRST_VERSION)) {
      throw new CallbackException(
          Reason.STATE_EXPIRED,
          "The state was made by an earlier version of this SDK, before an update." + AGAIN);
    }
    if (parts.length != PARTS || !parts[0].equals(VERSION)) {
      throw tampered();
    }
    byte[] key = requireKey(parts[1]);
    requireMac(key, state.substring(0, state.lastIndexOf('.')), parts[3]);
    StateContent content = StateContent.read(parts[2]).orElseThrow(StateSigner::tampered);
    requireBrowser(key, content, binding);
    Secret verifier = content.pkce() ? verifier(key, content.nonce()) : null;
    return AuthorizationRequest.recovered(
        state, content.attempt().with(verifier), content.context());
  }

  private byte[] requireKey(String id) {
    byte[] key = keys.get(id);
    if (key == null) {
      throw new CallbackException(
          Reason.STATE_KEY_UNKNOWN,
          "The state is signed with a key that is not known here. After a change of keys, keep the old one for a while"
              + " with alsoAccept."
              + AGAIN);
    }
    return key;
  }

  private static void requireMac(byte[] key, String signed, String mac) {
    // Compared as text: base64 has several spellings of the same bytes, and only one is ours.
    String expected = StateContent.ENCODER.encodeToString(mac(key, signed));
    if (!MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), mac.getBytes(StandardCharsets.UTF_8))) {
      throw tampered();
    }
  }

  private static void requireBrowser(byte[] key, StateContent content, BrowserBinding binding) {
    if (!binding.isPresent()
        || !MessageDigest.isEqual(content.browser(), browserHash(key, content.nonce(), binding))) {
      throw new CallbackException(
          Reason.STATE_FOREIGN,
          (binding.isPresent()
                  ? "The state was issued to another browser."
                  : "The browser did not send the cookie that its state is tied to.")
              + AGAIN);
    }
  }

  /** Marks a state as used; a state that is not signed is not this signer's to mark. */
  void markUsed(String state, Instant expiresAt) {
    Optional<String> nonce = nonce(state);
    if (nonce.isPresent() && !replayGuard.markUsed(nonce.get(), expiresAt)) {
      throw AuthorizationRequest.reused();
    }
  }

  /** Removes the mark. */
  void markUnused(String state) {
    nonce(state).ifPresent(replayGuard::markUnused);
  }

  private static Optional<String> nonce(String state) {
    String[] parts = state.split("\\.", PARTS + 1);
    return parts.length == PARTS && parts[0].equals(VERSION)
        ? StateContent.read(parts[2])
            .map(content -> StateContent.ENCODER.encodeToString(content.nonce()))
        : Optional.empty();
  }

  private byte[] signingKey() {
    return Objects.requireNonNull(keys.get(keyId));
  }

  private static CallbackException tampered() {
    return new CallbackException(
        Reason.STATE_TAMPERED, "The state was altered, or this SDK did not make it." + AGAIN);
  }

  private static byte[] browserHash(byte[] key, byte[] nonce, BrowserBinding binding) {
    return mac(
        key, "binding." + StateContent.ENCODER.encodeToString(nonce) + "." + binding.cookieValue());
  }

  /** Derived, so that every node has it; without the key it looks random. */
  private static Secret verifier(byte[] key, byte[] nonce) {
    return CodeVerifier.of(mac(key, "code_verifier." + StateContent.ENCODER.encodeToString(nonce)));
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

  /** Builds a {@link StateSigner}. Not safe to share between threads. */
  public static final class Builder {
    private final String keyId;
    private final Map<String, byte[]> keys = new HashMap<>();
    private Duration lifetime = Duration.ofMinutes(30);
    private Clock clock = Clock.systemUTC();
    private SecureRandom random = new SecureRandom();
    private @Nullable ReplayGuard replayGuard;

    private Builder(String keyId, Secret key) {
      this.keyId = keyId;
      addKey(keyId, key);
    }

    /**
     * Adds a key that is accepted but does not sign: the new key before a change of keys, the old
     * one after it.
     *
     * @throws IllegalArgumentException if a key of this name is there already, or name or key is
     *     invalid
     */
    public Builder alsoAccept(String keyId, Secret key) {
      addKey(keyId, key);
      return this;
    }

    private void addKey(String keyId, Secret key) {
      if (!keyId.matches("[A-Za-z0-9_-]{1,64}")) {
        throw new IllegalArgumentException(
            "a key's name is up to 64 letters, digits, hyphens and underscores");
      }
      if (keys.putIfAbsent(keyId, keyBytes(keyId, key)) != null) {
        throw new IllegalArgumentException("there are two keys named " + keyId);
      }
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

    /**
     * Sets what remembers which states were used. There is no default, since the right choice
     * depends on the deployment: {@link ReplayGuard#forOneNode()} for a single process, otherwise
     * one that all nodes share, such as {@link com.withampersand.sdk.token.jdbc.JdbcReplayGuard}.
     */
    public Builder replayGuard(ReplayGuard replayGuard) {
      this.replayGuard = Objects.requireNonNull(replayGuard, "replayGuard");
      return this;
    }

    /**
     * Builds the signer.
     *
     * @throws IllegalStateException if no replay guard was chosen
     */
    public StateSigner build() {
      if (replayGuard == null) {
        throw new IllegalStateException(
            "choose a replay guard: ReplayGuard.forOneNode() for a single process, or one that all nodes share, such as"
                + " JdbcReplayGuard");
      }
      return new StateSigner(this, replayGuard);
    }
  }
}
