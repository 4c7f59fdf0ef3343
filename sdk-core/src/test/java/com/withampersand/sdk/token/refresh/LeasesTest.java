package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
import static com.withampersand.sdk.token.refresh.SampleMemory.in;
import static com.withampersand.sdk.token.refresh.SampleRows.FOUND;
import static com.withampersand.sdk.token.refresh.SampleRows.NOW;
import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.held;
import static com.withampersand.sdk.token.refresh.SampleRows.lapsed;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import com.withampersand.sdk.token.refresh.Memory.Exchange;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a job does between its begin and the moment in which it may act. */
class LeasesTest {
  private static final Grant ACTIVE = grant(VERSION, new Active(), "token");
  private static final Grant DOUBTFUL = grant(VERSION, InDoubt.NEW, "token");
  private static final Revision NEXT = new Revision("next");
  private static final Waiter REFUSED =
      new Waiter(1, Why.REFUSED, Secret.of("token"), null, null, false);
  private static final Duration ANNOUNCE = POLICY.announce();

  private static Job job(Why why, Phase phase, long lease, boolean entered) {
    return new Job(why, phase, ACTIVE, lease, in(POLICY.lease()), 0, false, entered);
  }

  private static Job queued(boolean entered) {
    return job(Why.GET, new Phase.Queued(), 0, entered);
  }

  private static Job acquiring() {
    return job(Why.GET, new Phase.Acquiring(NEXT, FOUND, CLOCK), 4, true);
  }

  private static Job renewing() {
    return job(Why.GET, new Phase.Renewing(NEXT, CLOCK), 3, true);
  }

  /** Returns a job that has announced a careful try for so long. */
  private static Job announced(Duration soFar, boolean isQueued, boolean entered) {
    NodeTime since = in(soFar.negated());
    return job(Why.GET, new Phase.Announced(since, since, isQueued), 3, entered);
  }

  private static SampleMemory of(Grant grant, @Nullable Lease lease, Job working) {
    return SampleMemory.of().seen(grant).known(live(grant, lease)).job(working).waiters(REFUSED);
  }

  private static Event.Read read(GrantRow row) {
    return new Event.Read(row, CLOCK);
  }

  private static Live as(Revision revision, Live row) {
    return new Live(
        revision,
        row.leases(),
        row.readAt(),
        row.grant(),
        row.lease(),
        row.times(),
        row.traits(),
        row.isOutdated());
  }

  private static Put.Result result() {
    Grant newer = grant(new Version(1, 3, 4, 4, 1), new Active(), "new");
    return new Put.Result(newer, 4, Duration.ZERO, Tries.NONE);
  }

  private static Put release(long lease) {
    return new Put.Release(lease, Tries.NONE);
  }

  private static Phase phase(Step step) {
    return Objects.requireNonNull(step.memory().job()).phase();
  }

  /** Tells whether a step takes or keeps a lease, or sends something. */
  private static boolean goesOn(Step step) {
    return step.actions().stream()
        .anyMatch(
            action ->
                action instanceof Action.Send
                    || (action instanceof Action.Write write
                        && write.next().lease() instanceof LeaseChange.Hold));
  }

  // Room

  static Stream<Job> jobsThatDoNotQueue() {
    return Stream.of(
        queued(true),
        job(Why.GET, new Phase.Sent("call", CLOCK), 4, false),
        announced(Duration.ZERO, false, false));
  }

  @ParameterizedTest
  @MethodSource("jobsThatDoNotQueue")
  void entered_jobDoesNotQueue_givesTheRoomBack(Job working) {
    Step step = of(ACTIVE, null, working).after(new Event.Entered(null));

    assertThat(step.actions()).contains(new Action.Leave());
  }

  @Test
  void entered_noJob_givesTheRoomBack() {
    assertThat(SampleMemory.of().after(new Event.Entered(null)).actions())
        .containsExactly(new Action.Leave());
  }

