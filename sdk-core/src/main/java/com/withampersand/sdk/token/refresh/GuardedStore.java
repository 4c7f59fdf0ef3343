package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.TokenStore;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A developer's store whose failures are those that a store may have, whatever it throws. */
final class GuardedStore implements TokenStore {
  private final TokenStore store;

  GuardedStore(TokenStore store) {
    this.store = store;
  }

  @Override
  public Row read(ConnectionKey key) {
    return guarded(key, false, () -> store.read(key));
  }

  @Override
  public boolean write(ConnectionKey key, Row.Revision expected, Row.Change next) {
    return guarded(key, true, () -> store.write(key, expected, next));
  }

  @Override
  public List<Row> rows(RowFilter filter, @Nullable ConnectionKey after, int limit) {
    requirePositive(limit);
    return guarded(null, false, () -> store.rows(filter, after, limit));
  }

  @Override
  public List<Row> due(Row.@Nullable Cursor after, int limit) {
    requirePositive(limit);
    return guarded(null, false, () -> store.due(after, limit));
  }

  private static void requirePositive(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("the limit has to be 1 at least, not " + limit);
    }
  }

  private static <T> T guarded(@Nullable ConnectionKey key, boolean writes, Supplier<T> work) {
    try {
      return Objects.requireNonNull(work.get(), "the store returned null");
    } catch (TokenStoreException e) {
      throw named(key, e);
    } catch (Throwable t) {
      throw named(
          key,
          new TokenStoreException(
              "The token store failed: " + t.getClass().getName() + ".", true, writes, t));
    }
  }

  private static RuntimeException named(@Nullable ConnectionKey key, TokenStoreException e) {
    return key == null || e.connection().isPresent()
        ? e
        : e.forCall(key, e.isRetryable(), e.retryAfter().orElse(null));
  }
}
