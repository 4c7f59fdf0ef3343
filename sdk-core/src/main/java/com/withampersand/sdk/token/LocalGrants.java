package com.withampersand.sdk.token;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.OAuthFlow;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Grants that are kept here: refreshed once, and stored before they are handed out. */
final class LocalGrants {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);

  private final Function<? super ConnectionKey, ? extends OAuthFlow> flows;
  private final TokenStore store;
  private final Unsaved unsaved;
  private final Set<ConnectionKey> saving = ConcurrentHashMap.newKeySet();

  LocalGrants(
      Function<? super ConnectionKey, ? extends OAuthFlow> flows,
      TokenStore store,
      Unsaved unsaved) {
    this.flows = flows;
    this.store = store;
    this.unsaved = unsaved;
  }

  /**
   * Renews a grant, unless somebody else has done so since {@code seen} was read.
   *
   * @throws AmpersandException if it fails; what is stored is as good as before, or marked if the
   *     provider says that the grant has ended
   * @throws NoSuchElementException if the grant is gone
   */
  Renewed renew(ConnectionKey key, TokenSet seen) {
    Attempt attempt = new Attempt(key, seen);
    try {
      TokenSet stored = store.update(key, attempt::change).orElseThrow(() -> gone(key));
      unsaved.remove(key);
      return attempt.renewed(stored);
    } catch (RuntimeException e) {
      return attempt.failed(e);
    }
  }

  /** Ends a grant at the provider. */
  void revoke(ConnectionKey key, TokenSet stored) {
    flows.apply(key).revoke(unsaved.over(key, stored));
  }

  static NoSuchElementException gone(ConnectionKey key) {
    return new NoSuchElementException(
        "there is no grant " + key + ": nobody has connected it, or it was deleted");
  }

  /**
   * Stores what the store did not take before, and tells whether nothing is left to store. One
   * caller at a time tries, which may take until a lease has run out; the others do not wait.
   */
  boolean save(ConnectionKey key) {
    Optional<Unsaved.Waiting> waiting = unsaved.waiting(key);
    if (waiting.isEmpty()) {
      return true;
    }
    return saving.add(key) && save(key, waiting.get());
  }

  private boolean save(ConnectionKey key, Unsaved.Waiting waiting) {
    try {
      store.update(key, waiting::over);
      unsaved.remove(key, waiting);
      return true;
    } catch (RuntimeException e) {
      log.debug("the renewed grant {} could still not be stored: {}", key, e.getClass().getName());
      return false;
    } finally {
      saving.remove(key);
    }
  }

  /** One try to renew a grant. Used by one thread. */
  private final class Attempt {
    private final ConnectionKey key;
    private final TokenSet seen;
    private @Nullable TokenSet stored;
    private @Nullable TokenSet obtained;

    Attempt(ConnectionKey key, TokenSet seen) {
      this.key = key;
      this.seen = seen;
    }

    /** Runs while nobody else can change the grant. */
    TokenSet change(TokenSet stored) {
      this.stored = stored;
      TokenSet current = unsaved.over(key, stored);
      if (isNewer(current) || Marks.connection(current).isPresent()) {
        return current;
      }
      requireRefreshable(current);
      TokenSet renewed = Marks.none(flows.apply(key).refresh(current));
      obtained = renewed;
      return renewed;
    }

    private void requireRefreshable(TokenSet current) {
      Optional<OAuthException> ending = Marks.ending(current);
      if (ending.isPresent() && Marks.ending(seen).isEmpty()) {
        throw ending.get();
      }
      if (Marks.isHandingOver(current)) {
        throw new TransportException(
            "The grant " + key + " is being handed over; whose it is is not known yet. Try later.",
            true,
            false,
            null);
      }
      if (current.refreshToken().isEmpty()) {
        throw OAuthException.builder("no_refresh_token")
            .actor(Actor.END_USER)
            .needsReauthorization(true)
            .remedy("Let the user consent again, with an app that asks for offline access.")
            .context("refresh of the grant " + key)
            .build();
      }
    }

    /** Some providers answer a refresh with the access token that is still good. */
    private boolean isNewer(TokenSet current) {
      return !current.accessToken().equals(seen.accessToken())
          || current.obtainedAt().isAfter(seen.obtainedAt());
    }

    Renewed renewed(TokenSet now) {
      return obtained == null
          ? Renewed.byOthers(now)
          : Renewed.here(now, listener -> listener.refreshed(key, now));
    }

    Renewed failed(RuntimeException failure) {
      TokenSet before = stored;
      TokenSet tokens = obtained;
      if (before != null && tokens != null) {
        return unsaved(before, tokens, asStoreFailure(failure));
      }
      boolean ended = failure instanceof OAuthException refusal && refusal.needsReauthorization();
      boolean unknown = failure instanceof AmpersandException e && e.isOutcomeUnknown();
      Optional<Renewed> elsewhere = ended || unknown ? elsewhere() : Optional.empty();
      if (elsewhere.isPresent()) {
        return elsewhere.get();
      }
      if (failure instanceof OAuthException refusal && ended) {
        mark(refusal);
      }
      throw failure;
    }

    /** The provider has answered but the store has failed: nothing may be lost. */
    private Renewed unsaved(TokenSet before, TokenSet tokens, TokenStoreException failure) {
      log.warn("the renewed grant {} could not be stored, and is kept in memory", key);
      unsaved.add(key, before, tokens);
      return Renewed.here(tokens, listener -> listener.unsaved(key, tokens, failure));
    }

    private TokenStoreException asStoreFailure(RuntimeException failure) {
      return failure instanceof TokenStoreException e
          ? e
          : new TokenStoreException("The store broke down over the grant " + key, true, failure);
    }

    /**
     * Returns what is stored now, if it is not what this attempt was about: another node may have
     * rotated the refresh token that was of no use here.
     */
    private Optional<Renewed> elsewhere() {
      try {
        return store
            .find(key)
            .map(now -> unsaved.over(key, now))
            .filter(this::isNewer)
            .map(Renewed::byOthers);
      } catch (TokenStoreException e) {
        return Optional.empty();
      }
    }

    private void mark(OAuthException refusal) {
      log.info("the grant {} has ended, the user has to consent again: {}", key, refusal.error());
      try {
        store.update(key, now -> marked(unsaved.over(key, now), refusal));
      } catch (TokenStoreException e) {
        refusal.addSuppressed(e);
      }
    }

    private TokenSet marked(TokenSet now, OAuthException refusal) {
      return isNewer(now) ? now : Marks.ended(now, refusal);
    }
  }
}
