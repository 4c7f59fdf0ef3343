package com.withampersand.sdk.token;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Grants that somebody else keeps, and those on their way there.
 *
 * <p>A grant is marked before its import is tried. While the mark is on, it is not known whose the
 * grant is, and nobody refreshes it; whoever needs to know asks the keeper, with the grant held.
 */
final class KeptGrants {
  private final TokenStore store;
  private final Unsaved unsaved;
  private final @Nullable GrantKeeper keeper;

  KeptGrants(TokenStore store, Unsaved unsaved, @Nullable GrantKeeper keeper) {
    this.store = store;
    this.unsaved = unsaved;
    this.keeper = keeper;
  }

  /** Returns tokens that are newer than what was refused, or as good as the keeper has them. */
  Renewed renew(String connectionId, TokenSet seen, boolean refused) {
    TokenSet tokens = keeper().tokens(connectionId, false);
    boolean same = tokens.accessToken().equals(seen.accessToken());
    TokenSet best = refused && same ? keeper().tokens(connectionId, true) : tokens;
    return Renewed.byOthers(Marks.handedOver(seen.mergedWith(best), connectionId));
  }

  /**
   * Hands a grant over, once.
   *
   * @return the ID of the connection
   */
  String handOver(ConnectionKey key) {
    Optional<String> connection = Marks.connection(settled(key));
    while (connection.isEmpty()) {
      update(key, current -> marked(key, current));
      // Empty again if somebody else has settled the grant in between.
      connection = takenOver(key);
    }
    return connection.get();
  }

  /**
   * The mark tells the tokens apart from those that unsaved ones replace, so this takes them in.
   */
  private TokenSet marked(ConnectionKey key, TokenSet stored) {
    TokenSet current = unsaved.over(key, stored);
    if (Marks.connection(current).isPresent() || Marks.isHandingOver(current)) {
      return current;
    }
    Optional<String> other = keeper().find(key);
    if (other.isPresent()) {
      throw new IllegalStateException(
          "there is a connection of the grant "
              + key
              + " already: "
              + other.get()
              + ". Delete it first, or forget the grant here.");
    }
    return Marks.handingOver(current);
  }

  private Optional<String> takenOver(ConnectionKey key) {
    AtomicReference<@Nullable AmpersandException> refusal = new AtomicReference<>();
    try {
      Optional<String> connection =
          Marks.connection(update(key, current -> taken(key, current, refusal)));
      throwIfAny(refusal.get());
      return connection;
    } catch (AmpersandException e) {
      throwIfAny(refusal.get());
      // Perhaps it is there already. If not, it may still come: a later look settles it.
      return Optional.of(foundAfterAll(key).orElseThrow(() -> e));
    }
  }

  private static void throwIfAny(@Nullable AmpersandException refusal) {
    if (refusal != null) {
      throw refusal;
    }
  }

  /** A refusal takes the mark off at once, before anybody else can try. */
  private TokenSet taken(
      ConnectionKey key, TokenSet stored, AtomicReference<@Nullable AmpersandException> refusal) {
    if (!Marks.isHandingOver(stored)) {
      return stored;
    }
    TokenSet tokens = Marks.none(stored);
    try {
      return Marks.handedOver(tokens, keeper().take(key, tokens));
    } catch (AmpersandException e) {
      if (e.isOutcomeUnknown()) {
        throw e;
      }
      refusal.set(e);
      return Marks.notHandingOver(stored);
    }
  }

  private Optional<String> foundAfterAll(ConnectionKey key) {
    try {
      return Marks.connection(
          update(
              key,
              current ->
                  keeper().find(key).map(id -> Marks.handedOver(current, id)).orElse(current)));
    } catch (AmpersandException e) {
      return Optional.empty();
    }
  }

  /** Returns the grant when it is known whose it is: here, or the keeper's. */
  TokenSet settled(ConnectionKey key) {
    return update(
        key,
        current ->
            !Marks.isHandingOver(current)
                ? current
                : keeper()
                    .find(key)
                    .map(id -> Marks.handedOver(current, id))
                    .orElseGet(() -> Marks.notHandingOver(current)));
  }

  private TokenSet update(ConnectionKey key, UnaryOperator<TokenSet> change) {
    return store.update(key, change).orElseThrow(() -> LocalGrants.gone(key));
  }

  /** Ends a grant where its keeper has it. */
  void delete(String connectionId) {
    keeper().delete(connectionId);
  }

  private GrantKeeper keeper() {
    if (keeper == null) {
      throw new IllegalStateException(
          "the grant was handed over, but these FreshTokens were built without the keeper that has it");
    }
    return keeper;
  }
}
