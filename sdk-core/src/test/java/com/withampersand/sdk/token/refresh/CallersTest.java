package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
import static com.withampersand.sdk.token.refresh.SampleMemory.in;
import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.REFUSAL;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static com.withampersand.sdk.token.refresh.SampleRows.tokens;
import static com.withampersand.sdk.token.refresh.SampleRows.traits;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.HandedOver;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import com.withampersand.sdk.token.refresh.GrantState.NeedsConsent;
import com.withampersand.sdk.token.refresh.Memory.Backoff;
import com.withampersand.sdk.token.refresh.Memory.Exchange;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Kept;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Seen;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of those who come and leave, before anything is read. */
class CallersTest {
  private static final Grant ACTIVE = grant(VERSION, new Active(), "token");
  private static final Grant DOUBTFUL = grant(VERSION, InDoubt.NEW, "token");
  private static final Grant HANDED = grant(VERSION, new HandedOver("connection"), "token");
  private static final Grant ENDED = grant(VERSION, new NeedsConsent(REFUSAL, true), "token");
  private static final Waiter CALL = Waiter.of(1, Why.CALL);
  private static final Waiter GET = Waiter.of(1, Why.GET);
  private static final Waiter ORDERED = Waiter.of(1, Why.ORDERED);
  private static final Waiter REFUSED =
      new Waiter(1, Why.REFUSED, Secret.of("token"), null, null, false);
  private static final Action SERVED = new Action.Serve(1, ACTIVE.tokens());
  private static final Failure FAILURE =
      Failure.later(Failure.Kind.PROVIDER, null, Duration.ofSeconds(9));
  private static final Backoff PAUSE = new Backoff(1, in(Duration.ofSeconds(9)), FAILURE);

  private static Event wanted(Waiter waiter) {
    return new Event.Wanted(waiter);
  }

  private static Job job(Why why, Phase phase, Grant grant) {
    return new Job(why, phase, grant, 3, in(POLICY.lease()), 0, false, true);
  }

  private static Job sent() {
    return job(Why.GET, new Phase.Sent("call", CLOCK), ACTIVE);
  }

  private static Put.Result unsaved(int failures) {
    Grant newer = grant(new Version(1, 3, 3, 3, 1), new Active(), "new");
    NodeTime next = failures == 0 ? null : in(Duration.ofSeconds(2));
    return new Put.Result(newer, 3, Duration.ZERO, new Tries(failures, 0, next, null));
  }

  /** Returns what was seen of a grant so long ago, when its tokens were as old as that. */
  private static SampleMemory seen(Grant grant, Duration tokensAge, Duration ago) {
    return SampleMemory.of()
        .seen(new Seen(grant, traits(true, null), tokensAge, in(ago.negated())));
  }

  private static SampleMemory young(Grant grant) {
    return seen(grant, Duration.ZERO, Duration.ZERO);
  }

  private static SampleMemory old(Grant grant) {
    return seen(grant, Duration.ZERO, Duration.ofMinutes(1));
  }

  // From memory

  @ParameterizedTest
  @CsvSource({"0, true", "4999, true", "5000, false"})
  void wanted_whatWasSeenJustNow_isServedWithoutARead(long ago, boolean isServed) {
    Step step = seen(ACTIVE, Duration.ZERO, Duration.ofMillis(ago)).after(wanted(CALL));

    assertThat(step.actions()).containsExactly(isServed ? SERVED : new Action.Read());
  }

  /** Nothing is looked up for one who is answered, served or not, though others wait. */
  @Test
  void wanted_isAnswered_hasNothingReadForOthers() {
    Waiter other = Waiter.of(2, Why.KEEP_ALIVE);
    Kept kept = new Kept(tokens("kept"), "connection", CLOCK);

    assertThat(young(ACTIVE).waiters(other).after(wanted(CALL)).actions()).containsExactly(SERVED);
    assertThat(young(ACTIVE).backoff(PAUSE).waiters(other).after(wanted(REFUSED)).actions())
        .containsExactly(new Action.Fail(1, FAILURE));
    assertThat(young(ENDED).waiters(other).after(wanted(ORDERED)).actions())
        .containsExactly(new Action.Read());
    assertThat(young(ENDED).waiters(other).after(wanted(CALL)).actions())
        .containsExactly(new Action.Fail(1, Failure.of(REFUSAL, false, null)));
    assertThat(young(HANDED).kept(kept).waiters(other).after(wanted(CALL)).actions())
        .containsExactly(new Action.Serve(1, tokens("kept")));
    assertThat(SampleMemory.of().away(PAUSE).waiters(other).after(wanted(CALL)).actions())
        .containsExactly(new Action.Fail(1, FAILURE));
    assertThat(old(ACTIVE).away(PAUSE).waiters(other).after(wanted(CALL)).actions())
        .containsExactly(SERVED);
  }

  @Test
  void wanted_nothingWasSeen_isRead() {
    assertThat(SampleMemory.of().after(wanted(CALL)).actions()).containsExactly(new Action.Read());
  }

