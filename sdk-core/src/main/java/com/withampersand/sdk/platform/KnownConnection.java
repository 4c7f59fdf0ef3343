package com.withampersand.sdk.platform;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of one connection. Each method that returns one is an event, and returns
 * what is known after it.
 *
 * @param id its id, once that is known
 * @param cached its tokens as they came last
 * @param refused the access token that the provider's API refused last
 * @param pause why and until when Ampersand is not asked about it
 * @param ask the request that is under way
 */
record KnownConnection(
    @Nullable String id,
    @Nullable CachedTokens cached,
    @Nullable Secret refused,
    @Nullable Pause pause,
    @Nullable Ask ask) {
  static final KnownConnection NOTHING = new KnownConnection(null, null, null, null, null);

  /** Returns the tokens if they are to be handed out and nothing else done. */
  @Nullable TokenSet fresh(long now) {
    return cached != null && cached.isFresh(now) && !isRefused(cached.tokens())
        ? cached.tokens()
        : null;
  }

  /** Returns the tokens if they are to be handed out while Ampersand is asked. */
  @Nullable TokenSet stale(long now) {
    return cached != null && cached.isStale(now) && !isRefused(cached.tokens())
        ? cached.tokens()
        : null;
  }

  /** Returns the tokens if they may still work. */
  @Nullable TokenSet usable(long now) {
    return cached != null && cached.isUsable(now) && !isRefused(cached.tokens())
        ? cached.tokens()
        : null;
  }

  boolean isRefused(TokenSet tokens) {
    return refused != null && refused.equals(tokens.accessToken());
  }

  /** Tells whether Ampersand has to refresh whatever the expiry, since it may not know better. */
  boolean needsForce() {
    return refused != null && (cached == null || isRefused(cached.tokens()));
  }

  /** Returns the pause if it is on. */
  Optional<Pause> pause(long now) {
    return Optional.ofNullable(pause).filter(it -> it.isOn(now));
  }

  /**
   * The provider's API refused an access token. If Ampersand was made to refresh just now and that
   * very token is refused, it is not made to do so again at once.
   */
  KnownConnection refused(Secret sent, Duration backoff) {
    if (cached == null) {
      return new KnownConnection(id, null, sent, pause, ask);
    }
    if (!sent.equals(cached.tokens().accessToken())) {
      return this;
    }
    if (isRefused(cached.tokens()) || cached.forces() == 0) {
      return new KnownConnection(id, cached, sent, pause, ask);
    }
    Instant asked = Instant.ofEpochMilli(cached.askedAt());
    Pause rest = Pause.lasting(refusedAgain(), cached.forces(), backoff, asked);
    return new KnownConnection(id, cached, sent, rest, ask);
  }

  KnownConnection asking(Ask ask) {
    return new KnownConnection(id, cached, refused, pause, ask);
  }

  KnownConnection notAsking() {
    return new KnownConnection(id, cached, refused, pause, null);
  }

  /** Ampersand answered an ask with tokens. */
  KnownConnection answered(
      ConnectionReader.Found found, Duration cacheFor, Duration backoff, Instant now) {
    int forces = ask == null || !ask.forced() ? 0 : cached == null ? 1 : cached.forces() + 1;
    CachedTokens came = CachedTokens.of(found.tokens(), forces, cacheFor, now);
    Pause rest =
        forces > 0 && isRefused(found.tokens())
            ? Pause.lasting(refusedAgain(), forces, backoff, now)
            : null;
    return new KnownConnection(found.id(), came, refused, rest, null);
  }

  /** An ask failed. Only what Ampersand says about the connection itself ends its tokens. */
  KnownConnection failed(Pause pause) {
    AmpersandException failure = pause.failure();
    if (failure instanceof NotConnectedException) {
      return new KnownConnection(null, null, null, pause, null);
    }
    if (failure instanceof OAuthException) {
      return new KnownConnection(id, null, null, pause, null);
    }
    return new KnownConnection(id, cached, refused, pause, null);
  }

  private static OAuthException refusedAgain() {
    return OAuthException.builder("invalid_token")
        .verdict(Verdict.PASSING)
        .actor(Actor.DEVELOPER)
        .remedy(
            "The provider's API refuses an access token that Ampersand refreshed just now. Read what the API answers: it may refuse for another reason than the token.")
        .build();
  }

  /** Returns the id and whether there are tokens. */
  @Override
  public String toString() {
    return "KnownConnection[%s, %s]".formatted(id, cached == null ? "no tokens" : "tokens");
  }
}
