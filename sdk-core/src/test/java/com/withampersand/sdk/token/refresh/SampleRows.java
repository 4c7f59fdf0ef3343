package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantRow.Times;
import com.withampersand.sdk.token.refresh.GrantRow.Traits;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows as a process named {@code me} may find them. */
final class SampleRows {
  static final Policy POLICY = Setting.usual().heldBy("me");
  static final StoreTime NOW = new StoreTime(100L * 24 * 3_600_000);
  static final Revision FOUND = new Revision("found");

  /** Consent 1, generation 2, tokens of lease 3, state of lease 3. */
  static final Version VERSION = new Version(1, 2, 3, 3, 1);

  static final Refusal REFUSAL =
      new Refusal("invalid_grant", null, Verdict.FINAL, Reason.OTHER, Actor.END_USER, "");

  private SampleRows() {}

  static StoreTime ago(Duration duration) {
    return new StoreTime(NOW.millis() - duration.toMillis());
  }

  static Lease held(long number, String holder) {
    return new Lease(number, holder, ago(Duration.ofSeconds(-20)));
  }

  static Lease lapsed(long number, String holder) {
    return new Lease(number, holder, ago(Duration.ofSeconds(50)));
  }

  static TokenSet tokens(String accessToken) {
    return TokenSet.builder(Secret.of(accessToken), Instant.EPOCH).build();
  }

  static Grant grant(Version version, GrantState state, String accessToken) {
    return new Grant(version, "consent", state, false, tokens(accessToken));
  }

  /** Returns a grant whose tokens are five days old, its state six, and the last request seven. */
  static Live live(GrantState state, @Nullable Lease lease) {
    return live(grant(VERSION, state, "token"), lease);
  }

  static Live live(Grant grant, @Nullable Lease lease) {
    return new Live(FOUND, 3, NOW, grant, lease, times(5, 6, 7), traits(true, null), false);
  }

  static Live with(Live row, Times times, Traits traits) {
    return new Live(
        row.revision(),
        row.leases(),
        row.readAt(),
        row.grant(),
        row.lease(),
        times,
        traits,
        row.isOutdated());
  }

  static Live outdated(Live row) {
    return new Live(
        row.revision(),
        row.leases(),
        row.readAt(),
        row.grant(),
        row.lease(),
        row.times(),
        row.traits(),
        true);
  }

  static Times times(int tokensDays, int stateDays, int sentDays) {
    return new Times(
        ago(Duration.ofDays(tokensDays)),
        ago(Duration.ofDays(stateDays)),
        ago(Duration.ofDays(sentDays)),
        NOW);
  }

  static Traits traits(boolean keptAlive, @Nullable Duration grace) {
    return new Traits(true, true, true, grace, Duration.ofSeconds(90), keptAlive, null);
  }

  static Grant grantOf(NextRow row) {
    return Objects.requireNonNull(row.grant());
  }
}
