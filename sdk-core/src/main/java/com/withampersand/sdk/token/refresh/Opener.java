package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.crypto.TokenSealer;
import com.withampersand.sdk.token.refresh.GrantRow.Traits;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a row into what the protocol decides on, and back: the only place that seals. */
final class Opener {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);

  private static final Traits FOREIGN =
      new Traits(false, false, true, null, Duration.ZERO, false, null);

  private final TokenSealer sealer;
  private final Owners owners;
  private final Breaker breaker;
  private final NodeClock clock;

  /** The monotonic clock. */
  interface NodeClock {
    NodeTime now();
  }

  Opener(TokenSealer sealer, Owners owners, Breaker breaker, NodeClock clock) {
    this.sealer = sealer;
    this.owners = owners;
    this.breaker = breaker;
    this.clock = clock;
  }

  TokenSealer sealer() {
    return sealer;
  }

  Owners owners() {
    return owners;
  }

  GrantRow open(Row row) {
    if (row.isAbsent()) {
      return new GrantRow.Absent(row.readAt());
    }
    Version version = row.version() == null ? Version.OLD : row.version();
    if (row.sealed() == null) {
      return new GrantRow.Stone(
          row.revision(), row.leases(), row.readAt(), version, row.consent(), row.lookAt());
    }
    try {
      return live(row, version, row.sealed());
    } catch (Throwable t) {
      UserCode.rethrowFatal(t);
      return new GrantRow.Unreadable(
          row.revision(), row.leases(), row.readAt(), row.version(), row.consent(), t);
    }
  }

  private GrantRow live(Row row, Version plain, String sealed) {
    Grant opened = GrantJson.read(sealer.open(row.key(), sealed));
    Version larger = plain.isAfter(opened.version()) ? plain : opened.version();
    Grant grant =
        new Grant(
            larger,
            opened.consent(),
            opened.state(),
            opened.rotates(),
            owners.withIssuer(row.key(), opened.tokens()));
    boolean isOutdated =
        !plain.equals(opened.version()) || !opened.state().name().equals(row.state());
    return new GrantRow.Live(
        row.revision(),
        row.leases(),
        row.readAt(),
        grant,
        row.lease(),
        new GrantRow.Times(row.tokensAt(), row.stateAt(), row.sentAt(), row.lookAt()),
        traits(row.key(), grant.tokens()),
        isOutdated);
  }

  Traits traits(ConnectionKey key, TokenSet tokens) {
    Optional<TokenRenewer> owner = owners.owner(key, tokens);
    if (owner.isEmpty()) {
      return FOREIGN;
    }
    try {
      TokenRenewer renewer = owner.get();
      return new Traits(
          true,
          renewer.canRenew(tokens),
          renewer.rotates(tokens),
          renewer
              .reuseGrace()
              .map(grace -> Durations.requireNotNegative(grace, "time to use a token again"))
              .orElse(null),
          Durations.requirePositive(renewer.longestExchange(), "longest exchange"),
          tokens.refreshToken().isPresent(),
          breaker.closedUntil(host(tokens), clock.now()));
    } catch (Throwable t) {
      UserCode.rethrowFatal(t);
      log.warn("The renewer of {} failed to describe it; its grant is left alone", key, t);
      return FOREIGN;
    }
  }

  /** Returns what the breaker counts by. */
  static String host(TokenSet tokens) {
    return tokens.issuer().map(URI::getHost).orElse("");
  }

  /** A row without a sealed text is what is left of a grant that was deleted. */
  private static String sealed(TokenSealer.Sealing sealing, Grant grant) {
    return Objects.requireNonNull(
        sealing.seal(GrantJson.write(grant)), "the sealer sealed to nothing");
  }

  /** Returns what a store writes. */
  static Row.Change change(NextRow next, TokenSealer.Sealing sealing) {
    Grant grant = next.grant();
    return new Row.Change(
        next.revision(),
        next.version(),
        next.consent(),
        grant == null ? "" : grant.state().name(),
        grant == null ? null : grant.tokens().clientId().orElse(null),
        next.lease(),
        next.leases(),
        next.lookIn(),
        next.stamps(),
        next.sentAgo(),
        grant == null ? null : sealed(sealing, grant));
  }
}
