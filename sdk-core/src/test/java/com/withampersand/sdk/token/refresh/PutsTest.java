package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
import static com.withampersand.sdk.token.refresh.SampleMemory.in;
import static com.withampersand.sdk.token.refresh.SampleRows.FOUND;
import static com.withampersand.sdk.token.refresh.SampleRows.NOW;
import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.REFUSAL;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.held;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static com.withampersand.sdk.token.refresh.SampleRows.tokens;
import static com.withampersand.sdk.token.refresh.SampleRows.traits;
import static com.withampersand.sdk.token.refresh.SampleRows.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.Blocked;
import com.withampersand.sdk.token.refresh.GrantState.Disconnecting;
import com.withampersand.sdk.token.refresh.GrantState.HandedOver;
import com.withampersand.sdk.token.refresh.GrantState.HandingOver;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import com.withampersand.sdk.token.refresh.GrantState.NeedsConsent;
import com.withampersand.sdk.token.refresh.Memory.Backoff;
import com.withampersand.sdk.token.refresh.Memory.Exchange;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Kept;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of something that has to be stored, and what its end leads to. */
class PutsTest {
  private static final Grant ACTIVE = grant(VERSION, new Active(), "token");
  private static final Grant DOUBTFUL = grant(VERSION, InDoubt.NEW, "token");
  private static final Grant NEWER = grant(new Version(1, 3, 3, 3, 1), new Active(), "new");
  private static final Grant OLDER = grant(new Version(1, 1, 2, 2, 1), new Active(), "old");
  private static final Version STEPPED = new Version(1, 2, 3, 3, 2);
  private static final Tries FAILED = new Tries(1, 0, null, null);
  private static final GrantRow.Stone STONE =
      new GrantRow.Stone(FOUND, 3, NOW, VERSION, "consent", NOW);
  private static final Waiter CALL = Waiter.of(7, Why.CALL);
  private static final Waiter REFUSED =
      new Waiter(8, Why.REFUSED, Secret.of("token"), null, null, false);
  private static final Failure FAILURE =
      Failure.later(Failure.Kind.PROVIDER, null, Duration.ofSeconds(70));
  private static final Action DONE_LATE = new Action.Tell(new Notice.PendingWriteDone());

  private static Put.Result result(Grant grant, Tries tries) {
    return new Put.Result(grant, 3, Duration.ofSeconds(2), tries);
  }

  private static Put.State state(GrantState state, boolean keepsLease, @Nullable Failure failure) {
    Grant step = grant(STEPPED, state, "token");
    return new Put.State(step, VERSION, 3, keepsLease, Set.of(), failure, Tries.NONE);
  }

  private static Put.Consent consent(Tries tries) {
    return new Put.Consent(
        "later",
        tokens("consented"),
        traits(true, null),
        in(Duration.ofSeconds(-10)),
        1,
        true,
        tries);
  }

  private static Job putting(Why why) {
    return new Job(why, new Phase.Putting(), ACTIVE, 3, in(POLICY.lease()), 1, false, false);
  }

  private static SampleMemory of(GrantRow row, Put... puts) {
    return SampleMemory.of().known(row).pending(puts);
  }

  private static Step carriedOut(SampleMemory memory) {
    return memory.after(new Event.Changed());
  }

  /** Returns what follows once the write of the first put happened. */
  private static Step written(SampleMemory memory, NextRow next, Purpose purpose) {
    return memory.io(new Io.Writing(next, purpose, CLOCK)).after(new Event.Written());
  }

  private static Step stored(SampleMemory memory, Live row, Grant grant) {
    Rows rows = new Rows(POLICY, "next");
    return written(memory, rows.put(row, grant, new LeaseChange.Clear(), Set.of()), Purpose.PUT);
  }

  private static NextRow released(Live row) {
    return new Rows(POLICY, "next").released(row);
  }

  private static List<Notice> notices(Step step) {
    return step.actions().stream()
        .filter(Action.Tell.class::isInstance)
        .map(action -> ((Action.Tell) action).notice())
        .toList();
  }

