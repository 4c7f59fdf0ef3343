package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleRows.FOUND;
import static com.withampersand.sdk.token.refresh.SampleRows.NOW;
import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.REFUSAL;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.ago;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.held;
import static com.withampersand.sdk.token.refresh.SampleRows.lapsed;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static com.withampersand.sdk.token.refresh.SampleRows.outdated;
import static com.withampersand.sdk.token.refresh.SampleRows.times;
import static com.withampersand.sdk.token.refresh.SampleRows.traits;
import static com.withampersand.sdk.token.refresh.SampleRows.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantRow.Times;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.Blocked;
import com.withampersand.sdk.token.refresh.GrantState.Disconnecting;
import com.withampersand.sdk.token.refresh.GrantState.HandedOver;
import com.withampersand.sdk.token.refresh.GrantState.HandingOver;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import com.withampersand.sdk.token.refresh.GrantState.NeedsConsent;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RowsTest {
  private static final Active ACTIVE = new Active();
  private static final NeedsConsent ENDED = new NeedsConsent(REFUSAL, false);
  private static final Duration LEASE = POLICY.lease();

  private final Rows rows = new Rows(POLICY, "next");

  static Stream<Arguments> looks() {
    Duration day = Duration.ofDays(1);
    return Stream.of(
        arguments("idle in 15 days", ACTIVE, times(5, 9, 9), POLICY.idle().minusDays(5)),
        arguments("idle already", ACTIVE, times(300, 9, 9), LEASE),
        arguments("doubt", InDoubt.NEW, times(9, 9, 0), POLICY.longestSession()),
        arguments("old doubt", InDoubt.NEW, times(9, 9, 9), LEASE),
        arguments("asked just now", ENDED, times(9, 6, 0), day),
        arguments("asked long ago", ENDED, times(9, 6, 3), LEASE),
        arguments("ended a week ago", ENDED, times(9, 7, 0), Policy.NEVER),
        arguments("blocked", new Blocked(REFUSAL, false, null, null), times(9, 9, 0), day),
        arguments("handing over", new HandingOver("a"), times(0, 0, 0), POLICY.cutOff()),
        arguments("handed over", new HandedOver("c"), times(0, 0, 0), Policy.NEVER),
        arguments("disconnecting", new Disconnecting(null), times(0, 0, 0), LEASE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("looks")
  void rewritten_eachState_isLookedAtInItsTime(
      String what, GrantState state, Times times, Duration in) {
    Live row = with(live(state, null), times, traits(true, null));

    assertThat(rows.rewritten(row).lookIn()).as(what).isEqualTo(in);
  }

  @Test
  void rewritten_grantThatNeedNotBeKeptAlive_isNotLookedAt() {
    Live row = with(live(ACTIVE, null), times(5, 9, 9), traits(false, null));

    assertThat(rows.rewritten(row).lookIn()).isEqualTo(Policy.NEVER);
  }

  @Test
  void anything_underALease_isLookedAtWhenItEnds() {
    assertThat(rows.acquired(live(ACTIVE, null)).lookIn()).isEqualTo(LEASE);
    assertThat(rows.renewed(live(ACTIVE, held(3, "me"))).lookIn()).isEqualTo(LEASE);
    assertThat(rows.rewritten(live(ACTIVE, held(3, "other"))).lookIn()).isEqualTo(LEASE);
    assertThat(rows.released(live(ACTIVE, held(3, "me"))).lookIn()).isGreaterThan(LEASE);
  }

  @ParameterizedTest
  @CsvSource({"3, 3, 3", "9, 3, 3", "3, 9, 3", "3, 3, 9"})
  void acquired_takesTheNumberBehindAllThatAreKnown(long leases, long lease, long stateLease) {
    Grant grant = grant(new Version(1, 2, lease, stateLease, 1), ACTIVE, "token");
    Live row = live(grant, null);
    Live counted = new Live(FOUND, leases, NOW, grant, null, row.times(), row.traits(), false);

    NextRow next = rows.acquired(counted);

    long number = Math.max(leases, Math.max(lease, stateLease)) + 1;
    assertThat(next.leases()).isEqualTo(number);
    assertThat(next.lease()).isEqualTo(new LeaseChange.Hold(number, "me", LEASE));
    assertThat(next.revision()).isEqualTo(new Revision("next"));
    assertThat(next.grant()).isSameAs(grant);
    assertThat(next.stamps()).isEmpty();
  }

  @Test
  void put_stampsWhenTheStateBegan_onlyIfItIsAnotherOrIsToBeWrittenAnew() {
    Live row = live(ACTIVE, null);
    LeaseChange keep = new LeaseChange.Keep();
    Grant same = grant(VERSION, ACTIVE, "other");
    Grant ended = grant(VERSION, ENDED, "token");

    assertThat(rows.put(row, same, keep, Set.of(Stamp.TOKENS)).stamps()).containsOnly(Stamp.TOKENS);
    assertThat(rows.put(row, ended, keep, Set.of(Stamp.SENT)).stamps())
        .containsOnly(Stamp.SENT, Stamp.STATE);
    assertThat(rows.rewritten(outdated(row)).stamps()).containsOnly(Stamp.STATE);
  }

  @Test
  void put_whatIsStampedNow_countsFromNow() {
    Live row = live(ACTIVE, null);
    LeaseChange keep = new LeaseChange.Keep();

    NextRow fresh = rows.put(row, row.grant(), keep, Set.of(Stamp.TOKENS));
    NextRow asked = rows.put(row, grant(VERSION, ENDED, "token"), keep, Set.of(Stamp.SENT));

    assertThat(fresh.lookIn()).isEqualTo(POLICY.idle());
    assertThat(asked.lookIn()).isEqualTo(Policy.RECHECK);
  }

  @Test
  void lapsed_grantThatMayHaveBeenUsed_isInDoubt() {
    NextRow next = rows.lapsed(live(ACTIVE, lapsed(3, "other")));

    assertThat(SampleRows.grantOf(next).state()).isEqualTo(InDoubt.NEW);
    assertThat(next.version()).isEqualTo(new Version(1, 2, 3, 4, 0));
    assertThat(next.lease()).isEqualTo(new LeaseChange.Clear());
    assertThat(next.leases()).isEqualTo(4);
    assertThat(next.stamps()).containsOnly(Stamp.STATE, Stamp.SENT);
    assertThat(next.sentAgo()).isZero();
  }

  @Test
  void lapsed_grantThatHasEnded_staysSo() {
    Live row = live(ENDED, lapsed(3, "other"));

    assertThat(rows.lapsed(row).grant()).isSameAs(row.grant());
    assertThat(rows.lapsed(row).leases()).isEqualTo(4);
  }

  @Test
  void lapsed_usedTokenIsTakenOnceMore_countsFromTheEndOfTheLease() {
    Live row =
        with(live(ACTIVE, lapsed(3, "other")), times(5, 6, 7), traits(true, Duration.ofMinutes(3)));

    assertThat(rows.lapsed(row).sentAgo()).isEqualTo(Duration.ofSeconds(50));
    assertThat(rows.lapsed(with(live(ACTIVE, null), row.times(), row.traits())).sentAgo()).isZero();
  }

  @Test
  void carried_takesANumberBehindThoseOfBothRows() {
    Live from = live(ACTIVE, null);
    GrantRow there = new GrantRow.Stone(FOUND, 8, NOW, VERSION, "consent", NOW);

    NextRow behind = rows.carried(there, from, from.grant());
    NextRow before = rows.carried(new GrantRow.Absent(NOW), from, from.grant());
    NextRow ahead = rows.carried(there, with(from, times(0, 0, -1), from.traits()), from.grant());

    assertThat(behind.leases()).isEqualTo(9);
    assertThat(before.leases()).isEqualTo(4);
    assertThat(behind.lease()).isEqualTo(new LeaseChange.Hold(9, "me", LEASE));
    assertThat(behind.sentAgo()).isEqualTo(Duration.ofDays(7));
    assertThat(ahead.sentAgo()).isZero();
  }

  @Test
  void consented_stampsTheState_unlessItIsTheSame() {
    Grant grant = grant(new Version(2, 1, 0, 0, 0), ACTIVE, "new");

    assertThat(rows.consented(live(ACTIVE, held(3, "other")), grant).stamps())
        .containsOnly(Stamp.TOKENS);
    assertThat(rows.consented(live(ENDED, null), grant).stamps())
        .containsOnly(Stamp.TOKENS, Stamp.STATE);
    assertThat(rows.consented(new GrantRow.Absent(NOW), grant).stamps())
        .containsOnly(Stamp.TOKENS, Stamp.STATE);
    assertThat(rows.consented(live(ACTIVE, held(3, "other")), grant).lease())
        .isEqualTo(new LeaseChange.Clear());
  }

  @Test
  void after_eachKindOfWrite_isTheRowThatItLeaves() {
    Live row = live(ACTIVE, held(3, "other"));
    NextRow stone = rows.stone(row, VERSION, "consent");

    assertThat(Rows.after(row, NextRow.removed(), row.traits()))
        .isEqualTo(new GrantRow.Absent(NOW));
    assertThat(Rows.after(row, stone, row.traits()))
        .isEqualTo(
            new GrantRow.Stone(
                stone.revision(), 3, NOW, VERSION, "consent", ago(Policy.STONE.negated())));
    assertThat(leftBy(row, rows.rewritten(row)).lease()).isEqualTo(row.lease());
    assertThat(leftBy(row, rows.released(row)).lease()).isNull();
    assertThat(leftBy(row, rows.acquired(live(ACTIVE, null))).lease())
        .isEqualTo(new Lease(4, "me", ago(LEASE.negated())));
  }

  @Test
  void after_stamps_areOfTheReadAndTheOthersStay() {
    Live row = live(ACTIVE, null);
    NextRow next =
        rows.put(row, row.grant(), new LeaseChange.Keep(), Set.of(Stamp.TOKENS, Stamp.SENT));

    Times times = leftBy(row, next).times();

    assertThat(times.tokens()).isEqualTo(NOW);
    assertThat(times.sent()).isEqualTo(NOW);
    assertThat(times.state()).isEqualTo(row.times().state());
    assertThat(times.look()).isEqualTo(ago(next.lookIn().negated()));
  }

  private static Live leftBy(Live row, NextRow next) {
    return (Live) Rows.after(row, next, row.traits());
  }
}