  @Test
  void entered_hostIsLeftAlone_failsWhoWaitsAndGivesTheRoomBack() {
    Duration rest = Duration.ofSeconds(7);

    Step step = of(ACTIVE, null, queued(false)).after(new Event.Entered(in(rest)));

    assertThat(step.actions())
        .containsExactly(
            new Action.Leave(),
            new Action.Fail(1, Failure.later(Failure.Kind.PROVIDER, null, rest)));
    assertThat(step.memory().job()).isNull();
  }

  @Test
  void entered_hostIsNotLeftAloneAnyMore_takesTheLease() {
    assertThat(goesOn(of(ACTIVE, null, queued(false)).after(new Event.Entered(CLOCK)))).isTrue();
    assertThat(goesOn(of(ACTIVE, null, queued(false)).after(new Event.Entered(null)))).isTrue();
  }

  @Test
  void entered_hostIsLeftAlone_isAskedByOrder() {
    Event closed = new Event.Entered(in(Duration.ofSeconds(7)));
    Waiter ordered = Waiter.of(1, Why.ORDERED).from(VERSION);
    Job disconnect = job(Why.DISCONNECT, new Phase.Queued(), 0, false);

    assertThat(goesOn(of(ACTIVE, null, queued(false)).waiters(ordered).after(closed))).isTrue();
    assertThat(goesOn(of(ACTIVE, null, disconnect).after(closed))).isTrue();
  }

  // Taking the lease

  @Test
  void queued_rowIsNotKnown_readsIt() {
    Step step = SampleMemory.of().job(queued(true)).waiters(REFUSED).after(new Event.Woke());
    assertThat(step.actions()).containsExactly(new Action.Read());
  }

  @Test
  void queued_rowHasNewTokensMeanwhile_servesThemAndTakesNoLease() {
    Grant newer = grant(new Version(1, 3, 4, 4, 1), new Active(), "new");

    Step step = of(newer, null, queued(true)).after(new Event.Woke());

    assertThat(step.actions()).contains(new Action.Leave(), new Action.Serve(1, newer.tokens()));
    assertThat(goesOn(step)).isFalse();
    assertThat(step.memory().job()).isNull();
  }

  @Test
  void queued_anotherHasTheLeaseMeanwhile_waitsForIt() {
    Step step = of(ACTIVE, held(3, "other"), queued(true)).after(new Event.Woke());

    assertThat(goesOn(step)).isFalse();
    assertThat(step.memory().job()).isNull();
    assertThat(step.memory().pollAt()).isNotNull();
  }

  @Test
  void written_leaseIsTaken_sends() {
    Step step = writing(acquiring()).after(new Event.Written());

    assertThat(goesOn(step)).isTrue();
    assertThat(phase(step)).isInstanceOf(Phase.Sent.class);
  }

  /** Late tokens came while the lease was taken: no request may follow before they are stored. */
  @Test
  void written_somethingHasToBeStoredFirst_endsTheLease() {
    Step acquired = writing(acquiring()).pending(result()).after(new Event.Written());
    Step renewed = writing(renewing()).pending(result()).after(new Event.Written());

    assertThat(acquired.memory().job()).isNull();
    assertThat(acquired.memory().pending()).contains(release(4));
    assertThat(renewed.memory().job()).isNull();
    assertThat(renewed.memory().pending()).contains(release(3));
  }

  private static SampleMemory writing(Job working) {
    Live row = live(ACTIVE, held(3, "me"));
    Rows rows = new Rows(POLICY, "next");
    NextRow next =
        working.phase() instanceof Phase.Renewing ? rows.renewed(row) : rows.acquired(row);
    return of(ACTIVE, held(3, "me"), working).io(new Io.Writing(next, Purpose.JOB, CLOCK));
  }