  private static Backoff backoff() {
    return new Backoff(3, in(Duration.ofHours(1)), FAILURE);
  }

  private static Exchange open() {
    return new Exchange("call", ACTIVE, 3, CLOCK, in(Duration.ofMinutes(1)));
  }

  // Once more

  @Test
  void put_rowCannotBeJudged_isTriedAgainAfterItIsReadAgain() {
    GrantRow unreadable = new GrantRow.Unreadable(FOUND, 3, NOW, VERSION, "consent", null);

    Step step = carriedOut(of(unreadable, result(NEWER, Tries.NONE)));

    assertThat(step.memory().known()).isNull();
    assertThat(step.memory().pending())
        .containsExactly(result(NEWER, new Tries(1, 0, in(Duration.ofSeconds(1)), null)));
    assertThat(notices(step)).containsExactly(new Notice.PendingWrite(null));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "3, 0", "4, 1", "9, 1"})
  void changed_afterAFewConflicts_pauses(int conflicts, int seconds) {
    Put put = result(NEWER, new Tries(0, conflicts, null, null));

    Step step =
        of(live(ACTIVE, null), put)
            .io(new Io.Writing(released(live(ACTIVE, null)), Purpose.PUT, CLOCK))
            .after(new Event.Changed());

    NodeTime next = seconds == 0 ? null : in(Duration.ofSeconds(seconds));
    assertThat(step.memory().pending())
        .containsExactly(result(NEWER, new Tries(0, conflicts + 1, next, null)));
    assertThat(step.actions().contains(new Action.Read())).isEqualTo(seconds == 0);
  }

  @ParameterizedTest
  @CsvSource({"3, false", "4, true"})
  void changed_storeLosesTheSameAgainAndAgain_isAReplica(int conflicts, boolean isReplica) {
    Put put = new Put.PutBack(NEWER, new Tries(0, conflicts, null, null));

    Step step =
        of(live(ACTIVE, null), put)
            .io(new Io.Writing(released(live(ACTIVE, null)), Purpose.PUT, CLOCK))
            .after(new Event.Changed());

    assertThat(step.memory().pending().isEmpty()).isEqualTo(isReplica);
    assertThat(notices(step)).hasSize(isReplica ? 1 : 0);
    assertThat(notices(step)).allMatch(notice -> notice.toString().contains("replica"));
  }

  @ParameterizedTest
  @CsvSource({"0, 1000", "1, 2000", "2, 2500", "7, 2500"})
  void readFailed_isTriedAgainAfterALongerPause(int failures, long pause) {
    Exception cause = new Exception();
    Put put = result(NEWER, new Tries(failures, 2, null, FOUND));

    Step step =
        SampleMemory.of().pending(put).io(new Io.Reading()).after(new Event.ReadFailed(cause));

    NodeTime next = in(Duration.ofMillis(pause));
    assertThat(step.memory().pending())
        .containsExactly(result(NEWER, new Tries(failures + 1, 2, next, FOUND)));
    assertThat(notices(step).contains(new Notice.PendingWrite(cause))).isEqualTo(failures == 0);
  }

  @ParameterizedTest
  @CsvSource({"true, next", "false, before"})
  void writeFailed_remembersTheRevisionThatMayHaveBeenWritten(boolean maybe, String revision) {
    Put put = result(NEWER, new Tries(0, 0, null, new Revision("before")));

    Step step =
        of(live(ACTIVE, null), put)
            .io(new Io.Writing(released(live(ACTIVE, null)), Purpose.PUT, CLOCK))
            .after(new Event.WriteFailed(new Exception(), maybe));

    assertThat(step.memory().pending().get(0).tries().revision()).isEqualTo(new Revision(revision));
  }

  @Test
  void readFailed_whatAnyProcessCanNote_isDropped() {
    for (Put put :
        List.of(
            new Put.Lapse(Tries.NONE),
            new Put.Rewrite(Tries.NONE),
            new Put.PutBack(ACTIVE, Tries.NONE))) {
      Step step =
          SampleMemory.of()
              .pending(put)
              .io(new Io.Reading())
              .after(new Event.ReadFailed(new Exception()));

      assertThat(step.memory().pending()).isEmpty();
      assertThat(notices(step)).isEmpty();
    }
  }

  @Test
  void put_callerWasToldThatItFailed_isWithdrawn() {
    Put put = state(new Disconnecting(null), true, null).with(FAILED);

    Step step =
        carriedOut(of(live(ACTIVE, held(3, "me")), put).seen(ACTIVE).job(putting(Why.DISCONNECT)));

    assertThat(step.memory().job()).isNull();
    assertThat(step.memory().pending()).containsExactly(new Put.Release(3, Tries.NONE));
    assertThat(step.actions()).contains(DONE_LATE);
  }

  // Stored

  @ParameterizedTest
  @CsvSource({"0", "2"})
  void written_newTokens_endsWhatFailedAndServes(int failures) {
    Live row = live(DOUBTFUL, held(3, "me"));
    Put put = result(NEWER, new Tries(failures, 0, null, null));

    Step step =
        stored(
            of(row, put)
                .seen(DOUBTFUL)
                .job(putting(Why.GET))
                .backoff(backoff())
                .waiters(Waiter.of(1, Why.KEEP_ALIVE), CALL),
            row,
            NEWER);

    assertThat(step.memory().backoff()).isNull();
    assertThat(step.memory().job()).isNull();
    assertThat(step.memory().pending()).isEmpty();
    assertThat(step.actions())
        .contains(
            new Action.Done(1, Outcome.of(Outcome.Kind.REFRESHED)),
            new Action.Serve(7, NEWER.tokens()));
    assertThat(notices(step))
        .contains(
            new Notice.Recovered(), new Notice.Refreshed(NEWER.tokens(), Duration.ofSeconds(2)));
    assertThat(step.actions().contains(DONE_LATE)).isEqualTo(failures > 0);
  }

  @Test
  void written_consent_endsAllThatWasBefore() {
    Grant handed = grant(VERSION, new HandedOver("connection"), "token");
    Live row = live(handed, null);
    Grant consented = PutRule.grant("later", tokens("consented"), NOW.millis());

    Step step =
        written(
            of(row, consent(FAILED))
                .seen(handed)
                .kept(new Kept(tokens("kept"), "connection", CLOCK))
                .backoff(backoff())
                .waiters(Waiter.of(1, Why.SAVE), CALL),
            new Rows(POLICY, "next").consented(row, consented),
            Purpose.PUT);

    assertThat(step.memory().backoff()).isNull();
    assertThat(step.memory().kept()).isNull();
    assertThat(step.actions())
        .contains(
            DONE_LATE,
            new Action.Done(1, Outcome.of(Outcome.Kind.DONE)),
            new Action.Serve(7, consented.tokens()));
    assertThat(notices(step))
        .anyMatch(notice -> notice.toString().contains("connection connection"));
  }

  @Test
  void written_ofAGrantThatWasNotSeenBefore_endsThePauseAllTheSame() {
    Live row = live(DOUBTFUL, held(3, "me"));
    Grant consented = PutRule.grant("later", tokens("consented"), NOW.millis());

    Step refreshed = stored(of(row, result(NEWER, Tries.NONE)).backoff(backoff()), row, NEWER);
    Step saved =
        written(
            of(row, consent(Tries.NONE)).backoff(backoff()),
            new Rows(POLICY, "next").consented(row, consented),
            Purpose.PUT);

    assertThat(refreshed.memory().backoff()).isNull();
    assertThat(saved.memory().backoff()).isNull();
  }

  @Test
  void written_doubtThatNoJobWaitsFor_servesByIt() {
    Live row = live(ACTIVE, held(3, "me"));

    Step step =
        stored(
            of(row, state(InDoubt.NEW, false, null)).seen(ACTIVE).waiters(CALL),
            row,
            grant(STEPPED, InDoubt.NEW, "token"));

    assertThat(step.actions())
        .contains(new Action.Tell(new Notice.InDoubt()), new Action.Serve(7, ACTIVE.tokens()));
  }

  @Test
  void written_whatFailed_failsThoseWhoWaited() {
    Live row = live(ACTIVE, held(3, "me"));
    Grant doubtful = grant(STEPPED, InDoubt.NEW, "token");

    Step withoutJob =
        stored(
            of(row, state(InDoubt.NEW, false, FAILURE)).seen(ACTIVE).waiters(REFUSED),
            row,
            doubtful);
    Step withJob =
        stored(
            of(row, state(InDoubt.NEW, false, FAILURE))
                .seen(ACTIVE)
                .job(putting(Why.GET))
                .waiters(REFUSED),
            row,
            doubtful);

    assertThat(withoutJob.actions()).contains(new Action.Fail(8, FAILURE));
    assertThat(withJob.actions()).contains(new Action.Fail(8, FAILURE));
    assertThat(withJob.memory().job()).isNull();
  }

  @Test
  void written_sameStateAsBefore_isNotToldAgain() {
    Live row = live(DOUBTFUL, held(3, "me"));

    Step step =
        stored(
            of(row, state(InDoubt.NEW, false, null)).seen(DOUBTFUL),
            row,
            grant(STEPPED, InDoubt.NEW, "token"));

    assertThat(notices(step)).isEmpty();
  }

  @Test
  void written_blocked_isTold() {
    GrantState blocked = new Blocked(REFUSAL, false, null, null);
    Live row = live(ACTIVE, held(3, "me"));

    Step step =
        stored(
            of(row, state(blocked, false, null)).seen(ACTIVE),
            row,
            grant(STEPPED, blocked, "token"));

    assertThat(notices(step)).containsExactly(new Notice.Blocked(REFUSAL));
  }

  /** An answer that is still awaited may bring the tokens that the refusal is about. */
  @ParameterizedTest
  @CsvSource({"true, true, false", "true, false, true", "false, true, true"})
  void written_ended_isToldUnlessAnAnswerMayUndoIt(
      boolean isOpen, boolean rotates, boolean isTold) {
    GrantState ended = new NeedsConsent(REFUSAL, false);
    GrantRow.Traits traits =
        new GrantRow.Traits(true, true, rotates, null, Duration.ofSeconds(90), true, null);
    Live found = live(ACTIVE, held(3, "me"));
    Live row = with(found, found.times(), traits);
    SampleMemory memory = of(row, state(ended, false, null)).seen(ACTIVE);

    Step step = stored(isOpen ? memory.open(open()) : memory, row, grant(STEPPED, ended, "token"));

    assertThat(notices(step).contains(new Notice.ConsentNeeded(REFUSAL))).isEqualTo(isTold);
  }

  @Test
  void written_stepUnderTheLease_goesOnWithTheJob() {
    Live row = live(ACTIVE, held(3, "me"));
    GrantState disconnecting = new Disconnecting(null);
    GrantState handing = new HandingOver("attempt");

    Step disconnect =
        written(
            of(row, state(disconnecting, true, null)).seen(ACTIVE).job(putting(Why.DISCONNECT)),
            keeping(row, disconnecting),
            Purpose.PUT);
    Step handOver =
        written(
            of(row, state(handing, true, null)).seen(ACTIVE).job(putting(Why.HAND_OVER)),
            keeping(row, handing),
            Purpose.PUT);

    assertThat(disconnect.actions()).contains(new Action.Revoke(ACTIVE.tokens()));
    assertThat(handOver.actions())
        .contains(new Action.Import("attempt", ACTIVE.tokens(), POLICY.longestImport()));
  }

  private static NextRow keeping(Live row, GrantState state) {
    Grant step = grant(STEPPED, state, "token");
    return new Rows(POLICY, "next").put(row, step, new LeaseChange.Keep(), Set.of());
  }

  @Test
  void written_newIssuer_looksAtTheGrantWithOtherEyes() {
    Live row = live(ACTIVE, held(3, "me"));

    Step step =
        stored(
            of(row, state(new Active(), false, null))
                .seen(ACTIVE)
                .job(putting(Why.CHANGE_ISSUER))
                .waiters(Waiter.of(1, Why.CHANGE_ISSUER)),
            row,
            grant(STEPPED, new Active(), "token"));

    assertThat(step.actions()).contains(new Action.Done(1, Outcome.of(Outcome.Kind.DONE)));
    assertThat(step.memory().known()).isNull();
    assertThat(step.memory().seen()).isNull();
  }

  // Worthless

  @Test
  void put_rowIsNewer_endsItsLeaseFirst() {
    Live row = live(ACTIVE, held(3, "me"));

    Step begun = carriedOut(of(row, result(OLDER, Tries.NONE)));
    Step ended =
        written(of(row, result(OLDER, FAILED)).waiters(CALL), released(row), Purpose.RELEASE);

    assertThat(begun.memory().io())
        .isInstanceOfSatisfying(
            Io.Writing.class, writing -> assertThat(writing.purpose()).isEqualTo(Purpose.RELEASE));
    assertThat(ended.memory().pending()).isEmpty();
    assertThat(ended.actions()).contains(DONE_LATE, new Action.Serve(7, ACTIVE.tokens()));
  }

  @Test
  void put_rowIsNewer_isAdopted() {
    Step step =
        carriedOut(
            of(live(ACTIVE, null), result(OLDER, Tries.NONE))
                .seen(OLDER)
                .job(putting(Why.GET))
                .waiters(CALL));

    assertThat(step.memory().job()).isNull();
    assertThat(step.actions()).contains(new Action.Serve(7, ACTIVE.tokens()));
    assertThat(notices(step)).isEmpty();
  }

  @Test
  void put_laterConsentIsThere_isSuperseded() {
    long later = NOW.millis() - 5_000;
    Grant there = grant(Version.ofConsent(later), new Active(), "later");

    Step step =
        carriedOut(of(live(there, null), consent(FAILED)).waiters(Waiter.of(1, Why.SAVE), CALL));

    assertThat(step.actions())
        .contains(
            DONE_LATE,
            new Action.Done(1, Outcome.of(Outcome.Kind.SUPERSEDED)),
            new Action.Serve(7, there.tokens()));
    assertThat(notices(step)).contains(new Notice.Superseded(tokens("consented")));
  }

  @Test
  void put_newTokensOfAGrantThatWasHandedOver_areDroppedWithAWarning() {
    Grant handed = grant(VERSION, new HandedOver("connection"), "token");

    Step tokens = carriedOut(of(live(handed, null), result(NEWER, Tries.NONE)));
    Step state = carriedOut(of(live(handed, null), state(InDoubt.NEW, false, null).with(FAILED)));

    assertThat(tokens.memory().pending()).isEmpty();
    assertThat(notices(tokens)).anyMatch(notice -> notice.toString().contains("handed over"));
    assertThat(notices(state)).noneMatch(notice -> notice.toString().contains("handed over"));
  }

  @Test
  void put_grantIsDeleted_endsNewTokensAtTheProvider() {
    Step step =
        carriedOut(
            of(STONE, result(NEWER, FAILED)).seen(ACTIVE).job(putting(Why.GET)).waiters(CALL));

    assertThat(step.actions())
        .contains(
            DONE_LATE,
            new Action.Discard(NEWER.tokens()),
            new Action.Fail(7, Failure.of(Failure.Kind.NOT_CONNECTED)));
    assertThat(step.memory().seen()).isNull();
    assertThat(step.memory().job()).isNull();
  }

  @Test
  void put_itsOwnConsentIsDeleted_isSuperseded() {
    GrantRow.Stone stone = new GrantRow.Stone(FOUND, 3, NOW, VERSION, "later", NOW);

    Step step = carriedOut(of(stone, consent(Tries.NONE)).waiters(Waiter.of(1, Why.SAVE)));

    assertThat(step.actions()).contains(new Action.Done(1, Outcome.of(Outcome.Kind.SUPERSEDED)));
    assertThat(step.actions()).doesNotContain(DONE_LATE);
  }
}
