package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes an exception of a failure: a new one for each caller. */
final class Failures {
  private Failures() {}

  static RuntimeException exception(ConnectionKey key, Failure failure) {
    return switch (failure.kind()) {
      case NOT_CONNECTED -> new NotConnectedException(key);
      case FOREIGN -> foreign().forCall(key, false, null);
      case UNREADABLE -> unreadable(key, failure.cause());
      case REFUSED -> refusal(failure).forCall(key, failure.isRetryable(), failure.retryAfter());
      case OVER -> over().forCall(key, false, null);
      case DOUBT -> doubt().forCall(key, true, failure.retryAfter());
      case PROVIDER, RECIPIENT -> of(failure, key, Failures::noAnswer);
      case STORE -> of(failure, key, Failures::noStore);
      case BUSY -> busy().forCall(key, true, failure.retryAfter());
      default -> notNow(key, failure.kind());
    };
  }

  private static ForeignGrantException foreign() {
    return new ForeignGrantException(
        "No renewer here owns this grant, or more than one does, or its issuer is a host to which"
            + " tokens may not go. Compare the stored client and issuer with the renewers of this"
            + " FreshTokens. Nothing was sent.");
  }

  private static RuntimeException unreadable(ConnectionKey key, @Nullable Throwable cause) {
    AmpersandException known =
        cause instanceof AmpersandException e
            ? e
            : new TokenStoreException(
                "What is stored of this grant cannot be read: it was altered, or a later version"
                    + " of the SDK wrote it. Nothing was changed.",
                false,
                cause);
    return known.forCall(key, known.isRetryable(), null);
  }

  private static OAuthException refusal(Failure failure) {
    return failure.cause() instanceof OAuthException e
        ? e
        : Objects.requireNonNull(failure.refusal()).toException();
  }

  private static OAuthException over() {
    return OAuthException.builder("no_refresh_token")
        .verdict(Verdict.FINAL)
        .reason(Reason.REVOKED_OR_EXPIRED)
        .actor(Actor.END_USER)
        .remedy("Connect again.")
        .context("the access token is over, and there is nothing to renew it with")
        .build();
  }

  private static TransportException doubt() {
    return new TransportException(
        "A refresh of this grant had no usable answer. The SDK tries again when that is safe.",
        true,
        true,
        null);
  }

  private static TokenStoreException busy() {
    return new TokenStoreException(
        "Another process has this grant for longer than this call may wait.", true, null);
  }

  private interface Otherwise {
    AmpersandException of(@Nullable Throwable cause);
  }

  private static AmpersandException noAnswer(@Nullable Throwable cause) {
    return new TransportException(
        cause == null
            ? "There is no answer yet, or none is to be expected now."
            : "A renewer, a recipient or a transport failed: " + cause.getClass().getName(),
        true,
        true,
        cause);
  }

  private static AmpersandException noStore(@Nullable Throwable cause) {
    return new TokenStoreException("The token store does not answer.", true, cause);
  }

  private static RuntimeException of(Failure failure, ConnectionKey key, Otherwise otherwise) {
    Throwable cause = failure.cause();
    AmpersandException known = cause instanceof AmpersandException e ? e : otherwise.of(cause);
    boolean isRetryable = failure.isRetryable() && !(known instanceof ForeignGrantException);
    Duration after = failure.retryAfter();
    return known.forCall(key, isRetryable, after);
  }

  private static IllegalStateException notNow(ConnectionKey key, Failure.Kind kind) {
    return new IllegalStateException(
        switch (kind) {
          case RECIPIENT_HAS_ONE ->
              "The recipient has a connection of "
                  + key
                  + " that does not come from here. Delete it there, or delete the grant here.";
          case HANDED_OVER -> "The grant of " + key + " was handed over: the recipient keeps it.";
          default -> "The grant of " + key + " is not being handed over.";
        });
  }
}
