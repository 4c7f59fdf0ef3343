package com.withampersand.sdk.token;

import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps grants in memory: for tests, and for programs that may lose their grants when they stop.
 *
 * <p>Safe to share between threads. Grants do not get in each other's way.
 */
public final class InMemoryTokenStore implements TokenStore {
  private final ConcurrentNavigableMap<ConnectionKey, TokenSet> grants =
      new ConcurrentSkipListMap<>(ConnectionKey.ORDER);
  private final GrantLocks locks = new GrantLocks();
  private final Duration longestWait;

  /** Creates an empty store in which a caller waits for a locked grant for a minute at most. */
  public InMemoryTokenStore() {
    this(Duration.ofMinutes(1));
  }

  /**
   * Creates an empty store.
   *
   * @param longestWait how long a caller waits for a locked grant at most; longer than a refresh
   *     can take
   * @throws IllegalArgumentException if {@code longestWait} is negative
   */
  public InMemoryTokenStore(Duration longestWait) {
    this.longestWait = GrantLocks.requireWait(longestWait);
  }

  @Override
  public Optional<TokenSet> find(ConnectionKey key) {
    return Optional.ofNullable(grants.get(key));
  }

  @Override
  public void save(ConnectionKey key, TokenSet tokens) {
    Objects.requireNonNull(tokens, "tokens");
    exclusively(key, () -> Optional.ofNullable(grants.put(key, tokens)));
  }

  @Override
  public boolean delete(ConnectionKey key) {
    return exclusively(key, () -> Optional.ofNullable(grants.remove(key))).isPresent();
  }

  @Override
  public Optional<TokenSet> update(ConnectionKey key, UnaryOperator<TokenSet> change) {
    return exclusively(key, () -> find(key).map(tokens -> replace(key, change.apply(tokens))));
  }

  private TokenSet replace(ConnectionKey key, TokenSet tokens) {
    grants.put(key, Objects.requireNonNull(tokens, "the change returned no tokens"));
    return tokens;
  }

  private Optional<TokenSet> exclusively(ConnectionKey key, Supplier<Optional<TokenSet>> work) {
    return locks.exclusively(key, longestWait, work);
  }

  @Override
  public List<ConnectionKey> keys(@Nullable ConnectionKey after, int limit) {
    KeyPages.requireLimit(limit);
    NavigableSet<ConnectionKey> keys = grants.keySet();
    return (after == null ? keys : keys.tailSet(after, false)).stream().limit(limit).toList();
  }
}
