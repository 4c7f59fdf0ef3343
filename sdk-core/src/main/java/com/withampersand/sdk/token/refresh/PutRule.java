package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.Memory.Put;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides what a put makes of the row that is there. */
final class PutRule {
  /** What a put does to a row. */
  sealed interface Decision {
    /** Write this, and then the put is stored. */
    record Store(NextRow next) implements Decision {}

    /** It is stored already. */
    record Stored() implements Decision {}

    /** What is there is newer. Write this first, to end the put's own lease, unless it is null. */
    record Overtaken(@Nullable NextRow release) implements Decision {}

    /** There is no such grant any more. */
    record Gone() implements Decision {}

    /** The row cannot be judged now. */
    record Unclear() implements Decision {}
  }

  private final Policy policy;
  private final Rows rows;
  private final NodeTime now;

  PutRule(Policy policy, Rows rows, NodeTime now) {
    this.policy = policy;
    this.rows = rows;
    this.now = now;
  }

  Decision decide(Put put, GrantRow row) {
    if (row.revision().equals(put.tries().revision())) {
      return row instanceof GrantRow.Unreadable ? new Decision.Unclear() : new Decision.Stored();
    }
    if (put instanceof Put.Consent consent) {
      return consent(consent, row);
    }
    if (row instanceof GrantRow.Unreadable) {
      return new Decision.Unclear();
    }
    if (!(row instanceof Live live)) {
      return new Decision.Gone();
    }
    if (put instanceof Put.Result result) {
      return result(result, live);
    }
    if (put instanceof Put.State state) {
      return state(state, live);
    }
    if (put instanceof Put.Release release) {
      return isOwn(live, release.lease())
          ? new Decision.Store(rows.released(live))
          : new Decision.Stored();
    }
    if (put instanceof Put.Lapse) {
      return live.isLapsed() ? new Decision.Store(rows.lapsed(live)) : new Decision.Overtaken(null);
    }
    if (put instanceof Put.PutBack back) {
      return back.grant().version().isAfter(live.grant().version())
          ? new Decision.Store(rows.put(live, back.grant(), new LeaseChange.Keep(), Set.of()))
          : new Decision.Overtaken(null);
    }
    return new Decision.Store(rows.rewritten(live));
  }

  private Decision result(Put.Result put, Live row) {
    Grant grant = put.grant();
    int order = grant.version().compareTo(row.grant().version());
    if (order == 0 && hasTokensOf(row.grant(), grant)) {
      return new Decision.Stored();
    }
    GrantState state = row.grant().state();
    if (order <= 0 || state instanceof GrantState.HandedOver) {
      return new Decision.Overtaken(release(row, put.lease()));
    }
    Grant stored =
        state.isOwnersAlone() && row.grant().consent().equals(grant.consent())
            ? row.grant().withTokensOf(grant)
            : grant;
    return new Decision.Store(
        rows.put(row, stored, leaseAfter(row, put.lease(), false), Set.of(Stamp.TOKENS)));
  }

  private Decision state(Put.State put, Live row) {
    int order = put.grant().version().compareTo(row.grant().version());
    if (order == 0
        && hasTokensOf(row.grant(), put.grant())
        && row.grant().state().name().equals(put.grant().state().name())) {
      return new Decision.Stored();
    }
    boolean wasDecidedOnThis = row.grant().version().equals(put.decidedOn());
    if (order <= 0 || (row.grant().state().isOwnersAlone() && !wasDecidedOnThis)) {
      return new Decision.Overtaken(release(row, put.lease()));
    }
    return new Decision.Store(
        rows.put(row, put.grant(), leaseAfter(row, put.lease(), put.keepsLease()), put.stamps()));
  }

  /** After a store went back in time, two writes can have one version. */
  private static boolean hasTokensOf(Grant stored, Grant put) {
    return stored.tokens().accessToken().equals(put.tokens().accessToken());
  }

  private @Nullable NextRow release(Live row, long lease) {
    return isOwn(row, lease) ? rows.released(row) : null;
  }

  /** Ends its own lease, held or lapsed, and touches no other. */
  private LeaseChange leaseAfter(Live row, long lease, boolean keeps) {
    return isOwn(row, lease) && !keeps ? new LeaseChange.Clear() : new LeaseChange.Keep();
  }

  private boolean isOwn(Live row, long lease) {
    return row.lease() != null
        && row.lease().number() == lease
        && row.lease().holder().equals(policy.holder());
  }

  private Decision consent(Put.Consent put, GrantRow row) {
    Version there = versionOf(row);
    if (put.consent().equals(consentOf(row))) {
      return row instanceof Live ? new Decision.Stored() : new Decision.Gone();
    }
    if (row instanceof GrantRow.Unreadable unreadable
        && put.consent().equals(unreadable.consent())
        && put.tries().failures() > 0) {
      // An earlier try may have stored it, and what came after that is not to be overwritten.
      return new Decision.Unclear();
    }
    long given = Math.max(1, row.readAt().millis() - now.since(put.exchangedAt()).toMillis());
    if (there != null && there.consent() >= given) {
      boolean isOfTheFuture = there.consent() > row.readAt().millis();
      if (there.consent() > given && !isOfTheFuture) {
        return new Decision.Overtaken(null);
      }
      given = there.consent() + 1;
    }
    return new Decision.Store(rows.consented(row, grant(put.consent(), put.tokens(), given)));
  }

  static Grant grant(String consent, TokenSet tokens, long number) {
    return new Grant(Version.ofConsent(number), consent, new GrantState.Active(), false, tokens);
  }

  private static @Nullable Version versionOf(GrantRow row) {
    if (row instanceof Live live) {
      return live.grant().version();
    }
    if (row instanceof GrantRow.Stone stone) {
      return stone.version();
    }
    return row instanceof GrantRow.Unreadable unreadable ? unreadable.version() : null;
  }

  private static @Nullable String consentOf(GrantRow row) {
    if (row instanceof Live live) {
      return live.grant().consent();
    }
    return row instanceof GrantRow.Stone stone ? stone.consent() : null;
  }
}
