package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
import static com.withampersand.sdk.token.refresh.SampleMemory.in;
import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.held;
import static com.withampersand.sdk.token.refresh.SampleRows.lapsed;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServingTest {
  private static final Grant ACTIVE = grant(VERSION, new Active(), "token");
  private static final Grant DOUBTFUL = grant(VERSION, InDoubt.NEW, "token");
  private static final Waiter CALL = Waiter.of(1, Why.CALL);
  private static final Action SERVED = new Action.Serve(1, ACTIVE.tokens());

  private final Exception cause = new Exception("cause");

  private static Step found(GrantRow row, Waiter... waiters) {
    return SampleMemory.of()
        .waiters(waiters)
        .io(new Io.Reading())
        .after(new Event.Read(row, CLOCK));
  }

  private static Put.Result unsaved(Version version) {
    Tries failed = new Tries(1, 0, in(Duration.ofSeconds(2)), null);
    return new Put.Result(grant(version, new Active(), "unsaved"), 3, Duration.ZERO, failed);
  }

  private Step readFailed(SampleMemory memory) {
    return memory.io(new Io.Reading()).after(new Event.ReadFailed(cause));
  }

  @Test
  void wanted_whatCouldNotBeStoredIsOlderThanTheRow_isNotServed() {
    SampleMemory memory =
        SampleMemory.of().seen(ACTIVE).pending(unsaved(new Version(1, 1, 2, 2, 1)));

    assertThat(memory.after(new Event.Wanted(CALL)).actions()).contains(SERVED);
  }

  /** The lapse of a lease counts as a request that was sent just now. */
  @Test
  void served_inDoubt_remembersWhenTheNextTryMayFollow() {
    Step doubtful = found(live(DOUBTFUL, null), CALL);
    Step lapsed = found(live(ACTIVE, lapsed(3, "other")), CALL);

    assertThat(doubtful.memory().retryAt()).isEqualTo(CLOCK);
    assertThat(lapsed.memory().retryAt()).isEqualTo(in(POLICY.carefulWait()));
  }

  @Test
  void readFailed_isServedOnceByWhatWasSeen_andTriedAgainInADoubt() {
    Step active = readFailed(SampleMemory.of().seen(ACTIVE).waiters(CALL));
    Step doubtful = readFailed(SampleMemory.of().seen(DOUBTFUL).waiters(CALL));

    assertThat(active.actions()).containsExactly(SERVED);
    assertThat(active.memory().retryAt()).isNull();
    assertThat(doubtful.memory().retryAt()).isEqualTo(in(POLICY.carefulWait()));
  }

  @Test
  void readFailed_whatCouldNotBeStoredWillNotDo_fails() {
    Waiter refused = new Waiter(1, Why.REFUSED, Secret.of("unsaved"), null, null, false);
    SampleMemory memory =
        SampleMemory.of()
            .seen(ACTIVE)
            .pending(unsaved(new Version(1, 3, 4, 4, 1)))
            .waiters(refused);

    assertThat(readFailed(memory).memory().waiters()).isEmpty();
  }

  @Test
  void sweep_anotherHasTheLease_isNotDue() {
    Step step = found(live(DOUBTFUL, held(3, "other")), Waiter.of(2, Why.KEEP_ALIVE));

    assertThat(step.actions()).contains(new Action.Done(2, Outcome.of(Outcome.Kind.NOT_DUE)));
    assertThat(step.memory().waiters()).isEmpty();
  }

  /** All in milliseconds; a rename has a lease of a hundred years. */
  @ParameterizedTest
  @CsvSource({
    "0, 25",
    "75, 25",
    "90, 30",
    "300, 100",
    "750, 250",
    "29000, 250",
    "-1, 250",
    "-3153600000000, 250"
  })
  void pollAfter_isAThirdOfTheTimeSoFar_withinItsLimits(long soFar, long pause) {
    assertThat(Serving.pollAfter(Duration.ofMillis(soFar))).isEqualTo(Duration.ofMillis(pause));
  }
}
