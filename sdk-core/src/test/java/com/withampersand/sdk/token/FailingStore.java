package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A store that can be out of order: all of it, or just when it writes. */
final class FailingStore implements TokenStore {
  private final TokenStore store;
  volatile boolean down;
  volatile boolean failsWhenWriting;

  FailingStore(TokenStore store) {
    this.store = store;
  }

  private void requireUp() {
    if (down) {
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
    return store.update(
        key,
        tokens -> {
          TokenSet changed = change.apply(tokens);
          if (failsWhenWriting) {
            throw new TokenStoreException("The database is gone.", true, null);
          }
          return changed;
        });
  }

  @Override
  public List<ConnectionKey> keys(@Nullable ConnectionKey after, int limit) {
    requireUp();
    return store.keys(after, limit);
  }
}
