package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
import static com.withampersand.sdk.token.refresh.SampleMemory.in;
import static com.withampersand.sdk.token.refresh.SampleRows.FOUND;
import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.REFUSAL;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.ago;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static com.withampersand.sdk.token.refresh.SampleRows.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantRow.Times;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.Blocked;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import com.withampersand.sdk.token.refresh.GrantState.NeedsConsent;
import com.withampersand.sdk.token.refresh.Memory.Backoff;
import com.withampersand.sdk.token.refresh.Memory.Exchange;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import com.withampersand.sdk.token.refresh.Memory.Put;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a grant is refreshed, and what is done under the lease. */
class RenewalsTest {
  private static final Active ACTIVE = new Active();
  private static final NeedsConsent ENDED = new NeedsConsent(REFUSAL, false);
  private static final Blocked BLOCKED = new Blocked(REFUSAL, false, null, null);
  private static final Waiter REFUSED =
      new Waiter(1, Why.REFUSED, Secret.of("token"), null, null, false);
  private static final Waiter ORDERED = Waiter.of(1, Why.ORDERED);
  private static final Waiter HAND_OVER = Waiter.of(2, Why.HAND_OVER);
  private static final Waiter MOVE =
      new Waiter(3, Why.CHANGE_ISSUER, null, null, URI.create("https://new.example"), false);
  private static final Duration DAY = Duration.ofDays(1);

  private static Live row(
      GrantState state,
      Duration tokens,
      Duration sent,
      boolean rotates,
      @Nullable NodeTime closed) {
    Live found = live(state, null);
    Times times = new Times(ago(tokens), ago(DAY), ago(sent), ago(Duration.ofMillis(-1)));
    return with(
        found,
        times,
        new GrantRow.Traits(true, true, rotates, null, Duration.ofSeconds(90), true, closed));
  }

  private static Live row(GrantState state) {
    return row(state, DAY, DAY, true, null);
  }

  private static Step found(SampleMemory memory, Live row) {
    return memory.io(new Io.Reading()).after(new Event.Read(row, CLOCK));
  }

  private static Step found(Live row, Waiter... waiters) {
    return found(SampleMemory.of().waiters(waiters), row);
  }

  private static @Nullable Why begun(Step step) {
    Job job = step.memory().job();
    return job == null ? null : job.why();
  }

  private static Exchange open() {
    Grant grant = grant(VERSION, InDoubt.NEW, "token");
    return new Exchange("call", grant, 3, CLOCK, in(Duration.ofMinutes(1)));
  }

  // What is begun

  @Test
  void begin_whatIsNeeded() {
    assertThat(begun(found(row(ACTIVE), REFUSED))).isEqualTo(Why.GET);
    assertThat(begun(found(row(ACTIVE), HAND_OVER))).isEqualTo(Why.HAND_OVER);
    assertThat(begun(found(row(ACTIVE), MOVE))).isEqualTo(Why.CHANGE_ISSUER);
    assertThat(begun(found(row(ENDED), REFUSED))).isEqualTo(Why.REFUSED);
    assertThat(begun(found(row(InDoubt.NEW), HAND_OVER))).isEqualTo(Why.GET);
    assertThat(begun(found(row(ACTIVE), Waiter.of(4, Why.SAVE)))).isNull();
  }

  @Test
  void begin_nothingIsBeingHandedOver_thatCouldBeTakenBack() {
    assertThat(found(row(ACTIVE), Waiter.of(4, Why.TAKE_BACK)).actions())
        .containsExactly(new Action.Fail(4, Failure.of(Failure.Kind.NOT_HANDING_OVER)));
  }

  @Test
  void handOver_anAnswerIsStillAwaited_waits() {
    Step step = found(SampleMemory.of().waiters(HAND_OVER).open(open()), row(ACTIVE));

    assertThat(begun(step)).isNotEqualTo(Why.HAND_OVER);
    assertThat(step.actions())
        .contains(
            new Action.Fail(2, Failure.later(Failure.Kind.DOUBT, null, POLICY.carefulWait())));
  }

