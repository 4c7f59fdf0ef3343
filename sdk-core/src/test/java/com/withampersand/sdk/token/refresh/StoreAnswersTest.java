package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
import static com.withampersand.sdk.token.refresh.SampleMemory.in;
import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static com.withampersand.sdk.token.refresh.SampleRows.tokens;
import static com.withampersand.sdk.token.refresh.SampleRows.traits;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantState.Active;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an answer of the store comes to. */
class StoreAnswersTest {
  private static final Grant ACTIVE = grant(VERSION, new Active(), "token");
  private static final Grant HANDED = grant(VERSION, new HandedOver("connection"), "token");
  private static final Live ROW = live(ACTIVE, null);
  private static final Waiter CALL = Waiter.of(1, Why.CALL);
  private static final Waiter REFUSED =
      new Waiter(1, Why.REFUSED, Secret.of("token"), null, null, false);
  private static final Failure FAILURE = Failure.of(Failure.Kind.STORE);
  private static final Backoff AWAY = new Backoff(3, in(Duration.ofSeconds(9)), FAILURE);

  private final Exception cause = new Exception("cause");

  private static Put.Consent consent() {
    return new Put.Consent(
        "later", tokens("consented"), traits(true, null), CLOCK, 1, true, Tries.NONE);
  }

  private static Io.Writing writing(Purpose purpose) {
    return new Io.Writing(new Rows(POLICY, "next").released(ROW), purpose, CLOCK);
  }

  private static SampleMemory acquiring() {
    Io.Writing writing = writing(Purpose.JOB);
    Phase phase = new Phase.Acquiring(new Revision("next"), SampleRows.FOUND, CLOCK);
    return SampleMemory.of()
        .known(ROW)
        .seen(ACTIVE)
        .io(writing)
        .job(new Job(Why.GET, phase, ACTIVE, 4, in(POLICY.lease()), 0, false, true))
        .waiters(REFUSED);
  }

  @Test
  void answers_nothingWasAsked_areIgnored() {
    for (Event late :
        List.of(
            new Event.Read(ROW, CLOCK),
            new Event.ReadFailed(cause),
            new Event.Written(),
            new Event.Changed(),
            new Event.WriteFailed(cause, true))) {
      assertThat(SampleMemory.of().after(late).memory()).isEqualTo(Memory.EMPTY);
    }
  }

  @Test
  void answers_ofTheOtherKind_areIgnored() {
    SampleMemory reading = SampleMemory.of().io(new Io.Reading());
    SampleMemory writing = SampleMemory.of().known(ROW).io(writing(Purpose.JOB));

    assertThat(reading.after(new Event.Written()).memory().io()).isNotNull();
    assertThat(reading.after(new Event.Changed()).memory().io()).isNotNull();
    assertThat(reading.after(new Event.WriteFailed(cause, true)).memory().io()).isNotNull();
    assertThat(writing.after(new Event.Read(ROW, CLOCK)).memory().io()).isNotNull();
    assertThat(writing.after(new Event.ReadFailed(cause)).memory().io()).isNotNull();
  }

  @Test
  void read_servesAndEndsTheStoresAbsence() {
    Step step =
        SampleMemory.of()
            .io(new Io.Reading())
            .away(AWAY)
            .waiters(CALL)
            .after(new Event.Read(ROW, CLOCK));

    assertThat(step.actions()).containsExactly(new Action.Serve(1, ACTIVE.tokens()));
    assertThat(step.memory().away()).isNull();
    assertThat(step.memory().known()).isEqualTo(ROW);
  }

  /** A consent is numbered by the time of a read, so that an old one will not do. */
  @ParameterizedTest
  @CsvSource({"2500, true", "2501, false"})
  void read_tookLong_isNotUsedToNumberAConsent(long millis, boolean isUsed) {
    NodeTime asked = in(Duration.ofMillis(-millis));
    SampleMemory memory = SampleMemory.of().io(new Io.Reading());

    Step consented = memory.pending(consent()).after(new Event.Read(ROW, asked));
    Step refreshed =
        memory
            .pending(new Put.Result(ACTIVE, 3, Duration.ZERO, Tries.NONE))
            .after(new Event.Read(ROW, asked));

    assertThat(consented.actions().contains(new Action.Read())).isEqualTo(!isUsed);
    assertThat(consented.actions().stream().anyMatch(Action.Write.class::isInstance))
        .isEqualTo(isUsed);
    assertThat(refreshed.memory().pending()).isEmpty();
  }