  @Test
  void wanted_disconnect_isNeverAnsweredFromMemory() {
    assertThat(young(ACTIVE).after(wanted(Waiter.of(1, Why.DISCONNECT))).actions())
        .containsExactly(new Action.Read());
  }

  @Test
  void wanted_somethingIsUnderWay_isServedByWhatIsThere() {
    assertThat(old(ACTIVE).io(new Io.Reading()).after(wanted(CALL)).actions())
        .containsExactly(SERVED);
    assertThat(old(ACTIVE).job(sent()).after(wanted(CALL)).actions()).contains(SERVED);
  }

  @Test
  void wanted_storeIsAway_isServedByWhatIsThereOrFails() {
    Step served = old(ACTIVE).away(PAUSE).after(wanted(CALL));
    Step refused = old(ACTIVE).away(PAUSE).after(wanted(REFUSED));
    Step unknown = SampleMemory.of().away(PAUSE).after(wanted(CALL));
    Step reading = SampleMemory.of().away(PAUSE).io(new Io.Reading()).after(wanted(CALL));

    assertThat(served.actions()).containsExactly(SERVED);
    assertThat(refused.actions()).containsExactly(new Action.Fail(1, FAILURE));
    assertThat(unknown.actions()).containsExactly(new Action.Fail(1, FAILURE));
    assertThat(reading.actions()).isEmpty();
  }

  /** A token that is only estimated to be over is better than a store that is away. */
  @Test
  void wanted_storeIsAwayAndTheTokenMayBeOver_isServedUnlessItIsOrdered() {
    SampleMemory memory = seen(ACTIVE, Duration.ofHours(1), Duration.ofMinutes(1)).away(PAUSE);

    assertThat(memory.after(wanted(GET)).actions()).containsExactly(SERVED);
    assertThat(memory.after(wanted(ORDERED)).actions())
        .containsExactly(new Action.Fail(1, FAILURE));
  }

  @Test
  void wanted_tokensThatAreSoonOver_areServedAndRefreshed() {
    Duration stale = Duration.ofMinutes(27);

    Step step = seen(ACTIVE, stale, Duration.ZERO).after(wanted(CALL));
    Step paused = seen(ACTIVE, stale, Duration.ZERO).backoff(PAUSE).after(wanted(CALL));
    Step busy = seen(ACTIVE, stale, Duration.ZERO).job(sent()).after(wanted(CALL));
    Step twice =
        seen(ACTIVE, stale, Duration.ZERO)
            .io(new Io.Reading())
            .waiters(Waiter.of(0, Why.EARLY))
            .after(wanted(CALL));

    assertThat(step.actions()).containsExactly(SERVED, new Action.Read());
    assertThat(step.memory().waiters()).containsExactly(Waiter.of(0, Why.EARLY));
    assertThat(paused.actions()).containsExactly(SERVED);
    assertThat(paused.memory().waiters()).isEmpty();
    assertThat(busy.memory().waiters()).isEmpty();
    assertThat(twice.memory().waiters()).containsExactly(Waiter.of(0, Why.EARLY));
  }

  @Test
  void wanted_inDoubt_remembersToTryAgain() {
    assertThat(young(DOUBTFUL).after(wanted(CALL)).memory().retryAt())
        .isEqualTo(in(POLICY.carefulWait()));
    assertThat(young(ACTIVE).after(wanted(CALL)).memory().retryAt()).isNull();
  }

  @Test
  void wanted_refreshFailedJustNow_failsAtOnceUnlessItIsOrdered() {
    Exchange open = new Exchange("call", ACTIVE, 3, CLOCK, in(Duration.ofMinutes(1)));

    assertThat(young(ACTIVE).backoff(PAUSE).after(wanted(REFUSED)).actions())
        .containsExactly(new Action.Fail(1, FAILURE));
    assertThat(young(ACTIVE).backoff(PAUSE).after(wanted(ORDERED)).actions())
        .containsExactly(new Action.Read());
    assertThat(young(ACTIVE).backoff(PAUSE).job(sent()).after(wanted(REFUSED)).memory().waiters())
        .containsExactly(REFUSED);
    assertThat(young(ACTIVE).backoff(PAUSE).open(open).after(wanted(REFUSED)).memory().waiters())
        .containsExactly(REFUSED);
    assertThat(old(ACTIVE).backoff(PAUSE).after(wanted(REFUSED)).actions())
        .containsExactly(new Action.Read());
  }

  @Test
  void wanted_handedOver_isServedByWhatTheRecipientHandedOut() {
    Kept kept = new Kept(tokens("kept"), "connection", CLOCK);

    assertThat(young(HANDED).kept(kept).after(wanted(CALL)).actions())
        .containsExactly(new Action.Serve(1, tokens("kept")));
    assertThat(young(HANDED).after(wanted(CALL)).actions()).containsExactly(new Action.Read());
  }

  // What the store did not take

  @Test
  void wanted_newTokensAreNotStoredYet_areServed() {
    Step step = young(ACTIVE).pending(unsaved(1)).after(wanted(CALL));
    assertThat(step.actions())
        .contains(new Action.Serve(1, unsaved(1).grant().tokens()))
        .doesNotContain(SERVED);
  }

