package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
import static com.withampersand.sdk.token.refresh.SampleMemory.in;
import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.REFUSAL;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.held;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static com.withampersand.sdk.token.refresh.SampleRows.tokens;
import static com.withampersand.sdk.token.refresh.SampleRows.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.Blocked;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import com.withampersand.sdk.token.refresh.GrantState.NeedsConsent;
import com.withampersand.sdk.token.refresh.Memory.Exchange;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Phase;
import com.withampersand.sdk.token.refresh.Memory.Purpose;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the answer to a refresh comes to. */
class ExchangesTest {
  private static final Grant ACTIVE = grant(VERSION, new Active(), "token");
  private static final Waiter REFUSED =
      new Waiter(1, Why.REFUSED, Secret.of("token"), null, null, false);
  private static final TokenSet NEW = tokens("new");
  private static final Duration SOON = Duration.ofSeconds(70);

  private final Exception cause = new Exception("cause");

  private static Live row(boolean rotates) {
    Live found = live(ACTIVE, held(3, "me"));
    return with(
        found,
        found.times(),
        new GrantRow.Traits(true, true, rotates, null, Duration.ofSeconds(90), true, null));
  }

  private static Job job(Why why, Phase phase) {
    return new Job(why, phase, ACTIVE, 3, in(POLICY.lease()), 1, false, true);
  }

  private static Job sent(Duration ago) {
    return job(Why.GET, new Phase.Sent("call", in(ago.negated())));
  }

  private static SampleMemory of(Job working) {
    return of(working, true);
  }

  private static SampleMemory of(Job working, boolean rotates) {
    return SampleMemory.of().known(row(rotates)).seen(ACTIVE).job(working).waiters(REFUSED);
  }

  private static SampleMemory sent() {
    return of(sent(Duration.ofSeconds(2)));
  }

  private static Exchange open(String call, NodeTime until) {
    return new Exchange(call, ACTIVE, 3, CLOCK, until);
  }

  private static Event answered(String call) {
    return new Event.Answered(new Action.Send(call, ACTIVE, 3, in(Duration.ofSeconds(-2))), NEW);
  }

  private static Put.Result result(Step step) {
    return (Put.Result)
        step.memory().pending().stream()
            .filter(Put.Result.class::isInstance)
            .findFirst()
            .orElseThrow();
  }

  private static Put.State state(Step step) {
    return (Put.State) step.memory().pending().get(0);
  }

  private static List<Notice> notices(Step step) {
    return step.actions().stream()
        .filter(Action.Tell.class::isInstance)
        .map(action -> ((Action.Tell) action).notice())
        .toList();
  }

  private static @Nullable Phase phase(Step step) {
    Job working = step.memory().job();
    return working == null ? null : working.phase();
  }

  // New tokens

  @Test
  void answered_inTime_isStoredUnderTheLease() {
    Step step = sent().after(answered("call"));

    assertThat(result(step))
        .isEqualTo(
            new Put.Result(
                new Grant(ACTIVE.refreshedAt(3), "consent", new Active(), false, NEW),
                3,
                Duration.ofSeconds(2),
                Tries.NONE));
    assertThat(phase(step)).isEqualTo(new Phase.Putting());
    assertThat(step.actions()).anyMatch(Action.Write.class::isInstance);
  }

  /** However late: what is here is not given up in the same moment. */
  @Test
  void answered_whenItsCertaintyIsOver_isNoDoubt() {
    Step step = of(sent(POLICY.certainty())).after(answered("call"));

    assertThat(step.memory().pending()).containsExactly(result(step));
    assertThat(step.memory().open()).isEmpty();
    assertThat(phase(step)).isEqualTo(new Phase.Putting());
  }

  @Test
  void answered_toAnotherCall_endsTheWaitForThatOneAlone() {
    NodeTime later = in(Duration.ofMinutes(1));

    Step step = sent().open(open("old", later), open("older", later)).after(answered("old"));

    assertThat(step.memory().open()).containsExactly(open("older", later));
    assertThat(phase(step)).isInstanceOf(Phase.Sent.class);
    assertThat(result(step).lease()).isEqualTo(3);
  }

  @Test
  void answered_waitForOthersIsOver_endsIt() {
    Step step = sent().open(open("old", CLOCK)).after(answered("call"));
    assertThat(step.memory().open()).isEmpty();
  }

  @Test
  void answered_jobHasSentNothingYet_isGivenUp() {
    Step queued = of(job(Why.GET, new Phase.Queued())).after(answered("old"));
    Step announced =
        of(job(Why.GET, new Phase.Announced(CLOCK, CLOCK, false))).after(answered("old"));
    Step acquiring =
        of(job(Why.GET, new Phase.Acquiring(SampleRows.FOUND, SampleRows.FOUND, CLOCK)))
            .io(new Io.Reading())
            .after(answered("old"));
    Step disconnect = of(job(Why.DISCONNECT, new Phase.Queued())).after(answered("old"));

    assertThat(queued.memory().job()).isNull();
    assertThat(announced.memory().job()).isNull();
    assertThat(queued.actions()).contains(new Action.Leave());
    assertThat(acquiring.memory().job()).isNotNull();
    assertThat(disconnect.memory().job()).isNotNull();
  }

