package com.withampersand.sdk.platform;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.platform.Connections.Refresh;
import com.withampersand.sdk.token.GrantRecipient;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Ampersand as the recipient of grants: a {@code FreshTokens} that is built with it hands grants
 * over, and asks here for their tokens from then on.
 *
 * <p>It relies on Ampersand listing a connection as soon as its import was answered.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class AmpersandGrants implements GrantRecipient {
  /** The statuses by which an import can be refused because it was made already. */
  private static final Set<Integer> MAYBE_DUPLICATE = Set.of(400, 409, 422);

  private final Connections connections;
  private final BiFunction<? super ConnectionKey, ? super TokenSet, ConnectionImport> imports;

  private AmpersandGrants(
      Connections connections,
      BiFunction<? super ConnectionKey, ? super TokenSet, ConnectionImport> imports) {
    this.connections = connections;
    this.imports = imports;
  }

  /** Returns the recipient of grants of which Ampersand needs to know nothing but their tokens. */
  public static AmpersandGrants of(AmpersandClient client) {
    return of(client, (key, tokens) -> ConnectionImport.builder(key, tokens).build());
  }

  /**
   * Returns the recipient of grants of which Ampersand needs to know more, such as the workspace
   * that an import into Salesforce has to name.
   *
   * @param imports makes the import of a grant from its key and its tokens. It is called before
   *     anything is sent; if it throws, returns null or the import of another key, the grant is not
   *     handed over
   */
  public static AmpersandGrants of(
      AmpersandClient client,
      BiFunction<? super ConnectionKey, ? super TokenSet, ConnectionImport> imports) {
    return new AmpersandGrants(client.connections(), Objects.requireNonNull(imports, "imports"));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Everything fits into {@code limit}: the function that makes the import, retries, and the
   * search for the connection that is there if the import is refused.
   *
   * @throws ForeignGrantException if the function that makes imports threw, or returned null or the
   *     import of another key; nothing was sent
   * @throws ApiException if Ampersand refuses, and has no connection of this name
   * @throws TransportException if no usable answer arrives in time
   */
  @Override
  public String take(ConnectionKey key, TokenSet tokens, Duration limit) {
    Deadline deadline = Deadline.in(limit);
    ConnectionImport prepared = prepared(key, tokens);
    Connections bounded = connections.until(deadline);
    try {
      return bounded.importConnection(prepared).id();
    } catch (ApiException refusal) {
      if (refusal.isOutcomeUnknown() || !MAYBE_DUPLICATE.contains(refusal.httpStatus())) {
        throw refusal;
      }
      return existing(bounded, key, refusal).orElseThrow(() -> refusal);
    }
  }

  private ConnectionImport prepared(ConnectionKey key, TokenSet tokens) {
    ConnectionImport prepared;
    try {
      prepared = imports.apply(key, tokens);
    } catch (Exception e) {
      throw notPrepared(key, "threw " + e.getClass().getName(), e);
    }
    if (prepared == null) {
      throw notPrepared(key, "returned null", null);
    }
    if (!prepared.key().equals(key)) {
      throw notPrepared(key, "returned the import of " + prepared.key(), null);
    }
    return prepared;
  }

  private static ForeignGrantException notPrepared(
      ConnectionKey key, String what, @Nullable Exception cause) {
    ForeignGrantException failure =
        new ForeignGrantException(
            "The grant of "
                + key
                + " was not handed over: the function that makes imports "
                + what
                + ". Nothing was sent. Correct the function that AmpersandGrants was made with.");
    if (cause != null) {
      failure.addSuppressed(cause);
    }
    return failure;
  }

  /** Returns the connection that an import was refused for, if that is why it was refused. */
  private static Optional<String> existing(
      Connections connections, ConnectionKey key, ApiException refusal) {
    try {
      return connections.find(key).map(Connection::id);
    } catch (AmpersandException e) {
      AmpersandException unknown = Refusal.afterUnknownOutcome(e);
      unknown.addSuppressed(refusal);
      throw unknown;
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws ProtocolException if there are several; the message names their ids
   */
  @Override
  public Optional<String> find(ConnectionKey key) {
    return connections.find(key).map(Connection::id);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A connection that was deleted in Ampersand needs consent, too: its tokens are gone. A 404
   * counts as that only if the project itself is there; a wrong project ends no grant.
   *
   * @throws OAuthException with {@link Verdict#FINAL} and {@link Reason#REVOKED_OR_EXPIRED} if the
   *     user has to connect again: at {@link Connections#reconnectUrl}, or at {@link
   *     Connections#connectUrl} if the connection was deleted, which its {@linkplain
   *     OAuthException#httpStatus() status} 404 says
   * @throws ProtocolException if the connection has no access token
   */
  @Override
  public TokenSet tokens(String connectionId, boolean force) {
    try {
      return ConnectionTokens.of(
          connections.getWithAccessToken(connectionId, force ? Refresh.FORCE : Refresh.IF_EXPIRED));
    } catch (ApiException e) {
      throwUnlessGone(connectionId, e);
      throw ConnectionTokens.gone(connectionId, e);
    }
  }

  @Override
  public void delete(String connectionId) {
    try {
      connections.delete(connectionId);
    } catch (ApiException e) {
      throwUnlessGone(connectionId, e);
    }
  }

  /** A project that is not there is answered with 404 as well, and is an error of its own. */
  private void throwUnlessGone(String connectionId, ApiException failure) {
    if (!ConnectionTokens.isNotFound(failure)) {
      throw failure;
    }
    // Lists nothing: no user is called so. It fails if the project or the credential is wrong.
    connections.list(ConnectionFilter.all().consumerRef(connectionId));
  }

  /** Returns what it is. */
  @Override
  public String toString() {
    return "AmpersandGrants";
  }
}
