package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.StoreTime;
import java.time.Duration;
import java.time.Instant;

/** Says what a row means to someone who asks for the status of a grant. */
final class Statuses {
  private static final String OLD = "OLD";

  private final Opener opener;
  private final Policy policy;

  Statuses(Opener opener, Policy policy) {
    this.opener = opener;
    this.policy = policy;
  }

  GrantStatus of(Row row) {
    GrantRow opened = opener.open(row);
    if (opened instanceof GrantRow.Live live) {
      return of(row, live);
    }
    Kind kind = opened instanceof GrantRow.Unreadable ? Kind.UNREADABLE : Kind.ABSENT;
    GrantStatus.Builder status = GrantStatus.builder(row.key(), kind);
    if (kind == Kind.UNREADABLE) {
      status.tokensAt(instant(row.tokensAt()));
    }
    return status.build();
  }

  private GrantStatus of(Row row, GrantRow.Live live) {
    TokenSet tokens = live.grant().tokens();
    GrantStatus.Builder status =
        GrantStatus.builder(row.key(), kind(row, live))
            .since(instant(live.since()))
            .tokensAt(instant(live.times().tokens()))
            .issuer(tokens.issuer().orElse(null))
            .clientId(tokens.clientId().orElse(null))
            .identity(tokens.attribute("id").orElse(null))
            .scopes(tokens.scopes())
            .expiry(tokens.expiry());
    describe(status, live);
    return status.build();
  }

  private static Kind kind(Row row, GrantRow.Live live) {
    GrantState state = live.state();
    if (row.state().equals(OLD)) {
      return Kind.OLD;
    }
    return !live.traits().isOwned() && !(state instanceof GrantState.HandedOver)
        ? Kind.FOREIGN
        : Kind.valueOf(state.name());
  }

  private void describe(GrantStatus.Builder status, GrantRow.Live live) {
    GrantState state = live.state();
    if (state instanceof GrantState.NeedsConsent ended) {
      describe(status, ended.refusal());
    } else if (state instanceof GrantState.Blocked blocked) {
      describe(status, blocked.refusal());
      status.nextTryIn(nextTry(live, state));
    } else if (state instanceof GrantState.InDoubt) {
      status.nextTryIn(nextTry(live, state));
    } else if (state instanceof GrantState.HandedOver handed) {
      status.ampersandConnection(handed.connection());
    }
  }

  private static void describe(GrantStatus.Builder status, Refusal refusal) {
    status.reason(refusal.reason()).actor(refusal.actor()).remedy(refusal.remedy());
  }

  private Duration nextTry(GrantRow.Live live, GrantState state) {
    if (!live.rotates()) {
      return Duration.ZERO;
    }
    Duration rest = policy.carefulWait(state.tries()).minus(sinceSent(live));
    return (rest.isNegative() ? Duration.ZERO : rest).plus(policy.announce());
  }

  /** Counts as the protocol will: from when it finds the lapsed lease, or from its end in grace. */
  private static Duration sinceSent(GrantRow.Live live) {
    Lease lease = live.lease();
    if (lease == null || !live.isLapsed()) {
      return GrantRow.between(live.times().sent(), live.readAt());
    }
    return live.traits().grace() == null
        ? Duration.ZERO
        : GrantRow.between(lease.until(), live.readAt());
  }

  private static Instant instant(StoreTime time) {
    return Instant.ofEpochMilli(time.millis());
  }
}
