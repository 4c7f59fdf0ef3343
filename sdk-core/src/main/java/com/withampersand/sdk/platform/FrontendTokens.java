package com.withampersand.sdk.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Json;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;

/**
 * Signs the tokens with which a customer's browser calls Ampersand, in place of an API key that
 * every customer could read: the {@code getToken} of Ampersand's UI library asks your back end for
 * one.
 *
 * <pre>{@code
 * FrontendTokens tokens = FrontendTokens.builder(kid, privateKey).build();
 * // group and user come from your session, never from the request
 * Secret token = tokens.sign(session.customerId(), session.userId());
 * }</pre>
 *
 * <p><b>Pass the group of the user who is signed in to your app.</b> Ampersand trusts the token:
 * who has one for a group sees and changes that group's connections and installations. {@code
 * getToken} is called with a {@code groupRef} and a {@code consumerRef}, but these come from the
 * browser, where anyone can write another customer's. A route that signs them as they are gives
 * every user every customer's data. Ignore them, or answer 403 if they differ from the session's.
 *
 * <p>The key stays in your back end. Its public half is registered by {@link JwtKeys#create}, which
 * also tells how to rotate it.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a href="https://docs.withampersand.com/api/jwt-auth">Ampersand: access via JWT</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7519">RFC 7519, JSON Web Token</a>
 */
public final class FrontendTokens {
  private static final Duration LONGEST = Duration.ofSeconds(600);
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final String kid;
  private final PrivateKey key;
  private final Duration lifetime;
  private final Clock clock;

  private FrontendTokens(Builder builder) {
    this.kid = builder.kid;
    this.key = builder.key;
    this.lifetime = builder.lifetime;
    this.clock = builder.clock;
  }

  /**
   * Returns a builder.
   *
   * @param kid the ID under which Ampersand knows the key, as {@link JwtKeys#create} returned it
   * @param key the private key: RSA, of 2048 bits or more. It may stay in hardware
   * @throws IllegalArgumentException if {@code kid} is blank or holds control characters, or the
   *     key is another than that
   */
  public static Builder builder(String kid, PrivateKey key) {
    return new Builder(Names.require(kid, "kid"), RsaKeys.require(key));
  }

  /**
   * Signs a token for a user who is signed in to your app.
   *
   * @param authenticatedGroup the group ({@code groupRef}) of the user, from your session: not from
   *     what the browser sent
   * @param authenticatedConsumer the user ({@code consumerRef}), from your session as well; also
   *     the token's {@code sub}
   * @return a JWT that is good for {@link Builder#lifetime}; send it to this user's browser alone
   * @throws IllegalArgumentException if a name is blank or holds control characters
   * @throws IllegalStateException if the key cannot sign, as one in hardware that is away
   */
  public Secret sign(String authenticatedGroup, String authenticatedConsumer) {
    Names.require(authenticatedGroup, "authenticatedGroup");
    Names.require(authenticatedConsumer, "authenticatedConsumer");
    String signed = part(header()) + "." + part(claims(authenticatedGroup, authenticatedConsumer));
    return Secret.of(signed + "." + BASE64.encodeToString(signature(signed)));
  }

  private ObjectNode header() {
    return Json.object().put("alg", "RS256").put("typ", "JWT").put("kid", kid);
  }

  private ObjectNode claims(String group, String consumer) {
    long now = clock.instant().getEpochSecond();
    return Json.object()
        .put("sub", consumer)
        .put("groupRef", group)
        .put("consumerRef", consumer)
        .put("iat", now)
        .put("exp", now + lifetime.toSeconds());
  }

  private static String part(ObjectNode json) {
    return BASE64.encodeToString(json.toString().getBytes(UTF_8));
  }

  private byte[] signature(String text) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(text.getBytes(UTF_8));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key " + kid + " cannot sign", e);
    }
  }

  /** Returns the ID of the key. */
  @Override
  public String toString() {
    return "FrontendTokens[kid " + kid + "]";
  }

  /** Builds {@link FrontendTokens}. Not safe to share between threads. */
  public static final class Builder {
    private final String kid;
    private final PrivateKey key;
    private Duration lifetime = Duration.ofMinutes(5);
    private Clock clock = Clock.systemUTC();

    private Builder(String kid, PrivateKey key) {
      this.kid = kid;
      this.key = key;
    }

    /**
     * Sets how long a token is good, in whole seconds; the default is five minutes. A user who
     * signs out, or leaves a group, still has a token for so long.
     *
     * @throws IllegalArgumentException if it is shorter than a second or longer than 600, the
     *     longest that Ampersand takes
     */
    public Builder lifetime(Duration lifetime) {
      Objects.requireNonNull(lifetime, "lifetime");
      if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "Ampersand takes tokens of 1 to 600 seconds, not of " + lifetime);
      }
      this.lifetime = lifetime;
      return this;
    }

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Builds the signer. */
    public FrontendTokens build() {
      return new FrontendTokens(this);
    }
  }
}
