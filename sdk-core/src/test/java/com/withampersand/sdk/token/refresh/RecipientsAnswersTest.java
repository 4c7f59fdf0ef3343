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
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.GrantRow.Live;
import com.withampersand.sdk.token.refresh.GrantRow.Times;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.HandedOver;
import com.withampersand.sdk.token.refresh.GrantState.HandingOver;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import com.withampersand.sdk.token.refresh.Memory.Backoff;
import com.withampersand.sdk.token.refresh.Memory.Io;
import com.withampersand.sdk.token.refresh.Memory.Job;
import com.withampersand.sdk.token.refresh.Memory.Kept;
import com.withampersand.sdk.token.refresh.Memory.Phase;
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

/** What a hand-over and the tokens that a recipient hands out come to. */
class RecipientsAnswersTest {
  private static final Grant ACTIVE = grant(VERSION, new Active(), "token");
  private static final Grant HANDING = grant(VERSION, new HandingOver("attempt"), "token");
  private static final Grant HANDED = grant(VERSION, new HandedOver("connection"), "token");
  private static final TokenSet KEPT = tokens("kept");
  private static final Waiter HAND_OVER = Waiter.of(1, Why.HAND_OVER);
  private static final Waiter CALL = Waiter.of(2, Why.CALL);
  private final Exception cause = new Exception("cause");

  private static Job job(Why why, Phase phase, Grant grant, Duration leaseLeft) {
    return new Job(why, phase, grant, 3, in(leaseLeft), 1, false, false);
  }

  private static SampleMemory asking(Why why, Grant grant) {
    return asking(why, grant, POLICY.lease());
  }

  private static SampleMemory asking(Why why, Grant grant, Duration leaseLeft) {
    return SampleMemory.of()
        .seen(grant)
        .known(live(grant, held(3, "me")))
        .job(job(why, new Phase.Asking(), grant, leaseLeft));
  }

  private static SampleMemory importing(String attempt) {
    return asking(Why.HAND_OVER, HANDING)
        .job(job(Why.HAND_OVER, new Phase.Importing(attempt), HANDING, POLICY.lease()));
  }

  private static GrantState put(Step step) {
    return ((Put.State) step.memory().pending().get(0)).grant().state();
  }

  private static boolean endsTheLease(Step step) {
    return step.memory().pending().contains(new Put.Release(3, Tries.NONE));
  }

  // Whether the recipient has it

  @Test
  void recipientHas_ofAGrantThatWasBeingHandedOver_isItsEnd() {
    Step step = asking(Why.HAND_OVER, HANDING).after(new Event.RecipientHas("connection"));

    assertThat(put(step)).isEqualTo(new HandedOver("connection"));
    assertThat(((Put.State) step.memory().pending().get(0)).grant().tokens().refreshToken())
        .isEmpty();
  }

  @Test
  void recipientHas_anotherOfThatName_isRefused() {
    Step step =
        asking(Why.HAND_OVER, ACTIVE)
            .waiters(HAND_OVER)
            .after(new Event.RecipientHas("connection"));

    assertThat(step.actions())
        .contains(new Action.Fail(1, Failure.of(Failure.Kind.RECIPIENT_HAS_ONE)));
    assertThat(step.memory().job()).isNull();
    assertThat(endsTheLease(step)).isTrue();
  }

  @Test
  void recipientHasNone_isOfferedOnceItIsStored() {
    Step first = asking(Why.HAND_OVER, ACTIVE).after(new Event.RecipientHas(null));
    Step again = asking(Why.HAND_OVER, HANDING).after(new Event.RecipientHas(null));
    Step back = asking(Why.TAKE_BACK, HANDING).after(new Event.RecipientHas(null));

    assertThat(put(first)).isEqualTo(new HandingOver("id"));
    assertThat(put(again)).isEqualTo(new HandingOver("attempt"));
    assertThat(put(back)).isEqualTo(InDoubt.NEW);
  }

  /** An offer takes 15 seconds at most, and what came of it 5 to store. */
  @ParameterizedTest
  @CsvSource({"20000, true", "19999, false"})
  void recipientHasNone_isOfferedOnlyIfTheLeaseLastsLongEnough(long left, boolean isOffered) {
    Step step =
        asking(Why.HAND_OVER, ACTIVE, Duration.ofMillis(left)).after(new Event.RecipientHas(null));

    assertThat(step.memory().job() != null).isEqualTo(isOffered);
    assertThat(endsTheLease(step)).isEqualTo(!isOffered);
  }

