package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
import static com.withampersand.sdk.token.refresh.SampleMemory.in;
import static com.withampersand.sdk.token.refresh.SampleRows.FOUND;
import static com.withampersand.sdk.token.refresh.SampleRows.NOW;
import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.held;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.Disconnecting;
import com.withampersand.sdk.token.refresh.GrantState.HandedOver;
import com.withampersand.sdk.token.refresh.Memory.Backoff;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How a grant ends on request. */
class DisconnectsTest {
  private static final Grant ACTIVE = grant(VERSION, new Active(), "token");
  private static final Grant GOING = grant(VERSION, new Disconnecting(null), "token");
  private static final Grant RETURNING = grant(VERSION, new Disconnecting("connection"), "token");
  private static final Waiter DISCONNECT = Waiter.of(1, Why.DISCONNECT);
  private static final Waiter FORGET = Waiter.of(2, Why.FORGET);
  private static final Waiter CALL = Waiter.of(3, Why.CALL);
  private static final Action DONE = new Action.Done(1, Outcome.of(Outcome.Kind.DONE));

  private final Exception cause = new Exception("cause");

  private static Job job(Why why, Phase phase, @Nullable Grant grant, boolean force) {
    return new Job(why, phase, grant, 3, in(POLICY.lease()), 1, force, true);
  }

  private static SampleMemory of(Grant there, Job working, Waiter... waiters) {
    return SampleMemory.of()
        .known(live(there, held(3, "me")))
        .seen(there)
        .job(working)
        .waiters(waiters);
  }

  private static SampleMemory revoking(boolean force) {
    return of(GOING, job(Why.DISCONNECT, new Phase.Revoking(), GOING, force), DISCONNECT, CALL);
  }

  private static SampleMemory deletingConnection(boolean force) {
    Job working = job(Why.DISCONNECT, new Phase.DeletingConnection(), RETURNING, force);
    return of(RETURNING, working, DISCONNECT);
  }

  private static Phase phase(Step step) {
    return Objects.requireNonNull(step.memory().job()).phase();
  }

  private static boolean leavesAStone(Step step) {
    return step.actions().stream()
        .anyMatch(action -> action instanceof Action.Write write && write.next().grant() == null);
  }

  // The lease is there

  private static Step acquired(Grant grant) {
    Phase phase = new Phase.Acquiring(new Revision("next"), FOUND, CLOCK);
    NextRow next = new Rows(POLICY, "next").acquired(live(grant, null));
    return SampleMemory.of()
        .known(live(grant, null))
        .seen(grant)
        .job(new Job(Why.DISCONNECT, phase, grant, 4, in(POLICY.lease()), 0, false, true))
        .io(new Io.Writing(next, Purpose.JOB, CLOCK))
        .after(new Event.Written());
  }

  private static GrantState put(Step step) {
    Put.State state = (Put.State) step.memory().pending().get(0);
    assertThat(state.keepsLease()).isTrue();
    return state.grant().state();
  }

  @Test
  void acquired_itIsStoredFirstThatTheGrantGoes() {
    assertThat(put(acquired(ACTIVE))).isEqualTo(new Disconnecting(null));
    assertThat(put(acquired(grant(VERSION, new HandedOver("connection"), "token"))))
        .isEqualTo(new Disconnecting("connection"));
  }