  @Test
  void answered_whileSomethingIsBeingWritten_isNext() {
    Put.State before = new Put.State(ACTIVE, VERSION, 2, false, Set.of(), null, Tries.NONE);
    NextRow next = new Rows(POLICY, "next").released(row(true));

    Step put =
        sent().pending(before).io(new Io.Writing(next, Purpose.PUT, CLOCK)).after(answered("call"));
    Step other =
        sent().pending(before).io(new Io.Writing(next, Purpose.JOB, CLOCK)).after(answered("call"));
    Step reading = sent().pending(before).io(new Io.Reading()).after(answered("call"));

    assertThat(put.memory().pending()).containsExactly(before, result(put));
    assertThat(other.memory().pending()).containsExactly(result(other), before);
    assertThat(reading.memory().pending()).containsExactly(result(reading), before);
  }

  /** An app of which it was said that it does not rotate, and which does. */
  @ParameterizedTest
  @CsvSource({"false, other, true", "true, other, false", "false, same, false"})
  void answered_anotherRefreshTokenThanBefore_isWarnedOfIfItIsASurprise(
      boolean rotates, String refreshToken, boolean isSurprise) {
    TokenSet before = NEW.toBuilder().refreshToken(Secret.of("same")).build();
    TokenSet after = NEW.toBuilder().refreshToken(Secret.of(refreshToken)).build();
    Grant granted = new Grant(VERSION, "consent", new Active(), false, before);
    Event event = new Event.Answered(new Action.Send("call", granted, 3, CLOCK), after);

    Step step = of(sent(Duration.ZERO), rotates).after(event);

    assertThat(result(step).grant().rotates()).isEqualTo(isSurprise);
    assertThat(notices(step)).hasSize(isSurprise ? 1 : 0);
  }

  @Test
  void answered_isKnownToRotate_staysSoAndIsNoSurprise() {
    TokenSet before = NEW.toBuilder().refreshToken(Secret.of("same")).build();
    Grant granted = new Grant(VERSION, "consent", new Active(), true, before);

    Step step =
        of(sent(Duration.ZERO), false)
            .after(new Event.Answered(new Action.Send("call", granted, 3, CLOCK), NEW));

    assertThat(result(step).grant().rotates()).isTrue();
    assertThat(notices(step)).isEmpty();
  }

  // No tokens

  @ParameterizedTest
  @CsvSource({"9999, false", "10000, true"})
  void sent_certaintyIsOver_leavesADoubtAndAwaitsTheAnswer(long millis, boolean isOver) {
    Step step = of(sent(Duration.ofMillis(millis))).after(new Event.Woke());

    assertThat(step.memory().open()).hasSize(isOver ? 1 : 0);
    assertThat(step.memory().job() == null).isEqualTo(isOver);
    if (isOver) {
      assertThat(state(step).grant().state()).isEqualTo(InDoubt.NEW);
      assertThat(state(step).failure()).isNull();
      assertThat(step.memory().open().get(0).until()).isEqualTo(in(Duration.ofSeconds(80)));
    }
  }

  @Test
  void open_isOver_looksAgainForThoseWhoWait() {
    Step step =
        SampleMemory.of().open(open("old", CLOCK)).waiters(REFUSED).after(new Event.Changed());

    assertThat(step.memory().open()).isEmpty();
    assertThat(step.actions()).containsExactly(new Action.Read());
  }

  @Test
  void refused_forGood_needsConsent() {
    Step step = sent().after(new Event.Refused("call", REFUSAL, cause));

    Failure failure = new Failure(Failure.Kind.REFUSED, REFUSAL, cause, false, null);
    assertThat(state(step).grant().state()).isEqualTo(new NeedsConsent(REFUSAL, true));
    assertThat(state(step).failure()).isEqualTo(failure);
    assertThat(notices(step))
        .containsExactly(new Notice.RefreshFailed(failure, Duration.ofSeconds(2)));
    assertThat(step.memory().backoff()).isNull();
  }

  @Test
  void refused_inPassing_rotating_isTriedAfterTheCarefulWait() {
    Refusal passing = REFUSAL.as(Verdict.PASSING);

    Step step = sent().after(new Event.Refused("call", passing, cause));

    assertThat(state(step).grant().state()).isEqualTo(InDoubt.NEW);
    assertThat(state(step).failure())
        .isEqualTo(new Failure(Failure.Kind.REFUSED, passing, cause, true, SOON));
    assertThat(step.memory().backoff()).isNull();
  }