  @Test
  void recipientHas_noOneAsks_isIgnored() {
    Event late = new Event.RecipientHas("connection");

    assertThat(SampleMemory.of().after(late).memory()).isEqualTo(Memory.EMPTY);
    assertThat(importing("attempt").after(late).memory().pending()).isEmpty();
  }

  @Test
  void recipientFailed_endsTheLeaseAndTellsWhoWaits() {
    Step step =
        asking(Why.HAND_OVER, ACTIVE).waiters(HAND_OVER).after(new Event.RecipientFailed(cause));

    assertThat(endsTheLease(step)).isTrue();
    assertThat(step.actions())
        .contains(
            new Action.Fail(
                1, Failure.later(Failure.Kind.RECIPIENT, cause, Duration.ofSeconds(1))));
    assertThat(step.memory().backoff()).isNotNull();
  }

  @Test
  void recipientFailed_noOneAsks_isIgnored() {
    Event late = new Event.RecipientFailed(cause);

    assertThat(SampleMemory.of().after(late).memory()).isEqualTo(Memory.EMPTY);
    assertThat(importing("attempt").after(late).memory().job()).isNotNull();
  }

  // An offer

  @ParameterizedTest
  @CsvSource({"6000, 1000", "5999, 0", "19000, 14000", "20000, 15000", "30000, 15000"})
  void stored_isOfferedForAsLongAsTheLeaseAllows(long left, long limit) {
    Grant step = grant(new Version(1, 2, 3, 3, 2), new HandingOver("attempt"), "token");
    Live row = live(HANDING, held(3, "me"));
    NextRow next = new Rows(POLICY, "next").put(row, step, new LeaseChange.Keep(), Set.of());
    Put put = new Put.State(step, VERSION, 3, true, Set.of(), null, Tries.NONE);

    Step after =
        SampleMemory.of()
            .seen(HANDING)
            .known(row)
            .pending(put)
            .job(job(Why.HAND_OVER, new Phase.Putting(), HANDING, Duration.ofMillis(left)))
            .io(new Io.Writing(next, Memory.Purpose.PUT, CLOCK))
            .after(new Event.Written());

    if (limit == 0) {
      assertThat(after.actions()).noneMatch(Action.Import.class::isInstance);
      assertThat(endsTheLease(after)).isTrue();
    } else {
      assertThat(after.actions())
          .contains(new Action.Import("attempt", HANDING.tokens(), Duration.ofMillis(limit)));
    }
  }

  @Test
  void imported_ofThisAttempt_isHandedOver() {
    Event imported = new Event.Imported("attempt", "connection");

    assertThat(put(importing("attempt").after(imported))).isEqualTo(new HandedOver("connection"));
    assertThat(importing("other").after(imported).memory().pending()).isEmpty();
    assertThat(asking(Why.HAND_OVER, HANDING).after(imported).memory().pending()).isEmpty();
    assertThat(SampleMemory.of().after(imported).memory()).isEqualTo(Memory.EMPTY);
  }

  @Test
  void importRefused_leavesADoubt() {
    Event refused = new Event.ImportRefused("attempt", cause);

    Step step = importing("attempt").after(refused);

    assertThat(put(step)).isEqualTo(InDoubt.NEW);
    assertThat(((Put.State) step.memory().pending().get(0)).failure())
        .isEqualTo(new Failure(Failure.Kind.RECIPIENT, null, cause, false, null));
    assertThat(importing("other").after(refused).memory().pending()).isEmpty();
  }

  @Test
  void importLost_isFoundOutLater() {
    Event lost = new Event.ImportLost("attempt", cause);

    assertThat(endsTheLease(importing("attempt").after(lost))).isTrue();
    assertThat(importing("other").after(lost).memory().job()).isNotNull();
  }

  // Settling

  /** Three times the certainty, half a minute, belongs to the process that began. */
  @ParameterizedTest
  @CsvSource({"29999, false", "30000, true"})
  void handingOver_isSettledOnceItsProcessHadTheTime(long millis, boolean isSettled) {
    Live found = live(HANDING, null);
    Times times = found.times();
    Live row =
        with(
            found,
            new Times(
                times.tokens(),
                SampleRows.ago(Duration.ofMillis(millis)),
                times.sent(),
                times.look()),
            found.traits());

    Step step = read(SampleMemory.of().waiters(HAND_OVER), row);

    assertThat(step.memory().job() != null).isEqualTo(isSettled);
    assertThat(step.memory().pollAt() != null).isEqualTo(!isSettled);
  }

