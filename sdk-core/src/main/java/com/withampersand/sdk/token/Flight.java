package com.withampersand.sdk.token;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A refresh that is under way: one thread flies it, others wait for it to land. */
final class Flight {
  private final CompletableFuture<Optional<TokenSet>> landing = new CompletableFuture<>();

  void land(TokenSet tokens) {
    landing.complete(Optional.of(tokens));
  }

  /** Says that nothing was sent and nothing will be: somebody else has to fly. */
  void abandon() {
    landing.complete(Optional.empty());
  }

  void fail(Throwable failure) {
    landing.completeExceptionally(failure);
  }

  /**
   * Returns the new tokens; empty if the flight was abandoned.
   *
   * @throws TransportException if it takes too long, or this thread is interrupted
   * @throws AmpersandException if the refresh failed
   */
  Optional<TokenSet> await(ConnectionKey key, Duration longestWait) {
    try {
      return landing.get(NANOSECONDS.convert(longestWait), NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw waited(key, "The thread was interrupted while it waited for", e);
    } catch (TimeoutException e) {
      throw waited(key, "After " + longestWait + " nothing had come of", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("the refresh of " + key + " broke down", e.getCause());
    }
  }

  private static TransportException waited(ConnectionKey key, String what, Exception cause) {
    return new TransportException(
        what + " another thread's refresh of the grant " + key + ". It may still succeed.",
        true,
        false,
        cause);
  }
}