  @Test
  void written_rowIsDeleted_tellsWhoWantedIt() {
    Live row = live(ACTIVE, null);
    NextRow stone = new Rows(POLICY, "next").stone(row, VERSION, "consent");

    Step step =
        SampleMemory.of()
            .seen(ACTIVE)
            .known(row)
            .job(job(Why.FORGET, new Phase.Deleting(), 0, false))
            .waiters(Waiter.of(1, Why.FORGET))
            .io(new Io.Writing(stone, Purpose.JOB, CLOCK))
            .after(new Event.Written());

    assertThat(step.actions()).contains(new Action.Done(1, Outcome.of(Outcome.Kind.DONE)));
    assertThat(step.memory().job()).isNull();
    assertThat(step.memory().seen()).isNull();
  }

  // After a lost answer of the store

  private static SampleMemory reading(Job working) {
    return of(ACTIVE, null, working).io(new Io.Reading());
  }

  @Test
  void read_theLeaseWasTaken_sends() {
    Live row = as(NEXT, live(ACTIVE, held(4, "me")));
    assertThat(phase(reading(acquiring()).after(read(row)))).isInstanceOf(Phase.Sent.class);
  }

  @Test
  void read_theLeaseWasNotTaken_doesNotTryAgainAtOnce() {
    Step step = reading(acquiring()).after(read(live(ACTIVE, null)));

    assertThat(step.actions())
        .contains(
            new Action.Fail(1, Failure.later(Failure.Kind.STORE, null, Duration.ofMillis(500))));
    assertThat(step.memory().job()).isNull();
    assertThat(step.memory().away()).isNotNull();
  }

  @Test
  void read_anotherWroteTheRow_beginsAnew() {
    Step step = reading(acquiring()).after(read(as(new Revision("other"), live(ACTIVE, null))));

    assertThat(goesOn(step)).isFalse();
    assertThat(step.memory().away()).isNull();
    assertThat(phase(step)).isEqualTo(new Phase.Queued());
  }

  @Test
  void read_theRowDoesNotOpenAnyMore_sendsNothing() {
    GrantRow.Unreadable row = new GrantRow.Unreadable(NEXT, 4, NOW, VERSION, "consent", null);

    Step acquired = reading(acquiring()).after(read(row));
    Step renewed = reading(renewing()).after(read(row));

    assertThat(goesOn(acquired)).isFalse();
    assertThat(acquired.memory().job()).isNull();
    assertThat(goesOn(renewed)).isFalse();
    assertThat(renewed.memory().job()).isNull();
  }

  @Test
  void read_theLeaseWasRenewed_sends() {
    Live row = as(NEXT, live(ACTIVE, held(3, "me")));
    assertThat(phase(reading(renewing()).after(read(row)))).isInstanceOf(Phase.Sent.class);
  }

  @Test
  void read_theLeaseWasNotRenewed_givesItUp() {
    Step step = reading(renewing()).after(read(live(ACTIVE, held(3, "me"))));

    assertThat(goesOn(step)).isFalse();
    assertThat(step.actions()).contains(new Action.Leave());
    assertThat(step.memory().job()).isNull();
  }

  @Test
  void read_whileDeleting_isDoneOnlyIfTheRowIsGone() {
    Job deleting = job(Why.FORGET, new Phase.Deleting(), 0, false);
    SampleMemory memory = reading(deleting).waiters(Waiter.of(1, Why.FORGET));
    GrantRow stone = new GrantRow.Stone(NEXT, 4, NOW, VERSION, "consent", NOW);
    Action done = new Action.Done(1, Outcome.of(Outcome.Kind.DONE));

    assertThat(memory.after(read(stone)).actions()).contains(done);
    assertThat(memory.after(read(live(ACTIVE, null))).actions())
        .doesNotContain(done)
        .anyMatch(action -> action instanceof Action.Write);
  }