  @Test
  void handOver_ofWhatCannotBeRefreshed_fails() {
    assertThat(found(row(ENDED), HAND_OVER).actions())
        .containsExactly(new Action.Fail(2, Failure.of(REFUSAL, false, null)));
    assertThat(found(row(BLOCKED), HAND_OVER).actions())
        .containsExactly(new Action.Fail(2, Failure.of(REFUSAL, true, POLICY.carefulWait())));
  }

  // When

  @Test
  void begin_providerFailedJustNow_isLeftAloneUnlessItIsOrdered() {
    Failure failed = Failure.later(Failure.Kind.PROVIDER, null, Duration.ofSeconds(9));
    Backoff pause = new Backoff(1, in(Duration.ofSeconds(9)), failed);

    Step refused = found(SampleMemory.of().waiters(REFUSED).backoff(pause), row(ACTIVE));
    Step ordered = found(SampleMemory.of().waiters(ORDERED).backoff(pause), row(ACTIVE));
    Step moved = found(SampleMemory.of().waiters(MOVE).backoff(pause), row(ACTIVE));

    assertThat(refused.actions()).containsExactly(new Action.Fail(1, failed));
    assertThat(begun(ordered)).isEqualTo(Why.GET);
    assertThat(begun(moved)).isEqualTo(Why.CHANGE_ISSUER);
  }

  @ParameterizedTest
  @CsvSource({"1, false", "0, true"})
  void begin_hostIsLeftAlone_waits(long seconds, boolean isBegun) {
    NodeTime closed = in(Duration.ofSeconds(seconds));

    Step step = found(row(ACTIVE, DAY, DAY, true, closed), REFUSED);

    assertThat(begun(step) != null).isEqualTo(isBegun);
    assertThat(
            step.actions()
                .contains(
                    new Action.Fail(
                        1,
                        Failure.later(Failure.Kind.PROVIDER, null, Duration.ofSeconds(seconds)))))
        .isEqualTo(!isBegun);
  }

  /** The careful wait is a minute. */
  @ParameterizedTest
  @CsvSource({"60000, true, true", "59999, true, false", "59999, false, true"})
  void begin_inDoubt_waitsCarefullyIfItRotates(long sent, boolean rotates, boolean isBegun) {
    Step step = found(row(InDoubt.NEW, DAY, Duration.ofMillis(sent), rotates, null), REFUSED);

    assertThat(begun(step) != null).isEqualTo(isBegun);
    if (!isBegun) {
      assertThat(step.memory().retryAt()).isEqualTo(in(Duration.ofMillis(1)));
      assertThat(step.actions())
          .contains(
              new Action.Fail(
                  1, Failure.later(Failure.Kind.DOUBT, null, POLICY.announce().plusMillis(1))));
    }
  }

  @Test
  void begin_inDoubtWhileAnAnswerIsAwaited_waitsForIt() {
    Step step =
        found(
            SampleMemory.of().waiters(REFUSED).open(open()),
            row(InDoubt.NEW, DAY, Duration.ZERO, true, null));

    assertThat(step.memory().waiters()).contains(REFUSED);
    assertThat(begun(step)).isNull();
  }

  @Test
  void begin_blockedJustNow_failsWithoutATryOfItsOwn() {
    Step step = found(row(BLOCKED, DAY, Duration.ZERO, true, null), REFUSED);

    assertThat(step.memory().retryAt()).isNull();
    assertThat(step.actions())
        .containsExactly(
            new Action.Fail(
                1, Failure.of(REFUSAL, true, POLICY.carefulWait().plus(POLICY.announce()))));
  }

  /** A token that is refused right after it was obtained brings no other for half a minute. */
  @ParameterizedTest
  @CsvSource({"29999, false", "30000, true"})
  void begin_tokensAreNew_isTriedLater(long age, boolean isBegun) {
    Step step = found(row(ACTIVE, Duration.ofMillis(age), DAY, true, null), REFUSED);

    assertThat(begun(step) != null).isEqualTo(isBegun);
    assertThat(
            step.actions()
                .contains(
                    new Action.Fail(
                        1, Failure.later(Failure.Kind.PROVIDER, null, Duration.ofMillis(1)))))
        .isEqualTo(!isBegun);
  }