  @Test
  void wanted_whatIsNotStoredWillNotDo_failsUntilItIsStored() {
    Waiter refused = new Waiter(1, Why.REFUSED, Secret.of("new"), null, null, false);

    Step step = young(ACTIVE).pending(unsaved(1)).after(wanted(refused));
    Step disconnect = young(ACTIVE).pending(unsaved(1)).after(wanted(Waiter.of(1, Why.DISCONNECT)));

    assertThat(step.actions())
        .contains(
            new Action.Fail(1, Failure.later(Failure.Kind.STORE, null, Duration.ofSeconds(2))));
    assertThat(disconnect.memory().waiters()).hasSize(1);
  }

  @Test
  void wanted_newTokensAreAboutToBeStored_areWaitedFor() {
    Step step = old(ACTIVE).pending(unsaved(0)).after(wanted(REFUSED));
    assertThat(step.memory().waiters()).containsExactly(REFUSED);
  }

  // Who joins

  @Test
  void ordered_whileARefreshIsUnderWay_getsItsTokens() {
    assertThat(young(ACTIVE).job(sent()).after(wanted(ORDERED)).memory().waiters())
        .containsExactly(ORDERED.from(VERSION));
    assertThat(SampleMemory.of().job(sent()).after(wanted(ORDERED)).memory().waiters())
        .containsExactly(ORDERED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Why.class,
      names = {"DISCONNECT", "FORGET"})
  void deletion_whileAnotherIsUnderWay_remembersWhatThatDeletes(Why why) {
    Waiter waiter = Waiter.of(1, why);
    Job disconnect = job(Why.DISCONNECT, new Phase.Revoking(), ACTIVE);

    assertThat(young(ACTIVE).job(disconnect).after(wanted(waiter)).memory().waiters())
        .containsExactly(waiter.from(VERSION));
    assertThat(young(ACTIVE).job(sent()).after(wanted(waiter)).memory().waiters())
        .containsExactly(waiter);
    assertThat(young(ACTIVE).job(disconnect).after(wanted(REFUSED)).memory().waiters())
        .containsExactly(REFUSED);
  }

  @Test
  void swept_somethingIsUnderWay_waits() {
    Waiter sweep = Waiter.of(1, Why.KEEP_ALIVE);
    Event swept = new Event.Swept(sweep, live(ACTIVE, null));

    assertThat(SampleMemory.of().io(new Io.Reading()).after(swept).memory().waiters())
        .containsExactly(sweep);
    assertThat(SampleMemory.of().after(swept).actions())
        .contains(new Action.Done(1, Outcome.of(Outcome.Kind.NOT_DUE)));
  }

  @Test
  void woke_inDoubt_triesAgain() {
    Step step = young(DOUBTFUL).retryAt(CLOCK).after(new Event.Woke());
    Step early = young(DOUBTFUL).retryAt(in(Duration.ofMillis(1))).after(new Event.Woke());

    assertThat(step.memory().waiters()).containsExactly(Waiter.of(0, Why.CAREFUL));
    assertThat(step.memory().retryAt()).isNull();
    assertThat(step.actions()).containsExactly(new Action.Read());
    assertThat(early.memory().waiters()).isEmpty();
  }

  // Who leaves

  private static Failure told(SampleMemory memory) {
    Step step = memory.waiters(REFUSED).after(new Event.WaiterLeft(1, true));
    assertThat(step.memory().waiters()).isEmpty();
    return step.actions().stream()
        .filter(Action.Fail.class::isInstance)
        .map(action -> ((Action.Fail) action).failure())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void left_isToldWhatTookSoLong() {
    Exchange open = new Exchange("call", DOUBTFUL, 3, CLOCK, in(Duration.ofMinutes(1)));
    Duration second = Duration.ofSeconds(1);

    assertThat(told(young(ACTIVE).pending(unsaved(1))))
        .isEqualTo(Failure.later(Failure.Kind.STORE, null, Duration.ofSeconds(2)));
    assertThat(told(young(DOUBTFUL).open(open)))
        .isEqualTo(Failure.later(Failure.Kind.DOUBT, null, Duration.ofSeconds(70)));
    assertThat(told(young(ACTIVE).job(sent())))
        .isEqualTo(Failure.later(Failure.Kind.PROVIDER, null, second));
    assertThat(told(young(ACTIVE).io(new Io.Reading())))
        .isEqualTo(Failure.later(Failure.Kind.STORE, null, second));
    assertThat(told(young(ACTIVE))).isEqualTo(Failure.later(Failure.Kind.BUSY, null, second));
  }

  @Test
  void left_wasInterrupted_isNotTold() {
    Step step =
        young(ACTIVE)
            .waiters(REFUSED, Waiter.of(2, Why.CALL))
            .io(new Io.Reading())
            .after(new Event.WaiterLeft(1, false));

    assertThat(step.actions()).isEmpty();
    assertThat(step.memory().waiters()).containsExactly(Waiter.of(2, Why.CALL));
  }
}