  @Test
  void handingOver_isTakenBackIfSomeoneWantsThat() {
    Step back =
        read(
            SampleMemory.of().waiters(HAND_OVER, Waiter.of(3, Why.TAKE_BACK)), live(HANDING, null));
    Step over = read(SampleMemory.of().waiters(HAND_OVER), live(HANDING, null));

    assertThat(Objects.requireNonNull(back.memory().job()).why()).isEqualTo(Why.TAKE_BACK);
    assertThat(Objects.requireNonNull(over.memory().job()).why()).isEqualTo(Why.HAND_OVER);
  }

  @Test
  void handingOver_recipientFailedJustNow_isNotAskedAgainAtOnce() {
    Failure failed = Failure.later(Failure.Kind.RECIPIENT, cause, Duration.ofSeconds(9));
    Backoff backoff = new Backoff(1, in(Duration.ofSeconds(9)), failed);

    Step step = read(SampleMemory.of().waiters(HAND_OVER).backoff(backoff), live(HANDING, null));

    assertThat(step.actions()).contains(new Action.Fail(1, failed));
    assertThat(step.memory().job()).isNull();
  }

  // Tokens that the recipient hands out

  private static Step read(SampleMemory memory, Live row) {
    return memory.io(new Io.Reading()).after(new Event.Read(row, CLOCK));
  }

  private static SampleMemory handed(@Nullable Kept kept, Waiter... waiters) {
    SampleMemory memory = SampleMemory.of().seen(HANDED).waiters(waiters);
    return kept == null ? memory : memory.kept(kept);
  }

  private static Kept keptFor(Duration age) {
    return new Kept(KEPT, "connection", in(age.negated()));
  }

  /** Their end is unknown, so that they are handed out for half a minute. */
  @ParameterizedTest
  @CsvSource({"0, true", "29999, true", "30000, false"})
  void call_keptTokens_areServedWhileTheyAreYoung(long age, boolean isServed) {
    Step step = read(handed(keptFor(Duration.ofMillis(age)), CALL), live(HANDED, null));

    assertThat(step.actions().contains(new Action.Serve(2, KEPT))).isEqualTo(isServed);
    assertThat(step.actions().contains(new Action.AskTokens("connection", false)))
        .isEqualTo(!isServed);
  }

  @Test
  void call_tokensOfAnotherConnection_areNotServed() {
    Kept other = new Kept(KEPT, "other", CLOCK);
    assertThat(read(handed(other, CALL), live(HANDED, null)).actions())
        .containsExactly(new Action.AskTokens("connection", false));
  }

  @Test
  void refusedOrOrdered_keptTokensWillNotDo() {
    Waiter refused = new Waiter(2, Why.REFUSED, Secret.of("kept"), null, null, false);
    for (Waiter waiter : List.of(refused, Waiter.of(2, Why.ORDERED))) {
      assertThat(read(handed(keptFor(Duration.ZERO), waiter), live(HANDED, null)).actions())
          .containsExactly(new Action.AskTokens("connection", true));
    }
  }

  @Test
  void refused_anotherTokenThanTheKept_isServed() {
    Waiter refused = new Waiter(2, Why.REFUSED, Secret.of("older"), null, null, false);
    assertThat(read(handed(keptFor(Duration.ZERO), refused), live(HANDED, null)).actions())
        .contains(new Action.Serve(2, KEPT));
  }

  private static SampleMemory fetching(Grant seen, Waiter... waiters) {
    return SampleMemory.of()
        .seen(seen)
        .known(live(seen, null))
        .job(new Job(Why.GET, new Phase.Fetching("connection"), null, 0, CLOCK, 0, false, false))
        .waiters(waiters);
  }

  private static Backoff failedBefore() {
    return new Backoff(2, in(Duration.ofMinutes(5)), Failure.of(Failure.Kind.PROVIDER));
  }

  @Test
  void kept_isHandedOutAndRemembered() {
    Step step = fetching(HANDED, CALL).backoff(failedBefore()).after(new Event.Kept(KEPT));

    assertThat(step.actions()).containsExactly(new Action.Serve(2, KEPT));
    assertThat(step.memory().kept()).isEqualTo(new Kept(KEPT, "connection", CLOCK));
    assertThat(step.memory().backoff()).isNull();
    assertThat(step.memory().job()).isNull();
  }