  /** The answer to the write was lost: a sweep that waits must not remove the new stone. */
  @Test
  void read_theStoneIsThere_isNotRemovedAtOnce() {
    Job deleting = new Job(Why.FORGET, new Phase.Deleting(), null, 0, CLOCK, 0, false, false);
    GrantRow stone = new GrantRow.Stone(NEXT, 4, NOW, VERSION, "consent", NOW);

    Step step =
        reading(deleting)
            .waiters(Waiter.of(1, Why.FORGET), Waiter.of(2, Why.KEEP_ALIVE))
            .after(read(stone));

    assertThat(step.actions())
        .containsExactly(
            new Action.Done(1, Outcome.of(Outcome.Kind.DONE)),
            new Action.Done(2, Outcome.of(Outcome.Kind.DONE)));
  }

  @Test
  void readFailed_beforeTheLeaseIsThere_givesUp() {
    Step step = reading(queued(true)).after(new Event.ReadFailed(new Exception()));

    assertThat(step.memory().job()).isNull();
    assertThat(step.actions()).contains(new Action.Leave());
  }

  @Test
  void readFailed_duringAnAnnouncement_announcesAnew() {
    Job working = announced(ANNOUNCE, true, true);

    Step step = reading(working).after(new Event.ReadFailed(new Exception()));

    assertThat(phase(step)).isEqualTo(new Phase.Announced(CLOCK, CLOCK, false));
    assertThat(step.actions()).contains(new Action.Leave());
  }

  // A careful try

  @ParameterizedTest
  @CsvSource({"0, 2500", "1000, 1500", "8000, 2000"})
  void announced_looksAgainSoon_orWhenItIsOver(long soFar, long next) {
    NodeTime since = in(Duration.ofMillis(-soFar));
    NodeTime looked = soFar == 8_000 ? CLOCK : since;
    Job working = job(Why.GET, new Phase.Announced(since, looked, false), 3, false);

    Step step = of(DOUBTFUL, held(3, "me"), working).after(new Event.Changed());

    assertThat(step.actions()).containsExactly(new Action.WakeAt(in(Duration.ofMillis(next))));
  }

  @Test
  void announced_isOver_queuesForRoomAndThenSleeps() {
    Step over =
        of(DOUBTFUL, held(3, "me"), announced(ANNOUNCE, false, false)).after(new Event.Woke());
    Step waiting =
        of(DOUBTFUL, held(3, "me"), announced(ANNOUNCE, true, false)).after(new Event.Woke());

    assertThat(over.actions()).containsExactly(new Action.Enter());
    assertThat(waiting.actions()).isEmpty();
  }

  @Test
  void read_announcedForLongEnough_renewsTheLeaseAndAwaitsNoOldAnswer() {
    Exchange old = new Exchange("old", DOUBTFUL, 2, CLOCK, in(Duration.ofMinutes(1)));

    Step step =
        of(DOUBTFUL, held(3, "me"), announced(ANNOUNCE, true, true))
            .io(new Io.Reading())
            .open(old)
            .after(read(live(DOUBTFUL, held(3, "me"))));

    assertThat(goesOn(step)).isTrue();
    assertThat(phase(step)).isInstanceOf(Phase.Renewing.class);
    assertThat(step.memory().open()).isEmpty();
  }

  static Stream<GrantRow> rowsThatAreNotHeldAnyMore() {
    Grant newer = grant(new Version(1, 2, 3, 4, 1), InDoubt.NEW, "token");
    return Stream.of(
        live(newer, held(3, "me")),
        live(DOUBTFUL, null),
        live(DOUBTFUL, held(4, "me")),
        live(DOUBTFUL, lapsed(3, "me")),
        new GrantRow.Absent(NOW));
  }

  @ParameterizedTest
  @MethodSource("rowsThatAreNotHeldAnyMore")
  void read_announcementWasNotUndisturbed_isGivenUp(GrantRow row) {
    Step step =
        of(DOUBTFUL, held(3, "me"), announced(ANNOUNCE, true, true))
            .io(new Io.Reading())
            .after(read(row));

    assertThat(goesOn(step)).isFalse();
    assertThat(step.actions()).contains(new Action.Leave());
  }
}
