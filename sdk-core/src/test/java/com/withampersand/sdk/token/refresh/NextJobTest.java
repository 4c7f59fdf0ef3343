package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
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
import static com.withampersand.sdk.token.refresh.SampleRows.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantRow.Times;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.Blocked;
import com.withampersand.sdk.token.refresh.GrantState.Disconnecting;
import com.withampersand.sdk.token.refresh.GrantState.HandedOver;
import com.withampersand.sdk.token.refresh.GrantState.HandingOver;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import com.withampersand.sdk.token.refresh.GrantState.NeedsConsent;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a row leads to, by who waits for it. */
class NextJobTest {
  private static final Waiter GET = Waiter.of(1, Why.GET);
  private static final Waiter REFUSED =
      new Waiter(1, Why.REFUSED, Secret.of("token"), null, null, false);
  private static final Waiter SWEEP = Waiter.of(2, Why.KEEP_ALIVE);
  private static final Waiter FORGET = Waiter.of(3, Why.FORGET);
  private static final Waiter DISCONNECT = Waiter.of(4, Why.DISCONNECT);
  private static final Waiter NOTICE = Waiter.of(0, Why.NOTICE);
  private static final Action.Fail NOT_CONNECTED =
      new Action.Fail(1, Failure.of(Failure.Kind.NOT_CONNECTED));

  private static Step found(GrantRow row, Waiter... waiters) {
    return SampleMemory.of()
        .waiters(waiters)
        .io(new Io.Reading())
        .after(new Event.Read(row, CLOCK));
  }

  private static GrantRow.Stone stone(StoreTime lookAt) {
    return new GrantRow.Stone(FOUND, 3, NOW, VERSION, "consent", lookAt);
  }

  private static Live foreign(GrantState state) {
    Live row = live(state, null);
    return with(
        row,
        row.times(),
        new GrantRow.Traits(false, true, true, null, Duration.ofSeconds(90), true, null));
  }

  private static List<Revision> written(Step step) {
    return step.actions().stream()
        .filter(Action.Write.class::isInstance)
        .map(action -> ((Action.Write) action).next().revision())
        .toList();
  }

  private static Action done(Waiter waiter, Outcome.Kind kind) {
    return new Action.Done(waiter.id(), Outcome.of(kind));
  }

  // Without a grant

  @Test
  void stone_itsTimeIsOver_isRemovedByASweep() {
    assertThat(written(found(stone(NOW), SWEEP))).containsExactly(Revision.ABSENT);
    assertThat(written(found(stone(ago(Duration.ofDays(1))), SWEEP)))
        .containsExactly(Revision.ABSENT);
  }

  @Test
  void stone_itsTimeIsNotOver_isNoGrant() {
    Step step = found(stone(ago(Duration.ofMillis(-1))), SWEEP, GET, DISCONNECT);

    assertThat(written(step)).isEmpty();
    assertThat(step.actions())
        .containsExactly(
            done(SWEEP, Outcome.Kind.ABSENT), NOT_CONNECTED, done(DISCONNECT, Outcome.Kind.ABSENT));
  }

  @Test
  void stone_noSweepAsks_isLeft() {
    Step step = found(stone(NOW), GET, FORGET);

    assertThat(written(step)).isEmpty();
    assertThat(step.actions()).containsExactly(NOT_CONNECTED, done(FORGET, Outcome.Kind.ABSENT));
  }

  @Test
  void absent_isNoGrant() {
    Step step = found(new GrantRow.Absent(NOW), SWEEP, GET);

    assertThat(step.actions()).containsExactly(done(SWEEP, Outcome.Kind.ABSENT), NOT_CONNECTED);
  }

  @Test
  void unreadable_isDeletedIfSomeoneWantsIt_elseFails() {
    GrantRow row = new GrantRow.Unreadable(FOUND, 3, NOW, VERSION, "consent", null);

    assertThat(written(found(row, FORGET))).hasSize(1);
    assertThat(found(row, GET).actions())
        .containsExactly(
            new Action.Fail(1, new Failure(Failure.Kind.UNREADABLE, null, null, true, null)));
  }

  // What every process has to know

  @Test
  void lapsed_isWrittenDownFirst() {
    Step step = found(live(new Active(), lapsed(3, "other")), GET);
    assertThat(step.memory().pending()).containsExactly(new Put.Lapse(Tries.NONE));
    assertThat(written(step)).hasSize(1);
  }

  @Test
  void outdated_isWrittenAnewUnlessSomeoneHasTheLease() {
    Put rewrite = new Put.Rewrite(Tries.NONE);

    assertThat(found(outdated(live(new Active(), null)), GET).memory().pending())
        .containsExactly(rewrite);
    assertThat(
            found(outdated(live(new HandingOver("a"), lapsed(3, "other"))), GET).memory().pending())
        .containsExactly(rewrite);
    assertThat(found(outdated(live(new Active(), held(3, "other"))), GET).memory().pending())
        .isEmpty();
  }

  /** In the same step, since no event is to come for it. */
  @Test
  void lapsed_afterWhatHadToBeStored_isWrittenDownAtOnce() {
    Step step =
        SampleMemory.of()
            .known(live(new Active(), lapsed(3, "other")))
            .pending(new Put.Release(9, Tries.NONE))
            .after(new Event.Woke());

    assertThat(step.memory().pending()).containsExactly(new Put.Lapse(Tries.NONE));
    assertThat(written(step)).hasSize(1);
  }

