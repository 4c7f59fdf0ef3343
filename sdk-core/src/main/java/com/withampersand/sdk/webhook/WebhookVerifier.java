package com.withampersand.sdk.webhook;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.WebhookException;
import com.withampersand.sdk.WebhookException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Checks that Ampersand sent a webhook, and that it sent it just now, and returns it as an event.
 *
 * <pre>{@code
 * WebhookVerifier verifier = WebhookVerifier.builder(signingSecret).build();
 * byte[] body = WebhookVerifier.read(exchange.getRequestBody());
 * AmpersandEvent event = verifier.verify(body, exchange.getRequestHeaders()::get);
 * if (seen.add(event.id())) {
 *   handle(event);
 * }
 * }</pre>
 *
 * <p>Ampersand delivers by Svix. A delivery carries the headers {@code svix-id}, {@code
 * svix-timestamp} and {@code svix-signature}, or the same with {@code webhook-} in place of {@code
 * svix-}. The signature is an HMAC-SHA256 over id, timestamp and body, by a secret of the
 * destination; during a change of secrets there are several. A delivery is accepted up to five
 * minutes before or after its timestamp.
 *
 * <p>Within the five minutes a delivery can arrive twice: Ampersand repeats what was not answered
 * with 2xx, and an attacker can repeat what was overheard. Drop those whose {@link
 * AmpersandEvent#id()} you have seen. Deliveries also arrive late and in any order.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a href="https://docs.svix.com/receiving/verifying-payloads/how-manual">Svix: verifying
 *     webhooks manually</a>
 * @see <a href="https://www.standardwebhooks.com/">Standard Webhooks</a>
 */
public final class WebhookVerifier {
  /** The longest body that {@link #read(InputStream)} returns, in bytes: 1 MiB. */
  public static final int MAX_BODY_BYTES = 1 << 20;

  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  private final Supplier<? extends Collection<Secret>> secrets;
  private final List<Secret> alsoSignedWith;
  private final Clock clock;

  private WebhookVerifier(Builder builder) {
    this.secrets = builder.secrets;
    this.alsoSignedWith = List.copyOf(builder.alsoSignedWith);
    this.clock = builder.clock;
  }

  /**
   * Starts a verifier.
   *
   * @param signingSecret the destination's signing secret, with or without {@code whsec_} in front
   * @throws IllegalArgumentException if it is no such secret
   */
  public static Builder builder(Secret signingSecret) {
    SigningKey.of(signingSecret);
    List<Secret> secrets = List.of(signingSecret);
    return new Builder(() -> secrets);
  }

  /**
   * Starts a verifier whose secrets may change while it is used.
   *
   * @param signingSecrets asked for every secret that is good, for each delivery and by many
   *     threads at once: answer from memory
   */
  public static Builder builder(Supplier<? extends Collection<Secret>> signingSecrets) {
    return new Builder(Objects.requireNonNull(signingSecrets, "signingSecrets"));
  }

  /**
   * Reads a body to its end, up to {@link #MAX_BODY_BYTES}. Ampersand's are 300 KB at most. How
   * long a sender may take is for your server to limit.
   *
   * @throws WebhookException if it is longer; the rest stays unread
   * @throws IOException if the stream breaks off
   */
  public static byte[] read(InputStream body) throws IOException {
    return read(body, MAX_BODY_BYTES);
  }

  /**
   * Reads a body to its end, up to a limit.
   *
   * @param maxBytes the length in bytes of the longest body that is returned
   * @throws IllegalArgumentException if {@code maxBytes} is not positive
   * @throws WebhookException if the body is longer; the rest stays unread
   * @throws IOException if the stream breaks off
   */
  public static byte[] read(InputStream body, int maxBytes) throws IOException {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("the longest body must be positive: " + maxBytes);
    }
    byte[] bytes = body.readNBytes(maxBytes);
    if (bytes.length == maxBytes && body.read() >= 0) {
      throw new WebhookException(
          Reason.BODY_TOO_LONG,
          "The body is longer than " + maxBytes + " bytes. Raise the limit if it is genuine.");
    }
    return bytes;
  }

  /**
   * Checks a delivery, and returns its event.
   *
   * @param body the body as it arrived. JSON that was parsed and written again is another text, and
   *     no signature fits it
   * @param headers returns every value of the header with a name in lower case, and an empty
   *     collection or null if there is none. It has to find headers whatever their case
   * @throws WebhookException if it is not from Ampersand, or not from now, or not readable: answer
   *     with its {@link WebhookException#httpStatus()}
   * @throws IllegalArgumentException if one of the secrets that are supplied is no signing secret
   * @throws IllegalStateException if no secret is supplied
   */
  public AmpersandEvent verify(
      byte[] body, Function<? super String, ? extends Collection<String>> headers) {
    Objects.requireNonNull(body, "body");
    Delivery delivery = Delivery.of(Objects.requireNonNull(headers, "headers"));
    if (body.length == 0) {
      throw new WebhookException(
          Reason.BODY,
          "The body is empty. If one was sent, it was read before: pass the bytes that were read then.");
    }
    if (!Signatures.anyFits(delivery.expected(keys(), body), delivery.signatures())) {
      throw new WebhookException(
          Reason.SIGNATURE,
          "No signature fits. If Ampersand sent it, check that the secret is this destination's, and pass the body as"
              + " it arrived: bytes, not JSON that was parsed and written again.");
    }
    requireRecent(delivery.sentAt());
    return EventReader.read(delivery, body);
  }

  private List<SigningKey> keys() {
    List<SigningKey> keys = new ArrayList<>();
    Objects.requireNonNull(secrets.get(), "supplied secrets")
        .forEach(secret -> keys.add(SigningKey.of(secret)));
    alsoSignedWith.forEach(secret -> keys.add(SigningKey.of(secret)));
    if (keys.isEmpty()) {
      throw new IllegalStateException("no signing secret was supplied: nothing can be verified");
    }
    return keys;
  }

  private void requireRecent(Instant sentAt) {
    Duration age = Duration.between(sentAt, clock.instant());
    if (age.abs().compareTo(TOLERANCE) > 0) {
      throw new WebhookException(
          Reason.TIMESTAMP,
          "The signature is genuine, but %d seconds %s, and %d are allowed. It is repeated, or this machine's clock is wrong."
              .formatted(
                  age.abs().toSeconds(),
                  age.isNegative() ? "in the future" : "old",
                  TOLERANCE.toSeconds()));
    }
  }

  /** Builds a {@link WebhookVerifier}. Not safe to share between threads. */
  public static final class Builder {
    private final Supplier<? extends Collection<Secret>> secrets;
    private final List<Secret> alsoSignedWith = new ArrayList<>();
    private Clock clock = Clock.systemUTC();

    private Builder(Supplier<? extends Collection<Secret>> secrets) {
      this.secrets = secrets;
    }

    /**
     * Accepts another secret, too: the old one after a rotation, or that of another destination
     * with the same address. By default there is none.
     *
     * @throws IllegalArgumentException if it is no signing secret
     */
    public Builder alsoSignedWith(Secret signingSecret) {
      SigningKey.of(signingSecret);
      alsoSignedWith.add(signingSecret);
      return this;
    }

    /** Sets the clock; the default is the system's, in UTC. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** Builds the verifier. */
    public WebhookVerifier build() {
      return new WebhookVerifier(this);
    }
  }
}
