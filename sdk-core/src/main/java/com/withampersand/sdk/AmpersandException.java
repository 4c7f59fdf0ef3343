package com.withampersand.sdk;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything that this SDK throws on purpose. There is one subclass for each different
 * thing that a caller does next.
 *
 * <p>Mistakes in calling code are not among them: those stay {@link NullPointerException}, {@link
 * IllegalArgumentException} and {@link IllegalStateException}, and are thrown before anything is
 * sent.
 *
 * <p>Each message ends with the page of the documentation that treats the failure: {@link #page()}.
 * No message and no cause holds a secret. Immutable but for what {@link Throwable} changes.
 */
public abstract sealed class AmpersandException extends RuntimeException
    permits ApiException,
        CallbackException,
        ForeignGrantException,
        InvalidProviderAppException,
        NotConnectedException,
        OAuthException,
        ProtocolException,
        TokenStoreException,
        TransportException,
        WebhookException {

  private final transient CallFacts facts;

  AmpersandException(String message, @Nullable Throwable cause) {
    this(message, cause, CallFacts.NONE);
  }

  AmpersandException(String message, @Nullable Throwable cause, CallFacts facts) {
    super(message, cause);
    this.facts = facts;
  }

  /** Returns the grant whose call failed; empty if the failure came from no grant's call. */
  public final Optional<ConnectionKey> connection() {
    return facts == null ? Optional.empty() : Optional.ofNullable(facts.connection());
  }

  /**
   * Returns how long to wait before the call is made again; empty if that is not known, or if it is
   * not {@linkplain #isRetryable() retryable}.
   */
  public final Optional<Duration> retryAfter() {
    return facts == null ? Optional.empty() : Optional.ofNullable(facts.retryAfter());
  }

  /**
   * Tells whether the call that threw this, made again later and unchanged, may succeed and can do
   * no harm. For {@code OAuthFlow.refresh} with an unknown outcome it is false; out of a {@code
   * TokenProvider}, which never sends a refresh token again without need, it is true for the same
   * failure.
   */
  public final boolean isRetryable() {
    return (facts == null || facts.retryable() == null) ? retryable() : facts.retryable();
  }

  /** Tells whether the failure by itself, out of no grant's call, is retryable. */
  boolean retryable() {
    return false;
  }

  /**
   * Tells whether the provider may have carried the request out although no usable answer came
   * back. A refresh whose outcome is unknown must not be sent again: a provider that rotates
   * refresh tokens would take the second for theft, and end the grant.
   */
  public boolean isOutcomeUnknown() {
    return false;
  }

  /**
   * Returns a new exception that says the same about one grant's call, with this one as its cause:
   * for a {@code TokenProvider}, where many calls can meet one failure.
   *
   * @param connection whose call it is; its name is added to the message
   * @param retryable whether that call may be made again
   * @param retryAfter how long to wait before it is; null if unknown
   */
  public final AmpersandException forCall(
      ConnectionKey connection, boolean retryable, @Nullable Duration retryAfter) {
    Objects.requireNonNull(connection, "connection");
    return copy(new CallFacts(connection, retryable, retryable ? retryAfter : null));
  }

  /**
   * Returns what failed and what to do. It ends with the page of the documentation that treats the
   * failure.
   */
  @Override
  public final String getMessage() {
    String message = String.valueOf(super.getMessage());
    return message.endsWith("see " + page() + "]") ? message : message + " [see " + page() + "]";
  }

  /**
   * Returns where the documentation treats this failure: a page below {@code docs} and an anchor,
   * such as {@code guides/when-it-fails.md#not-connected}; its full address once the project has a
   * site.
   */
  public final String page() {
    return DocPage.address(topicOrKind());
  }

  /**
   * Returns where the documentation has a topic, as {@link #page()} does for the topic of a
   * failure: for errors that come without an exception.
   *
   * @param topic a page below {@code docs}, with or without an anchor
   */
  public static String pageOf(String topic) {
    return DocPage.address(Objects.requireNonNull(topic, "topic"));
  }

  /** Returns the page and anchor of this failure, or else of its kind. */
  abstract String topicOrKind();

  /** Returns a copy with these facts, and this exception as its cause. */
  abstract AmpersandException copy(CallFacts facts);
}