  @Test
  void grant_noticeIsNoLongerToBeGiven() {
    Step step = found(live(new Active(), null), NOTICE);

    assertThat(step.memory().waiters()).isEmpty();
    assertThat(step.actions()).isEmpty();
  }

  // Of someone else

  @Test
  void foreign_isDeletedOnRequestAlone() {
    assertThat(written(found(foreign(new Active()), FORGET))).hasSize(1);
    assertThat(found(foreign(new Active()), SWEEP, DISCONNECT).actions())
        .containsExactly(
            done(SWEEP, Outcome.Kind.FOREIGN),
            new Action.Fail(4, Failure.of(Failure.Kind.FOREIGN)));
  }

  @Test
  void foreign_beingHandedOver_isNotSettledHere() {
    assertThat(found(foreign(new HandingOver("attempt")), REFUSED).actions())
        .containsExactly(new Action.Fail(1, Failure.of(Failure.Kind.FOREIGN)));
  }

  // A sweep

  static Stream<Arguments> sweeps() {
    Duration day = Duration.ofDays(1);
    Duration milli = Duration.ofMillis(1);
    Duration idle = POLICY.idle();
    Duration session = POLICY.longestSession();
    Duration week = Duration.ofDays(7);
    Active active = new Active();
    NeedsConsent ended = new NeedsConsent(REFUSAL, false);
    Blocked blocked = new Blocked(REFUSAL, false, null, null);
    return Stream.of(
        arguments(active, idle, day, day, true),
        arguments(active, idle.minus(milli), day, day, false),
        arguments(InDoubt.NEW, day, day, session, true),
        arguments(InDoubt.NEW, day, day, session.minus(milli), false),
        arguments(ended, day, week.minus(milli), day, true),
        arguments(ended, day, week, day, false),
        arguments(ended, day, day, day.minus(milli), false),
        arguments(blocked, day, week, day, true),
        arguments(blocked, day, week, day.minus(milli), false),
        arguments(new Disconnecting(null), day, day, day, true),
        arguments(new HandedOver("connection"), day, day, day, false));
  }

  @ParameterizedTest
  @MethodSource("sweeps")
  void sweep_beginsWhatIsDue(
      GrantState state, Duration tokens, Duration changed, Duration sent, boolean isDue) {
    Step step = found(row(state, tokens, changed, sent, true, true), SWEEP);

    assertThat(step.actions().contains(new Action.Enter())).isEqualTo(isDue);
    assertThat(step.actions().contains(done(SWEEP, Outcome.Kind.NOT_DUE))).isEqualTo(!isDue);
  }

  static Stream<GrantState> statesThatAreRefreshed() {
    return Stream.of(
        new Active(),
        InDoubt.NEW,
        new NeedsConsent(REFUSAL, false),
        new Blocked(REFUSAL, false, null, null));
  }

  @ParameterizedTest
  @MethodSource("statesThatAreRefreshed")
  void sweep_whatCannotBeRenewed_isNeverDue(GrantState state) {
    Duration days = Duration.ofDays(2);
    Duration longAgo = Duration.ofDays(300);

    Step step = found(row(state, longAgo, days, days, false, true), SWEEP);

    assertThat(step.actions()).contains(done(SWEEP, Outcome.Kind.NOT_DUE));
    assertThat(step.memory().job()).isNull();
  }

  @Test
  void sweep_whatDoesNotEndByItself_isNotDue() {
    Duration longAgo = Duration.ofDays(300);

    Step step = found(row(new Active(), longAgo, longAgo, longAgo, true, false), SWEEP);

    assertThat(step.actions()).contains(done(SWEEP, Outcome.Kind.NOT_DUE));
  }

  /** Else each sweep would find it again. */
  @Test
  void sweep_rowIsMarkedAndNothingIsDue_isWrittenOnceMore() {
    Live row = live(new Active(), null);
    Times later =
        new Times(
            row.times().tokens(),
            row.times().state(),
            row.times().sent(),
            ago(Duration.ofMillis(-1)));

    assertThat(written(found(row, SWEEP))).hasSize(1);
    assertThat(written(found(with(row, later, row.traits()), SWEEP))).isEmpty();
    assertThat(written(found(row, GET))).isEmpty();
  }

  private static Live row(
      GrantState state,
      Duration tokens,
      Duration changed,
      Duration sent,
      boolean canRenew,
      boolean keptAlive) {
    Times times = new Times(ago(tokens), ago(changed), ago(sent), ago(Duration.ofMillis(-1)));
    return with(
        live(grant(VERSION, state, "token"), null),
        times,
        new GrantRow.Traits(true, canRenew, true, null, Duration.ofSeconds(90), keptAlive, null));
  }

  // What is due

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void handedOver_disconnectWaitsForWhoHasIt(boolean isHeld) {
    Live row = live(new HandedOver("connection"), isHeld ? held(3, "other") : null);

    Step step = found(row, DISCONNECT);

    assertThat(step.memory().pollAt() != null).isEqualTo(isHeld);
    assertThat(step.memory().job() != null).isEqualTo(!isHeld);
  }
}
