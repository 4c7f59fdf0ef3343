package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where grants live between one call and the next. Implement it over your own database; {@link
 * InMemoryTokenStore} is for tests and for programs that may lose their grants when they stop.
 *
 * <p>Implementations are safe to share between threads, and between as many processes as share what
 * is behind them. {@link TokenSet#toJson()} is the form to keep; it holds secrets, so encrypt it.
 * Nothing is ever deleted but by {@link #delete}.
 */
public interface TokenStore {
  /**
   * Returns the tokens of a grant, as they were stored last. Never waits for an {@link #update}
   * that is going on.
   *
   * @throws TokenStoreException if the store fails
   */
  Optional<TokenSet> find(ConnectionKey key);

  /**
   * Stores the tokens of a grant in place of what was there. Waits for an {@link #update} of the
   * same grant.
   *
   * @throws TokenStoreException if the store fails, or the grant stays locked for too long; nothing
   *     is changed then
   */
  void save(ConnectionKey key, TokenSet tokens);

  /**
   * Deletes a grant. Waits for an {@link #update} of the same grant.
   *
   * @return whether there was one
   * @throws TokenStoreException if the store fails, or the grant stays locked for too long; nothing
   *     is changed then
   */
  boolean delete(ConnectionKey key);

  /**
   * Changes a grant while nobody else can: {@code change} runs while {@code key} is held against
   * every other thread and process that shares this store, and its result is stored before this
   * returns. This is what keeps two of them from refreshing the same grant. Grants of other keys
   * are not held up.
   *
   * <p>If {@code change} throws, what it throws comes out of here and nothing is changed. It must
   * not use this store for the same key.
   *
   * @param change receives the tokens as they are now, which may be newer than what the caller has
   *     seen
   * @return what is stored now; empty if there is no such grant, in which case {@code change} was
   *     not run
   * @throws TokenStoreException if the store fails, or the grant stays locked for too long
   * @throws IllegalStateException if called for the same key from within {@code change}
   */
  Optional<TokenSet> update(ConnectionKey key, UnaryOperator<TokenSet> change);

  /**
   * Returns one page of the keys of all grants, for walking through a store that is too big to list
   * at once:
   *
   * <pre>{@code
   * List<ConnectionKey> page = store.keys(null, 100);
   * while (!page.isEmpty()) {
   *   page.forEach(work);
   *   page = store.keys(page.get(page.size() - 1), 100);
   * }
   * }</pre>
   *
   * <p>The order is the store's own and always the same. A walk sees each grant that is there all
   * the while exactly once; one that is saved or deleted meanwhile, once or not at all. Waits for
   * nobody.
   *
   * @param after the key behind which the page begins, whether or not it is still there; null to
   *     begin with the first
   * @param limit how many keys to return at most
   * @return the next keys; empty only if there are no more
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @throws TokenStoreException if the store fails
   */
  List<ConnectionKey> keys(@Nullable ConnectionKey after, int limit);
}