  @Test
  void read_tookLong_isNotUsedToTellOfAnEnd() {
    NodeTime asked = in(Duration.ofMillis(-2_501));
    SampleMemory memory = SampleMemory.of().io(new Io.Reading()).waiters(Waiter.of(0, Why.NOTICE));

    Step late = memory.after(new Event.Read(live(HANDED, null), asked));
    Step inTime = memory.after(new Event.Read(live(HANDED, null), CLOCK));

    assertThat(late.memory().waiters()).hasSize(1);
    assertThat(inTime.memory().waiters()).isEmpty();
  }

  @Test
  void readFailed_storeIsAway_failsWhoWaits() {
    Step step =
        SampleMemory.of().io(new Io.Reading()).waiters(CALL).after(new Event.ReadFailed(cause));

    assertThat(step.actions())
        .contains(
            new Action.Fail(1, Failure.later(Failure.Kind.STORE, cause, Duration.ofMillis(500))));
    assertThat(step.memory().away()).isNotNull();
  }

  @Test
  void readFailed_forAPut_isTriedAgain() {
    Step step =
        SampleMemory.of()
            .io(new Io.Reading())
            .pending(consent())
            .after(new Event.ReadFailed(cause));
    assertThat(step.memory().pending().get(0).tries().failures()).isEqualTo(1);
  }

  @Test
  void written_consent_isKnownAsItsOwnRenewerDescribesIt() {
    Grant consented = PutRule.grant("later", tokens("consented"), 9);
    NextRow next = new Rows(POLICY, "next").consented(ROW, consented);
    GrantRow.Traits own =
        new GrantRow.Traits(true, true, false, null, Duration.ofSeconds(5), false, null);
    Put.Consent put =
        new Put.Consent("later", tokens("consented"), own, CLOCK, 1, true, Tries.NONE);

    Step step =
        SampleMemory.of()
            .known(ROW)
            .pending(put)
            .io(new Io.Writing(next, Purpose.PUT, CLOCK))
            .away(AWAY)
            .after(new Event.Written());

    assertThat(step.memory().known())
        .isInstanceOfSatisfying(Live.class, row -> assertThat(row.traits()).isEqualTo(own));
    assertThat(step.memory().away()).isNull();
  }

  @Test
  void changed_jobsWrite_looksAtTheRow() {
    Step step = acquiring().away(AWAY).after(new Event.Changed());

    assertThat(step.actions()).containsExactly(new Action.Read());
    assertThat(step.memory().known()).isNull();
    assertThat(step.memory().away()).isNull();
    assertThat(step.memory().job()).isNotNull();
  }

  @Test
  void writeFailed_jobsWriteThatMayHaveHappened_looksAtTheRow() {
    Step step = acquiring().after(new Event.WriteFailed(cause, true));

    assertThat(step.actions()).containsExactly(new Action.Read());
    assertThat(step.memory().job()).isNotNull();
    assertThat(step.memory().away()).isNotNull();
  }

  @Test
  void writeFailed_jobsWriteThatDidNotHappen_failsWhoWaits() {
    Step step = acquiring().after(new Event.WriteFailed(cause, false));

    assertThat(step.memory().job()).isNull();
    assertThat(step.actions())
        .contains(
            new Action.Leave(),
            new Action.Fail(1, Failure.later(Failure.Kind.STORE, cause, Duration.ofMillis(500))));
  }

  @Test
  void writeFailed_put_failsWhoWaitsForTheStore() {
    Step step =
        SampleMemory.of()
            .known(ROW)
            .seen(ACTIVE)
            .pending(consent())
            .io(writing(Purpose.PUT))
            .waiters(Waiter.of(1, Why.SAVE))
            .after(new Event.WriteFailed(cause, true));

    assertThat(step.actions())
        .contains(
            new Action.Fail(1, Failure.later(Failure.Kind.STORE, cause, Duration.ofMillis(500))));
    assertThat(step.memory().known()).isNull();
    assertThat(step.memory().pending().get(0).tries().revision()).isEqualTo(new Revision("next"));
  }
}