  @Test
  void begin_tokensAreThoseOfAConsent_orARefreshIsOrdered_isNotHeldUp() {
    Live row = row(ACTIVE, Duration.ZERO, DAY, true, null);
    Live consented = live(grant(Version.ofConsent(1), ACTIVE, "token"), null);
    Live first = with(consented, row.times(), row.traits());

    assertThat(begun(found(first, REFUSED))).isEqualTo(Why.GET);
    assertThat(begun(found(row, ORDERED))).isEqualTo(Why.GET);
    assertThat(begun(found(row, REFUSED, MOVE))).isEqualTo(Why.CHANGE_ISSUER);
  }

  // Under the lease

  private static Step acquired(Why why, Live row, Duration writing, Waiter... waiters) {
    NextRow next = new Rows(POLICY, "next").acquired(row);
    Phase phase = new Phase.Acquiring(new Revision("next"), FOUND, CLOCK);
    return SampleMemory.of()
        .known(row)
        .seen(row.grant())
        .job(new Job(why, phase, row.grant(), 4, CLOCK, 0, false, true))
        .waiters(waiters)
        .io(new Io.Writing(next, Purpose.JOB, in(writing.negated())))
        .after(new Event.Written());
  }

  private static boolean isSent(Step step) {
    return step.actions().stream().anyMatch(Action.Send.class::isInstance);
  }

  /** A request needs 10 of the 30 seconds of a lease, and what it brings 5. */
  @ParameterizedTest
  @CsvSource({"14999, true", "15000, false"})
  void acquired_isSentOnlyIfThereIsTimeForWhatItBrings(long writing, boolean isSent) {
    Step step = acquired(Why.GET, row(ACTIVE), Duration.ofMillis(writing), REFUSED);

    assertThat(isSent(step)).isEqualTo(isSent);
    assertThat(step.memory().job() != null).isEqualTo(isSent);
  }

  @Test
  void acquired_inDoubt_isAnnouncedIfItRotates() {
    Live doubtful = row(InDoubt.NEW);
    Live notRotating = row(InDoubt.NEW, DAY, DAY, false, null);

    Step announced = acquired(Why.GET, doubtful, Duration.ZERO, REFUSED);

    assertThat(Objects.requireNonNull(announced.memory().job()).phase())
        .isEqualTo(Phase.Announced.at(CLOCK));
    assertThat(announced.actions()).contains(new Action.Leave());
    assertThat(isSent(acquired(Why.GET, notRotating, Duration.ZERO, REFUSED))).isTrue();
  }

  @Test
  void acquired_toNoteARefusal_storesItWithoutARequest() {
    Step step = acquired(Why.REFUSED, row(ENDED), Duration.ZERO, REFUSED);

    Put.State put = (Put.State) step.memory().pending().get(0);
    assertThat(put.grant().state()).isEqualTo(new NeedsConsent(REFUSAL, true));
    assertThat(put.failure()).isEqualTo(Failure.of(REFUSAL, false, null));
    assertThat(isSent(step)).isFalse();
  }

  @Test
  void acquired_toNoteARefusal_ofAGrantThatLivesAgain_isARefresh() {
    assertThat(isSent(acquired(Why.REFUSED, row(ACTIVE), Duration.ZERO, REFUSED))).isTrue();
  }

  @Test
  void acquired_newIssuer_isStoredAndClearsWhatTheOldOneSaid() {
    Step active = acquired(Why.CHANGE_ISSUER, row(ACTIVE), Duration.ZERO, MOVE);
    Step ended =
        acquired(Why.CHANGE_ISSUER, row(ENDED, DAY, DAY, false, null), Duration.ZERO, MOVE);

    assertThat(put(active).state()).isEqualTo(ACTIVE);
    assertThat(put(ended).state()).isEqualTo(InDoubt.NEW);
    assertThat(put(active).tokens().issuer()).contains(URI.create("https://new.example"));
    assertThat(put(ended).tokens().issuer()).contains(URI.create("https://new.example"));
  }

  private static Grant put(Step step) {
    return ((Put.State) step.memory().pending().get(0)).grant();
  }

  @Test
  void acquired_newIssuerIsNoLongerWanted_isGivenUp() {
    Step step = acquired(Why.CHANGE_ISSUER, row(ACTIVE), Duration.ZERO);

    assertThat(step.memory().job()).isNull();
    assertThat(step.memory().pending()).hasOnlyElementsOfType(Put.Release.class);
  }
}
