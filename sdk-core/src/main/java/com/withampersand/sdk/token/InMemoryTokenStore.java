package com.withampersand.sdk.token;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Keeps grants in memory: for tests, and for programs that may lose their grants when they stop.
 *
 * <p>Safe to share between threads. Grants do not get in each other's way.
 */
public final class InMemoryTokenStore implements TokenStore {
  private final ConcurrentMap<ConnectionKey, TokenSet> grants = new ConcurrentHashMap<>();
  private final ConcurrentMap<ConnectionKey, GrantLock> locks = new ConcurrentHashMap<>();
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
   */
  public InMemoryTokenStore(Duration longestWait) {
    if (longestWait.isNegative()) {
      throw new IllegalArgumentException("nobody can wait for less than no time: " + longestWait);
    }
    this.longestWait = longestWait;
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
    GrantLock lock =
        locks.compute(key, (k, present) -> (present == null ? new GrantLock() : present).joined());
    try {
      lock.acquire(key, longestWait);
      try {
        return work.get();
      } finally {
        lock.unlock();
      }
    } finally {
      locks.computeIfPresent(key, (k, present) -> present.left() ? null : present);
    }
  }

  /** The lock of one grant. It goes when the last thread that wants it has left. */
  private static final class GrantLock {
    private final ReentrantLock lock = new ReentrantLock();

    /** Changed within {@code locks}, which does one thing at a time for each key. */
    private int users;

    GrantLock joined() {
      users++;
      return this;
    }

    /** Tells whether that was the last user. */
    boolean left() {
      users--;
      return users == 0;
    }

    void acquire(ConnectionKey key, Duration longestWait) {
      if (lock.isHeldByCurrentThread()) {
        throw new IllegalStateException(
            "the change of a grant must not use the store for the same grant: " + key);
      }
      try {
        if (lock.tryLock() || lock.tryLock(NANOSECONDS.convert(longestWait), NANOSECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TokenStoreException(
            "The thread was interrupted while it waited for the grant "
                + key
                + ". Nothing was changed.",
            true,
            e);
      }
      throw new TokenStoreException(
          "The grant "
              + key
              + " stayed locked for "
              + longestWait
              + ". Nothing was changed; try again.",
          true,
          null);
    }

    void unlock() {
      lock.unlock();
    }
  }
}
