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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a row into what the protocol decides on, and back: the only place that seals. */
final class Opener {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);

  /** Each number starts at zero or at the time in milliseconds, and goes up by one. */
  private static final long MOST_COUNTED = Long.MAX_VALUE / 2;

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
    Version counted = counted(row.version());
    Version version = counted == null ? Version.OLD : counted;
    if (row.sealed() == null) {
      return new GrantRow.Stone(
          row.revision(),
          counted(row.leases()),
          row.readAt(),
          version,
          row.consent(),
          row.lookAt());
    }
    try {
      requireCounted(row);
      return live(row, row.version() == null ? Version.OLD : row.version(), row.sealed());
    } catch (Throwable t) {
      UserCode.rethrowFatal(t);
      return new GrantRow.Unreadable(
          row.revision(), counted(row.leases()), row.readAt(), counted, row.consent(), t);
    }
  }

  /** Refuses numbers that were not counted up to, and cannot be counted further. */
  private static void requireCounted(Row row) {
    boolean isCounted =
        counted(row.leases()) == row.leases()
            && (row.lease() == null || counted(row.lease().number()) == row.lease().number());
    if (!isCounted) {
      throw new IllegalArgumentException("the numbers of its leases were changed");
    }
  }

  private static void requireCounted(Version version) {
    if (counted(version) == null) {
      throw new IllegalArgumentException("its version was changed");
    }
  }

  private static long counted(long number) {
    return number < 0 || number > MOST_COUNTED ? 0 : number;
  }

  private static @Nullable Version counted(@Nullable Version version) {
    return version == null
            || version.consent() > MOST_COUNTED
            || version.generation() > MOST_COUNTED
            || version.lease() > MOST_COUNTED
            || version.stateLease() > MOST_COUNTED
        ? null
        : version;
  }

  private GrantRow live(Row row, Version plain, String sealed) {
    requireCounted(plain);
    Grant opened = GrantJson.read(sealer.open(row.key(), sealed));
    Version larger = plain.isAfter(opened.version()) ? plain : opened.version();
    requireCounted(larger);
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