  @Test
  void kept_isTheOneThatWasRefused_isWorthATryLater() {
    Waiter refused = new Waiter(2, Why.REFUSED, Secret.of("kept"), null, null, false);

    assertThat(fetching(HANDED, refused).after(new Event.Kept(KEPT)).actions())
        .containsExactly(
            new Action.Fail(2, Failure.later(Failure.Kind.PROVIDER, null, POLICY.backoff())));
  }

  @Test
  void kept_userHasConsentedMeanwhile_isWorthNothing() {
    Step step = fetching(ACTIVE, CALL).after(new Event.Kept(KEPT));

    assertThat(step.memory().kept()).isNull();
    assertThat(step.actions()).containsExactly(new Action.Serve(2, ACTIVE.tokens()));
  }

  @Test
  void kept_noOneAsked_isIgnored() {
    assertThat(SampleMemory.of().after(new Event.Kept(KEPT)).memory()).isEqualTo(Memory.EMPTY);
    assertThat(SampleMemory.of().after(new Event.KeptFailed(cause, null)).memory())
        .isEqualTo(Memory.EMPTY);
    assertThat(asking(Why.HAND_OVER, HANDING).after(new Event.Kept(KEPT)).memory().kept()).isNull();
  }

  @Test
  void keptFailed_failsWhoWaits() {
    Step step = fetching(HANDED, CALL).after(new Event.KeptFailed(cause, null));

    assertThat(step.actions())
        .contains(
            new Action.Fail(2, Failure.later(Failure.Kind.PROVIDER, cause, Duration.ofSeconds(1))));
    assertThat(step.memory().job()).isNull();
  }

  @Test
  void keptFailed_userHasConsentedMeanwhile_isWorthNothing() {
    Step step = fetching(ACTIVE, CALL).after(new Event.KeptFailed(cause, REFUSAL));
    assertThat(step.actions()).containsExactly(new Action.Serve(2, ACTIVE.tokens()));
  }

  @Test
  void keptRefused_isToldOnceTheRowWasSeenToBeHandedOverStill() {
    Failure refused = new Failure(Failure.Kind.REFUSED, REFUSAL, cause, false, null);

    Step first = fetching(HANDED, CALL).after(new Event.KeptFailed(cause, REFUSAL));
    Step seen =
        Protocol.step(
            first.memory(), new Event.Read(live(HANDED, null), CLOCK), SampleMemory.NOW, POLICY);

    assertThat(first.actions()).contains(new Action.Fail(2, refused), new Action.Read());
    assertThat(first.memory().waiters()).containsExactly(Waiter.of(0, Why.NOTICE));
    assertThat(seen.actions()).contains(new Action.Tell(new Notice.ConsentNeeded(REFUSAL)));
    assertThat(seen.memory().waiters()).isEmpty();
  }

  @Test
  void keptRefused_forTheSameReasonAgain_isNotToldAgain() {
    Failure refused = new Failure(Failure.Kind.REFUSED, REFUSAL, cause, false, null);

    Step step =
        fetching(HANDED, CALL)
            .backoff(new Backoff(1, CLOCK, refused))
            .after(new Event.KeptFailed(cause, REFUSAL));

    assertThat(step.actions()).contains(new Action.Fail(2, refused));
    assertThat(step.memory().waiters()).isEmpty();
  }

  /** Who waits for something else is looked after next, whatever the recipient said. */
  @Test
  void answered_disconnectWaits_isBegun() {
    Waiter disconnect = Waiter.of(5, Why.DISCONNECT);
    Failure refused = new Failure(Failure.Kind.REFUSED, REFUSAL, cause, false, null);

    Step kept = fetching(HANDED, CALL, disconnect).after(new Event.Kept(KEPT));
    Step told =
        fetching(HANDED, CALL, disconnect)
            .backoff(new Backoff(1, CLOCK, refused))
            .after(new Event.KeptFailed(cause, REFUSAL));

    assertThat(Objects.requireNonNull(kept.memory().job()).why()).isEqualTo(Why.DISCONNECT);
    assertThat(Objects.requireNonNull(told.memory().job()).why()).isEqualTo(Why.DISCONNECT);
  }

  @Test
  void call_recipientFailedJustNow_isNotAskedAgainAtOnce() {
    Step step = read(handed(null, CALL).backoff(failedBefore()), live(HANDED, null));

    assertThat(step.actions())
        .containsExactly(
            new Action.Fail(2, Failure.later(Failure.Kind.PROVIDER, null, Duration.ofMinutes(5))));
  }
}
