package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleRows.FOUND;
import static com.withampersand.sdk.token.refresh.SampleRows.NOW;
import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.REFUSAL;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.held;
import static com.withampersand.sdk.token.refresh.SampleRows.lapsed;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static com.withampersand.sdk.token.refresh.SampleRows.tokens;
import static com.withampersand.sdk.token.refresh.SampleRows.traits;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.HandedOver;
import com.withampersand.sdk.token.refresh.GrantState.HandingOver;
import com.withampersand.sdk.token.refresh.GrantState.NeedsConsent;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import com.withampersand.sdk.token.refresh.PutRule.Decision;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PutRuleTest {
  private static final Active ACTIVE = new Active();
  private static final NeedsConsent ENDED = new NeedsConsent(REFUSAL, false);
  private static final Version NEWER = new Version(1, 3, 3, 3, 1);
  private static final Version OLDER = new Version(1, 1, 2, 2, 1);
  private static final NodeTime CLOCK = new NodeTime(Duration.ofDays(300).toNanos());

  private final PutRule rule = new PutRule(POLICY, new Rows(POLICY, "next"), CLOCK);

  private static Put.Result result(Version version, String accessToken) {
    return new Put.Result(grant(version, ACTIVE, accessToken), 3, Duration.ZERO, Tries.NONE);
  }

  private static Put.State state(Version version, Version decidedOn, boolean keepsLease) {
    return new Put.State(
        grant(version, ENDED, "token"),
        decidedOn,
        3,
        keepsLease,
        Set.of(Stamp.SENT),
        null,
        Tries.NONE);
  }

  private static GrantRow.Stone stone(Version version, @Nullable String consent) {
    return new GrantRow.Stone(FOUND, 3, NOW, version, consent, NOW);
  }

  private static GrantRow.Unreadable unreadable(@Nullable Version version, String consent) {
    return new GrantRow.Unreadable(FOUND, 3, NOW, version, consent, null);
  }

  private static NextRow stored(Decision decision) {
    return ((Decision.Store) decision).next();
  }

  /** Returns the row to which it writes the end of its lease, if it does. */
  private static @Nullable NextRow release(Decision decision) {
    return ((Decision.Overtaken) decision).release();
  }

  static Stream<Put> puts() {
    return Stream.of(
        result(NEWER, "new"),
        state(NEWER, VERSION, false),
        new Put.Release(3, Tries.NONE),
        new Put.Lapse(Tries.NONE),
        new Put.Rewrite(Tries.NONE),
        new Put.PutBack(grant(NEWER, ACTIVE, "token"), Tries.NONE));
  }

  @ParameterizedTest
  @MethodSource("puts")
  void decide_grantIsGoneOrCannotBeRead_writesNothing(Put put) {
    assertThat(rule.decide(put, new GrantRow.Absent(NOW))).isEqualTo(new Decision.Gone());
    assertThat(rule.decide(put, stone(VERSION, "consent"))).isEqualTo(new Decision.Gone());
    assertThat(rule.decide(put, unreadable(VERSION, "consent"))).isEqualTo(new Decision.Unclear());
  }

  @ParameterizedTest
  @MethodSource("puts")
  void decide_revisionOfAnEarlierTry_isStored_ifItCanBeRead(Put put) {
    Put tried = put.with(new Tries(1, 0, null, FOUND));

    assertThat(rule.decide(tried, live(ACTIVE, null))).isEqualTo(new Decision.Stored());
    assertThat(rule.decide(tried, unreadable(VERSION, "consent")))
        .isEqualTo(new Decision.Unclear());
  }

  @Test
  void result_newer_isStoredAndEndsItsLease() {
    NextRow next = stored(rule.decide(result(NEWER, "new"), live(ACTIVE, held(3, "me"))));

    assertThat(next.version()).isEqualTo(NEWER);
    assertThat(next.lease()).isEqualTo(new LeaseChange.Clear());
    assertThat(next.stamps()).containsOnly(Stamp.TOKENS);
  }

  @ParameterizedTest
  @CsvSource({"3, other", "4, me"})
  void result_newer_leavesALeaseThatIsNotItsOwn(long number, String holder) {
    Live row = live(ACTIVE, held(number, holder));

    assertThat(stored(rule.decide(result(NEWER, "new"), row)).lease())
        .isEqualTo(new LeaseChange.Keep());
    assertThat(release(rule.decide(result(OLDER, "new"), row))).isNull();
  }

  @Test
  void result_ofTheSameVersion_isStoredIfItsTokensAre() {
    Live row = live(ACTIVE, lapsed(3, "me"));

    assertThat(rule.decide(result(VERSION, "token"), row)).isEqualTo(new Decision.Stored());
    assertThat(release(rule.decide(result(VERSION, "other"), row)))
        .satisfies(
            release ->
                assertThat(Objects.requireNonNull(release).lease())
                    .isEqualTo(new LeaseChange.Clear()));
    assertThat(rule.decide(result(OLDER, "token"), row)).isInstanceOf(Decision.Overtaken.class);
  }

  @Test
  void result_grantWasHandedOver_isOvertaken() {
    assertThat(rule.decide(result(NEWER, "new"), live(new HandedOver("c"), null)))
        .isEqualTo(new Decision.Overtaken(null));
  }

  @Test
  void result_handOverIsUnderWay_keepsTheStateAndTakesTheTokens() {
    Live row = live(new HandingOver("a"), null);
    Grant ofAnother =
        new Grant(new Version(2, 1, 0, 0, 0), "another", ACTIVE, false, tokens("new"));

    Grant same = SampleRows.grantOf(stored(rule.decide(result(NEWER, "new"), row)));
    Grant another =
        stored(rule.decide(new Put.Result(ofAnother, 3, Duration.ZERO, Tries.NONE), row)).grant();

    assertThat(same.state()).isEqualTo(new HandingOver("a"));
    assertThat(same.tokens()).isEqualTo(tokens("new"));
    assertThat(another).isSameAs(ofAnother);
  }

  @Test
  void state_newer_isStored_andKeepsItsLeaseIfItSaysSo() {
    Live row = live(ACTIVE, held(3, "me"));

    assertThat(stored(rule.decide(state(NEWER, VERSION, false), row)).lease())
        .isEqualTo(new LeaseChange.Clear());
    NextRow kept = stored(rule.decide(state(NEWER, VERSION, true), row));
    assertThat(kept.lease()).isEqualTo(new LeaseChange.Keep());
    assertThat(kept.stamps()).containsOnly(Stamp.SENT, Stamp.STATE);
  }

  @Test
  void state_ofTheSameVersion_isStoredIfStateAndTokensAre() {
    Lease own = held(3, "me");
    Put put = state(VERSION, OLDER, false);

    assertThat(rule.decide(put, live(ENDED, own))).isEqualTo(new Decision.Stored());
    assertThat(release(rule.decide(put, live(ACTIVE, own)))).isNotNull();
    assertThat(release(rule.decide(put, live(grant(VERSION, ENDED, "other"), own)))).isNotNull();
    assertThat(release(rule.decide(state(OLDER, OLDER, false), live(ENDED, own)))).isNotNull();
  }

  @Test
  void state_overOneThatIsItsOwnersAlone_hasToBeDecidedOnIt() {
    Live row = live(new HandingOver("a"), null);

    assertThat(rule.decide(state(NEWER, VERSION, false), row)).isInstanceOf(Decision.Store.class);
    assertThat(rule.decide(state(NEWER, OLDER, false), row))
        .isEqualTo(new Decision.Overtaken(null));
    assertThat(rule.decide(state(NEWER, OLDER, false), live(ACTIVE, null)))
        .isInstanceOf(Decision.Store.class);
  }

  @Test
  void release_ofItsOwnLease_endsIt_andIsDoneOtherwise() {
    Put put = new Put.Release(3, Tries.NONE);

    assertThat(stored(rule.decide(put, live(ACTIVE, held(3, "me")))).lease())
        .isEqualTo(new LeaseChange.Clear());
    assertThat(rule.decide(put, live(ACTIVE, held(3, "other")))).isEqualTo(new Decision.Stored());
    assertThat(rule.decide(put, live(ACTIVE, null))).isEqualTo(new Decision.Stored());
  }

  @Test
  void lapse_ofALeaseThatGoesOn_isOvertaken() {
    Put put = new Put.Lapse(Tries.NONE);

    assertThat(rule.decide(put, live(ACTIVE, lapsed(3, "other"))))
        .isInstanceOf(Decision.Store.class);
    assertThat(rule.decide(put, live(ACTIVE, held(3, "other"))))
        .isEqualTo(new Decision.Overtaken(null));
  }

  @Test
  void putBack_isForWhatIsOlder() {
    Put newer = new Put.PutBack(grant(NEWER, ACTIVE, "token"), Tries.NONE);
    Put same = new Put.PutBack(grant(VERSION, ACTIVE, "token"), Tries.NONE);
    Live row = live(ACTIVE, held(3, "other"));

    assertThat(stored(rule.decide(newer, row)).lease()).isEqualTo(new LeaseChange.Keep());
    assertThat(rule.decide(same, row)).isEqualTo(new Decision.Overtaken(null));
  }

  private static Put.Consent consent(Duration ago, Tries tries) {
    return new Put.Consent(
        "given",
        tokens("given"),
        traits(true, null),
        new NodeTime(CLOCK.nanos() - ago.toNanos()),
        1,
        true,
        tries);
  }

  @Test
  void consent_whereNothingIs_isNumberedByTheTimeOfItsExchange() {
    Put put = consent(Duration.ofSeconds(2), Tries.NONE);

    NextRow next = stored(rule.decide(put, new GrantRow.Absent(NOW)));

    assertThat(next.version()).isEqualTo(Version.ofConsent(NOW.millis() - 2000));
    assertThat(next.consent()).isEqualTo("given");
    assertThat(SampleRows.grantOf(next).state()).isEqualTo(ACTIVE);
  }

  @Test
  void consent_exchangedBeforeAllTime_hasTheFirstNumber() {
    Put put = consent(Duration.ofDays(200), Tries.NONE);

    assertThat(stored(rule.decide(put, new GrantRow.Absent(NOW))).version())
        .isEqualTo(Version.ofConsent(1));
  }

  @Test
  void consent_thatIsThere_isStored_orGoneIfAStoneIsLeft() {
    Put put = consent(Duration.ZERO, Tries.NONE);
    Grant there = new Grant(VERSION, "given", ACTIVE, false, tokens("given"));

    assertThat(rule.decide(put, live(there, null))).isEqualTo(new Decision.Stored());
    assertThat(rule.decide(put, stone(VERSION, "given"))).isEqualTo(new Decision.Gone());
  }

  @Test
  void consent_overWhatCannotBeRead_isUnclearIfAnEarlierTryMayHaveStoredIt() {
    Put first = consent(Duration.ZERO, Tries.NONE);
    Put again = first.with(new Tries(1, 0, null, new Revision("tried")));

    assertThat(rule.decide(again, unreadable(VERSION, "given"))).isEqualTo(new Decision.Unclear());
    assertThat(rule.decide(first, unreadable(VERSION, "given"))).isInstanceOf(Decision.Store.class);
    assertThat(rule.decide(again, unreadable(VERSION, "another")))
        .isInstanceOf(Decision.Store.class);
    assertThat(rule.decide(again, unreadable(null, "another"))).isInstanceOf(Decision.Store.class);
  }

  /** A consent's number is the millisecond of its exchange, by the store's clock. */
  @ParameterizedTest
  @CsvSource({"-5, 0", "0, 1", "1000, "})
  void consent_besideAnother_isNumberedBehindIt_unlessThatIsNewer(
      long laterMillis, @Nullable Long behind) {
    long given = NOW.millis() - 2000;
    Put put = consent(Duration.ofSeconds(2), Tries.NONE);
    long other = given + laterMillis;
    GrantRow there = stone(Version.ofConsent(other), "other");

    Decision decision = rule.decide(put, there);

    if (behind == null) {
      assertThat(decision).isEqualTo(new Decision.Overtaken(null));
    } else {
      assertThat(stored(decision).version()).isEqualTo(Version.ofConsent(given + behind));
    }
  }

  @Test
  void consent_besideOneOfTheFuture_isNumberedBehindIt() {
    Put put = consent(Duration.ofSeconds(2), Tries.NONE);
    Version future = Version.ofConsent(NOW.millis() + 1);
    Version now = Version.ofConsent(NOW.millis());

    assertThat(stored(rule.decide(put, stone(future, "other"))).version())
        .isEqualTo(Version.ofConsent(NOW.millis() + 2));
    assertThat(stored(rule.decide(put, unreadable(future, "other"))).version())
        .isEqualTo(Version.ofConsent(NOW.millis() + 2));
    assertThat(rule.decide(put, stone(now, "other"))).isEqualTo(new Decision.Overtaken(null));
  }
}
