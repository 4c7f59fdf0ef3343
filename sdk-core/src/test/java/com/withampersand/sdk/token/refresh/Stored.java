package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A row in the table of the model. */
record Stored(
    Revision revision,
    Version version,
    @Nullable String consent,
    @Nullable Grant grant,
    @Nullable Lease lease,
    long leases,
    StoreTime tokensAt,
    StoreTime stateAt,
    StoreTime sentAt,
    StoreTime lookAt) {

  /** Returns what a write makes of a row, by the words of {@code Row.Change}. */
  static @Nullable Stored written(@Nullable Stored before, NextRow next, StoreTime now) {
    if (next.revision().equals(Revision.ABSENT)) {
      return null;
    }
    return new Stored(
        next.revision(),
        next.version(),
        next.consent(),
        next.grant(),
        lease(before, next.lease(), now),
        next.leases(),
        stamp(before == null ? null : before.tokensAt, next, Stamp.TOKENS, now, now),
        stamp(before == null ? null : before.stateAt, next, Stamp.STATE, now, now),
        stamp(
            before == null ? null : before.sentAt,
            next,
            Stamp.SENT,
            now,
            plus(now, next.sentAgo().negated())),
        plus(now, next.lookIn()));
  }

  private static StoreTime stamp(
      @Nullable StoreTime before, NextRow next, Stamp stamp, StoreTime now, StoreTime stamped) {
    if (next.stamps().contains(stamp)) {
      return stamped;
    }
    return before == null ? now : before;
  }

  private static @Nullable Lease lease(@Nullable Stored before, LeaseChange change, StoreTime now) {
    if (change instanceof LeaseChange.Hold hold) {
      return new Lease(hold.number(), hold.holder(), plus(now, hold.length()));
    }
    return change instanceof LeaseChange.Clear || before == null ? null : before.lease;
  }

  static StoreTime plus(StoreTime time, Duration duration) {
    return new StoreTime(time.millis() + duration.toMillis());
  }

  /** Returns the row with another grant in it. */
  Stored with(Grant other) {
    return new Stored(
        revision,
        other.version(),
        other.consent(),
        other,
        lease,
        leases,
        tokensAt,
        stateAt,
        sentAt,
        lookAt);
  }

  boolean isLive() {
    return grant != null;
  }

  Grant live() {
    if (grant == null) {
      throw new IllegalStateException("a stone");
    }
    return grant;
  }

  Token token() {
    return Token.of(live().tokens());
  }

  String state() {
    return grant == null ? "" : grant.state().name();
  }

  GrantRow opened(
      StoreTime readAt,
      ProviderKind kind,
      Policy policy,
      boolean isOwned,
      @Nullable NodeTime closedUntil) {
    if (grant == null) {
      return new GrantRow.Stone(revision, leases, readAt, version, consent, lookAt);
    }
    return new GrantRow.Live(
        revision,
        leases,
        readAt,
        grant,
        lease,
        new GrantRow.Times(tokensAt, stateAt, sentAt, lookAt),
        traits(grant.tokens(), kind, policy, isOwned, closedUntil),
        false);
  }

  static GrantRow.Traits traits(
      TokenSet tokens,
      ProviderKind kind,
      Policy policy,
      boolean isOwned,
      @Nullable NodeTime closedUntil) {
    return new GrantRow.Traits(
        isOwned,
        tokens.refreshToken().isPresent(),
        kind.saysRotates,
        kind.grace(policy),
        Setting.longestExchange(policy),
        true,
        closedUntil);
  }
}
