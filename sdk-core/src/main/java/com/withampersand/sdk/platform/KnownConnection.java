package com.withampersand.sdk.platform;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.ConnectionReader.Found;
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
 * @param needsForce whether the next ask has to make Ampersand refresh, since it has no other token
 *     than the refused one. Another process may have made it do so already, which an ask tells
 * @param pause why and until when Ampersand is not asked about it
 * @param ask the request that is under way
 */
record KnownConnection(
    @Nullable String id,
    @Nullable CachedTokens cached,
    @Nullable Secret refused,
    boolean needsForce,
    @Nullable Pause pause,
    @Nullable Ask ask) {
  static final KnownConnection NOTHING = new KnownConnection(null, null, null, false, null, null);

  /** How long what lasts. */
  record Times(Duration cacheFor, Duration backoff) {}

  /** Returns the tokens if they are to be handed out and nothing else done. */
  @Nullable TokenSet fresh(long now) {
    return cached != null && cached.isFresh(now) ? cached.tokens() : null;
  }

  /** Returns the tokens if they are to be handed out while Ampersand is asked. */
  @Nullable TokenSet stale(long now) {
    return cached != null && cached.isStale(now) ? cached.tokens() : null;
  }

  /** Returns the tokens if they may still work. */
  @Nullable TokenSet usable(long now) {
    return cached != null && cached.isUsable(now) ? cached.tokens() : null;
  }

  boolean isRefused(TokenSet tokens) {
    return refused != null && refused.equals(tokens.accessToken());
  }

  /** Returns the pause if it is on. */
  Optional<Pause> pause(long now) {
    return Optional.ofNullable(pause).filter(it -> it.isOn(now));
  }

  /**
   * The provider's API refused an access token. If Ampersand was made to refresh just now and that
   * very token is refused, it is not made to do so again at once.
   */
  KnownConnection refused(Secret sent, Times times, long now) {
    if (cached == null) {
      return new KnownConnection(id, null, sent, false, pause, ask);
    }
    if (cached.isRefused() || !sent.equals(cached.tokens().accessToken())) {
      return this;
    }
    Pause rest = cached.forces() == 0 ? pause : restAfterForce(cached, times);
    return new KnownConnection(id, cached.refused(), sent, cached.isRecent(now), rest, ask);
  }

  private static Pause restAfterForce(CachedTokens forced, Times times) {
    Instant asked = Instant.ofEpochMilli(forced.askedAt());
    return Pause.lasting(refusedAgain(), forced.forces(), times.backoff(), asked);
  }

  KnownConnection asking(Ask ask) {
    return new KnownConnection(id, cached, refused, needsForce, pause, ask);
  }

  KnownConnection notAsking() {
    return new KnownConnection(id, cached, refused, needsForce, pause, null);
  }

  /** Ampersand answered the ask with tokens. */
  KnownConnection answered(Found found, Times times, Instant now) {
    boolean again = isRefused(found.tokens());
    int forces = ask == null || !ask.forced() ? 0 : 1 + (cached == null ? 0 : cached.forces());
    CachedTokens came = CachedTokens.of(found.tokens(), again, forces, times.cacheFor(), now);
    Pause rest = again && forces > 0 ? restAfterForce(came, times) : null;
    return new KnownConnection(found.id(), came, refused, again, rest, null);
  }

  /** An ask failed. Only what Ampersand says about the connection itself ends its tokens. */
  KnownConnection failed(Pause pause) {
    AmpersandException failure = pause.failure();
    if (failure instanceof NotConnectedException) {
      return new KnownConnection(null, null, null, false, pause, null);
    }
    if (failure instanceof OAuthException) {
      return new KnownConnection(id, null, null, false, pause, null);
    }
    return new KnownConnection(id, cached, refused, needsForce, pause, null);
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
