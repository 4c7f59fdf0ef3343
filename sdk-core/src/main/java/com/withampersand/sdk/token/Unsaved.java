package com.withampersand.sdk.token;

import com.withampersand.sdk.oauth.TokenSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Tokens that the provider has issued and the store has not taken yet. */
final class Unsaved {
  private final ConcurrentMap<ConnectionKey, Entry> entries = new ConcurrentHashMap<>();

  /**
   * Tokens that wait.
   *
   * @param replaced what they took the place of: if the store holds something else by now, that is
   *     newer
   */
  private record Entry(TokenSet replaced, TokenSet tokens) {}

  void add(ConnectionKey key, TokenSet replaced, TokenSet tokens) {
    entries.compute(
        key, (k, present) -> new Entry(present == null ? replaced : present.replaced, tokens));
  }

  void remove(ConnectionKey key) {
    entries.remove(key);
  }

  Optional<TokenSet> find(ConnectionKey key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::tokens);
  }

  /** Returns what takes the place of {@code stored}, which may be itself. */
  TokenSet over(ConnectionKey key, TokenSet stored) {
    Entry entry = entries.get(key);
    return entry != null && entry.replaced.equals(stored) ? entry.tokens : stored;
  }
}
