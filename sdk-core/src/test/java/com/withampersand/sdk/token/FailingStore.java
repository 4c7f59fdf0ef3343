package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A store that can be out of order, and between whose steps something can happen. */
final class FailingStore implements TokenStore {
  private final TokenStore store;
  volatile boolean down;
  volatile boolean failsWhenWriting;
  volatile boolean failsAfterWriting;
  volatile boolean breaksDown;
  volatile Runnable afterNextUpdate = () -> {};

  /** How the next updates fail, one after the other; those after them do not. */
  final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

  /** When the database goes away in an update. */
  enum Fault {
    BEFORE_READING,
    BEFORE_WRITING,
    AFTER_WRITING
  }

  FailingStore(TokenStore store) {
    this.store = store;
  }

  private void requireUp() {
    failIf(down);
  }

  private static void failIf(boolean gone) {
    if (gone) {
      throw new TokenStoreException("The database is gone.", true, null);
    }
  }

  @Override
  public Optional<TokenSet> find(ConnectionKey key) {
    requireUp();
    return store.find(key);
  }

  @Override
  public void save(ConnectionKey key, TokenSet tokens) {
    requireUp();
    store.save(key, tokens);
  }

  @Override
  public boolean delete(ConnectionKey key) {
    requireUp();
    return store.delete(key);
  }

  @Override
  public Optional<TokenSet> update(ConnectionKey key, UnaryOperator<TokenSet> change) {
    requireUp();
    Fault fault = faults.poll();
    failIf(fault == Fault.BEFORE_READING);
    Optional<TokenSet> updated =
        store.update(
            key,
            tokens -> {
              TokenSet changed = change.apply(tokens);
              failIf(failsWhenWriting || fault == Fault.BEFORE_WRITING);
              if (breaksDown) {
                throw new IllegalStateException("A driver that does not keep to the contract.");
              }
              return changed;
            });
    failIf(failsAfterWriting || fault == Fault.AFTER_WRITING);
    Runnable next = afterNextUpdate;
    afterNextUpdate = () -> {};
    next.run();
    return updated;
  }

  @Override
  public List<ConnectionKey> keys(@Nullable ConnectionKey after, int limit) {
    requireUp();
    return store.keys(after, limit);
  }
}