  @Test
  void refused_inPassing_notRotating_isTriedAfterAPause() {
    Refusal passing = REFUSAL.as(Verdict.PASSING);

    Step step = of(sent(Duration.ZERO), false).after(new Event.Refused("call", passing, cause));

    assertThat(state(step).failure())
        .isEqualTo(new Failure(Failure.Kind.REFUSED, passing, cause, true, Duration.ofSeconds(1)));
    assertThat(Objects.requireNonNull(step.memory().backoff()).until())
        .isEqualTo(in(Duration.ofSeconds(1)));
  }

  @Test
  void refused_blocked_notRotating_isTriedAsLateAsIfItRotated() {
    Refusal blocked = REFUSAL.as(Verdict.BLOCKED);

    Step step = of(sent(Duration.ZERO), false).after(new Event.Refused("call", blocked, cause));

    assertThat(state(step).grant().state()).isInstanceOf(Blocked.class);
    assertThat(state(step).failure())
        .isEqualTo(new Failure(Failure.Kind.REFUSED, blocked, cause, true, SOON));
    assertThat(Objects.requireNonNull(step.memory().backoff()).until()).isEqualTo(in(SOON));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 30000",
    "-1, 30000",
    "1, 1",
    "3599999, 3599999",
    "3600000, 3600000",
    "3600001, 3600000",
    "9223372036854775807, 3600000"
  })
  void throttled_waitsAsTold_anHourAtMost(long told, long pause) {
    Step step = sent().after(new Event.Throttled("call", REFUSAL, cause, told));

    Failure failure =
        new Failure(Failure.Kind.REFUSED, REFUSAL, cause, true, Duration.ofMillis(pause));
    assertThat(state(step).failure()).isEqualTo(failure);
    assertThat(state(step).grant().state()).isEqualTo(new Active());
    assertThat(Objects.requireNonNull(step.memory().backoff()).until())
        .isEqualTo(in(Duration.ofMillis(pause)));
    assertThat(notices(step)).hasSize(1);
  }

  @Test
  void throttled_withoutARefusal_isThatOfAServer() {
    Step step = sent().after(new Event.Throttled("call", null, cause, 1));
    assertThat(Objects.requireNonNull(state(step).failure()).kind())
        .isEqualTo(Failure.Kind.PROVIDER);
  }

  @Test
  void neverSent_endsTheLeaseAndFailsWhoWaits() {
    Step step = sent().after(new Event.NeverSent("call", cause));

    Failure failure = Failure.later(Failure.Kind.PROVIDER, cause, Duration.ofSeconds(1));
    assertThat(step.memory().job()).isNull();
    assertThat(step.memory().pending()).containsExactly(new Put.Release(3, Tries.NONE));
    assertThat(step.actions()).contains(new Action.Fail(1, failure));
    assertThat(notices(step))
        .containsExactly(new Notice.RefreshFailed(failure, Duration.ofSeconds(2)));
  }

  @Test
  void lost_rotating_leavesADoubtThatIsTriedCarefully() {
    Step step = sent().after(new Event.Lost("call", cause));

    assertThat(state(step).grant().state()).isEqualTo(InDoubt.NEW);
    assertThat(state(step).failure()).isEqualTo(Failure.later(Failure.Kind.PROVIDER, cause, SOON));
    assertThat(step.memory().retryAt()).isNull();
    assertThat(notices(step)).hasSize(1);
  }

  @Test
  void lost_notRotating_isTriedAgainSoon() {
    Step step = of(sent(Duration.ZERO), false).after(new Event.Lost("call", cause));

    Duration second = Duration.ofSeconds(1);
    assertThat(state(step).failure())
        .isEqualTo(Failure.later(Failure.Kind.PROVIDER, cause, second));
    assertThat(step.memory().retryAt()).isEqualTo(in(second));
  }

  @Test
  void answersWithoutTokens_toOtherCalls_countForNothingButTheEndOfTheirWait() {
    for (Event late :
        List.of(
            new Event.Refused("old", REFUSAL, cause),
            new Event.Throttled("old", REFUSAL, cause, 1),
            new Event.NeverSent("old", cause),
            new Event.Lost("old", cause))) {
      Exchange older = open("older", in(Duration.ofMinutes(1)));
      Step step = sent().open(open("old", in(Duration.ofMinutes(1))), older).after(late);
      Step alone =
          SampleMemory.of()
              .open(open("old", in(Duration.ofMinutes(1))))
              .waiters(REFUSED)
              .after(late);

      assertThat(step.memory().open()).containsExactly(older);
      assertThat(step.memory().pending()).isEmpty();
      assertThat(phase(step)).isInstanceOf(Phase.Sent.class);
      assertThat(notices(step)).isEmpty();
      assertThat(alone.actions()).containsExactly(new Action.Read());
    }
  }
}