  @Test
  void acquired_thatIsStoredAlready_isRevokedAtOnce() {
    assertThat(acquired(GOING).actions()).contains(new Action.Revoke(GOING.tokens()));
    assertThat(acquired(RETURNING).actions())
        .contains(new Action.DeleteConnection("connection"))
        .noneMatch(Action.Revoke.class::isInstance);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void begin_remembersWhetherItIsForced(boolean force) {
    Waiter waiter = new Waiter(1, Why.DISCONNECT, null, null, null, force);

    Step step =
        SampleMemory.of()
            .io(new Io.Reading())
            .waiters(waiter)
            .after(new Event.Read(live(ACTIVE, null), CLOCK));

    assertThat(Objects.requireNonNull(step.memory().job()).force()).isEqualTo(force);
  }

  // Revoking

  @Test
  void revoked_theRowIsDeleted() {
    assertThat(leavesAStone(revoking(false).after(new Event.Revoked()))).isTrue();
    assertThat(leavesAStone(deletingConnection(false).after(new Event.ConnectionDeleted())))
        .isTrue();
  }

  @Test
  void revoked_noOneAsked_isIgnored() {
    for (Event late :
        List.of(
            new Event.Revoked(),
            new Event.RevokeFailed(cause),
            new Event.ConnectionDeleted(),
            new Event.ConnectionDeleteFailed(cause))) {
      assertThat(SampleMemory.of().after(late).memory()).isEqualTo(Memory.EMPTY);
    }
    Job sent = job(Why.GET, new Phase.Sent("call", CLOCK), ACTIVE, false);
    assertThat(phase(of(ACTIVE, sent).after(new Event.Revoked()))).isEqualTo(sent.phase());
    assertThat(phase(of(ACTIVE, sent).after(new Event.ConnectionDeleted())))
        .isEqualTo(sent.phase());
    assertThat(phase(of(ACTIVE, sent).after(new Event.RevokeFailed(cause))))
        .isEqualTo(sent.phase());
  }

  @Test
  void failed_deletesNothing_unlessItIsForced() {
    for (SampleMemory memory : List.of(revoking(false), deletingConnection(false))) {
      Waiter save = Waiter.of(4, Why.SAVE);
      Step step = memory.waiters(DISCONNECT, CALL, save).after(new Event.RevokeFailed(cause));

      Failure failure = Failure.later(Failure.Kind.PROVIDER, cause, Duration.ofSeconds(1));
      assertThat(leavesAStone(step)).isFalse();
      assertThat(step.memory().job()).isNull();
      assertThat(step.memory().pending()).containsExactly(new Put.Release(3, Tries.NONE));
      assertThat(step.actions()).contains(new Action.Fail(1, failure), new Action.Fail(3, failure));
      assertThat(step.memory().waiters()).containsExactly(save);
      assertThat(step.memory().backoff()).isNotNull();
    }
    assertThat(leavesAStone(revoking(true).after(new Event.RevokeFailed(cause)))).isTrue();
    assertThat(
            leavesAStone(deletingConnection(true).after(new Event.ConnectionDeleteFailed(cause))))
        .isTrue();
  }

  @Test
  void cutOff_isFinishedWhoeverAsks_butNotWhileItWasTriedJustNow() {
    Event read = new Event.Read(live(GOING, null), CLOCK);
    Backoff pause = new Backoff(1, in(Duration.ofSeconds(9)), Failure.of(Failure.Kind.PROVIDER));

    Step step = SampleMemory.of().io(new Io.Reading()).waiters(CALL).after(read);
    Step paused = SampleMemory.of().io(new Io.Reading()).waiters(CALL).backoff(pause).after(read);
    Step held =
        SampleMemory.of()
            .io(new Io.Reading())
            .waiters(CALL)
            .after(new Event.Read(live(GOING, held(3, "other")), CLOCK));

    assertThat(Objects.requireNonNull(step.memory().job()).why()).isEqualTo(Why.DISCONNECT);
    assertThat(paused.memory().job()).isNull();
    assertThat(held.memory().job()).isNull();
  }

  // Deleting

  private static Job deleting(Why why, @Nullable Grant grant) {
    return new Job(why, new Phase.Deleting(), grant, 0, CLOCK, 0, false, false);
  }

  private static Step deleting(Why why, @Nullable Grant grant, GrantRow row, Waiter... waiters) {
    return SampleMemory.of()
        .known(row)
        .job(deleting(why, grant))
        .waiters(waiters)
        .after(new Event.Changed());
  }

  @Test
  void delete_rowIsNotKnown_readsIt() {
    Step step = SampleMemory.of().job(deleting(Why.FORGET, ACTIVE)).after(new Event.Changed());
    assertThat(step.actions()).containsExactly(new Action.Read());
  }

  static Stream<GrantRow> rowsOfLaterConsents() {
    Version later = Version.ofConsent(9);
    return Stream.of(
        live(grant(later, new Active(), "later"), null),
        new GrantRow.Unreadable(FOUND, 3, NOW, later, "later", null));
  }

  @ParameterizedTest
  @MethodSource("rowsOfLaterConsents")
  void delete_laterConsent_isLeftAlone(GrantRow row) {
    Step step = deleting(Why.FORGET, ACTIVE, row, FORGET);

    assertThat(leavesAStone(step)).isFalse();
    assertThat(step.actions()).contains(new Action.Done(2, Outcome.of(Outcome.Kind.DONE)));
  }

  @Test
  void delete_laterConsent_isWhatCallersGetFromNowOn() {
    Grant later = grant(Version.ofConsent(9), new Active(), "later");

    Step step = deleting(Why.FORGET, ACTIVE, live(later, null), FORGET);

    assertThat(Objects.requireNonNull(step.memory().seen()).grant()).isEqualTo(later);
  }

  @Test
  void delete_whateverIsThere_isDeletedOnRequest() {
    GrantRow unreadable = new GrantRow.Unreadable(FOUND, 3, NOW, null, null, null);
    Grant newer = grant(new Version(1, 3, 4, 4, 1), new Active(), "new");

    assertThat(leavesAStone(deleting(Why.FORGET, null, unreadable, FORGET))).isTrue();
    assertThat(leavesAStone(deleting(Why.FORGET, null, live(ACTIVE, null), FORGET))).isTrue();
    assertThat(leavesAStone(deleting(Why.FORGET, ACTIVE, live(newer, null), FORGET))).isTrue();
  }

  @Test
  void delete_newerTokensCame_areRevokedFirst() {
    Version newer = new Version(1, 3, 4, 4, 1);
    Grant going = grant(newer, new Disconnecting(null), "new");
    Grant active = grant(newer, new Active(), "new");

    Step again = deleting(Why.DISCONNECT, GOING, live(going, null), DISCONNECT);
    Step anew = deleting(Why.DISCONNECT, GOING, live(active, null), DISCONNECT);

    assertThat(again.actions()).contains(new Action.Revoke(going.tokens()));
    assertThat(leavesAStone(again)).isFalse();
    assertThat(leavesAStone(anew)).isFalse();
    assertThat(phase(anew)).isEqualTo(new Phase.Queued());
    assertThat(leavesAStone(deleting(Why.DISCONNECT, GOING, live(GOING, null)))).isTrue();
  }

  @Test
  void delete_aStone_isRemovedByASweepAlone() {
    GrantRow stone = new GrantRow.Stone(FOUND, 3, NOW, VERSION, "consent", NOW);
    Waiter sweep = Waiter.of(4, Why.KEEP_ALIVE);

    assertThat(deleting(Why.FORGET, null, stone, sweep).actions())
        .containsExactly(new Action.Write(FOUND, NextRow.removed()));
    assertThat(deleting(Why.FORGET, null, stone, FORGET).actions())
        .containsExactly(new Action.Done(2, Outcome.of(Outcome.Kind.DONE)));
    assertThat(deleting(Why.FORGET, ACTIVE, stone, FORGET, sweep).actions())
        .noneMatch(Action.Write.class::isInstance);
  }

  // Deleted

  private static Step deleted(Waiter... waiters) {
    NextRow stone = new Rows(POLICY, "next").stone(live(GOING, null), VERSION, "consent");
    return SampleMemory.of()
        .known(live(GOING, null))
        .seen(GOING)
        .job(deleting(Why.DISCONNECT, GOING))
        .waiters(waiters)
        .io(new Io.Writing(stone, Purpose.JOB, CLOCK))
        .after(new Event.Written());
  }

  @Test
  void deleted_endsAllThatHasNothingLeftToDo() {
    Step step = deleted(DISCONNECT, FORGET, Waiter.of(4, Why.KEEP_ALIVE), CALL);

    assertThat(step.actions())
        .containsExactly(
            DONE,
            new Action.Done(2, Outcome.of(Outcome.Kind.DONE)),
            new Action.Done(4, Outcome.of(Outcome.Kind.DONE)),
            new Action.Fail(3, Failure.of(Failure.Kind.NOT_CONNECTED)));
    assertThat(step.memory().seen()).isNull();
    assertThat(step.memory().job()).isNull();
  }

  @Test
  void deleted_whoJoinedLater_mayMeanALaterConsent() {
    Step step = deleted(DISCONNECT.from(VERSION));

    assertThat(step.actions()).containsExactly(new Action.Read());
    assertThat(step.memory().waiters()).containsExactly(DISCONNECT);
  }
}
