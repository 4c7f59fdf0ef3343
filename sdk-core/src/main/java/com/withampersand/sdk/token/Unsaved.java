package com.withampersand.sdk.token;

import com.withampersand.sdk.oauth.TokenSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Tokens that the provider has issued and the store has not taken yet. */
final class Unsaved {
  private final ConcurrentMap<ConnectionKey, Waiting> entries = new ConcurrentHashMap<>();

  /**
   * Tokens that wait.
   *
   * @param replaced what they took the place of, one after the other. The store may have taken any
   *     of it without saying so; if it holds something else by now, that is newer.
   */
  record Waiting(Set<TokenSet> replaced, TokenSet tokens) {
    /** Returns what takes the place of {@code stored}, which may be itself. */
    TokenSet over(TokenSet stored) {
      return replaced.contains(stored) ? tokens : stored;
    }

    private Waiting followedBy(TokenSet stored, TokenSet newer) {
      Set<TokenSet> all = new HashSet<>(replaced);
      all.add(tokens);
      all.add(stored);
      return new Waiting(all, newer);
    }
  }

  void add(ConnectionKey key, TokenSet stored, TokenSet tokens) {
    entries.compute(
        key,
        (k, present) ->
            present == null
                ? new Waiting(Set.of(stored), tokens)
                : present.followedBy(stored, tokens));
  }

  void remove(ConnectionKey key) {
    entries.remove(key);
  }

  /** Removes what has been stored, unless something newer has come to wait meanwhile. */
  void remove(ConnectionKey key, Waiting saved) {
    entries.remove(key, saved);
  }

  Optional<Waiting> waiting(ConnectionKey key) {
    return Optional.ofNullable(entries.get(key));
  }

  Optional<TokenSet> find(ConnectionKey key) {
    return waiting(key).map(Waiting::tokens);
  }

  /** Returns what takes the place of {@code stored}, which may be itself. */
  TokenSet over(ConnectionKey key, TokenSet stored) {
    return waiting(key).map(entry -> entry.over(stored)).orElse(stored);
  }
}
