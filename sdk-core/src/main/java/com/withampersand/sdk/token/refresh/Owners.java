package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the renewer of a grant. What a user's code throws here makes a grant foreign, no more. */
final class Owners {
  private static final Logger log = LoggerFactory.getLogger(Owners.class);

  private final List<TokenRenewer> renewers;
  private final @Nullable Function<? super ConnectionKey, ? extends @Nullable TokenRenewer> ownerOf;
  private final @Nullable Function<? super ConnectionKey, ? extends @Nullable URI> issuerOf;

  Owners(
      List<TokenRenewer> renewers,
      @Nullable Function<? super ConnectionKey, ? extends @Nullable TokenRenewer> ownerOf,
      @Nullable Function<? super ConnectionKey, ? extends @Nullable URI> issuerOf) {
    this.renewers = List.copyOf(renewers);
    this.ownerOf = ownerOf;
    this.issuerOf = issuerOf;
  }

  /** Returns tokens with the issuer that the developer names, if they name none. */
  TokenSet withIssuer(ConnectionKey key, TokenSet tokens) {
    if (issuerOf == null || tokens.issuer().isPresent()) {
      return tokens;
    }
    try {
      URI issuer = issuerOf.apply(key);
      return issuer == null ? tokens : tokens.toBuilder().issuer(issuer).build();
    } catch (Throwable t) {
      UserCode.rethrowFatal(t);
      log.warn("issuerOf failed for {}; its grant is left alone", key, t);
      return tokens;
    }
  }

  /** Returns the one renewer that owns these tokens; empty if none does, or more than one. */
  Optional<TokenRenewer> owner(ConnectionKey key, TokenSet tokens) {
    try {
      if (ownerOf != null && tokens.clientId().isEmpty()) {
        TokenRenewer named = ownerOf.apply(key);
        return named != null && named.owns(tokens) ? Optional.of(named) : Optional.empty();
      }
      List<TokenRenewer> owners =
          renewers.stream().filter(renewer -> renewer.owns(tokens)).toList();
      return owners.size() == 1 ? Optional.of(owners.get(0)) : Optional.empty();
    } catch (Throwable t) {
      UserCode.rethrowFatal(t);
      log.warn("a renewer failed to say whether it owns the grant of {}", key, t);
      return Optional.empty();
    }
  }
}
