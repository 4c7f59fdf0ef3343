package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleRows.FOUND;
import static com.withampersand.sdk.token.refresh.SampleRows.NOW;
import static com.withampersand.sdk.token.refresh.SampleRows.REFUSAL;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.ago;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.live;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.Blocked;
import com.withampersand.sdk.token.refresh.GrantState.InDoubt;
import com.withampersand.sdk.token.refresh.GrantState.NeedsConsent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalRuleTest {
  private static final Active ACTIVE = new Active();
  private static final Refusal FINAL = REFUSAL.as(Verdict.FINAL);
  private static final Refusal BLOCKED = REFUSAL.as(Verdict.BLOCKED);
  private static final Refusal UNKNOWN = REFUSAL.as(Verdict.UNKNOWN);
  private static final GrantRow.Stone STONE =
      new GrantRow.Stone(FOUND, 3, NOW, VERSION, "consent", NOW);

  private static Grant granted(GrantState state) {
    return grant(VERSION, state, "token");
  }

  private static RefusalRule rule(@Nullable GrantRow known, Waiter... waiters) {
    SampleMemory memory = SampleMemory.of().waiters(waiters);
    return new RefusalRule((known == null ? memory : memory.known(known)).draft());
  }

  private static Waiter refused(String accessToken) {
    return new Waiter(1, Why.REFUSED, Secret.of(accessToken), null, null, false);
  }

  private static GrantState after(GrantState state, Refusal refusal, Waiter... waiters) {
    return rule(live(state, null), waiters).after(granted(state), refusal);
  }

  /** Returns a doubt that began so long ago, in which unknown words were heard so often. */
  private static InDoubt doubt(Duration since, int unknown) {
    return new InDoubt(ago(since), 2, unknown);
  }

  @ParameterizedTest
  @CsvSource({"token, true", "other, false"})
  void final_endsTheGrant_andRemembersWhoseAccessTokenWasRefused(String refused, boolean known) {
    assertThat(after(ACTIVE, FINAL, refused(refused))).isEqualTo(new NeedsConsent(FINAL, known));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void final_grantHasEnded_keepsWhatWasKnownOfTheAccessToken(boolean accessRefused) {
    assertThat(after(new NeedsConsent(REFUSAL, accessRefused), FINAL))
        .isEqualTo(new NeedsConsent(FINAL, accessRefused));
  }

  @Test
  void blocked_nothingWasWrong_hasNoOrigin() {
    assertThat(after(ACTIVE, BLOCKED)).isEqualTo(new Blocked(BLOCKED, false, null, null));
    assertThat(after(ACTIVE, BLOCKED, refused("token")))
        .isEqualTo(new Blocked(BLOCKED, true, null, null));
  }

  @Test
  void blocked_inDoubt_remembersTheDoubtAndWhenItBegan() {
    InDoubt marked = doubt(Duration.ofHours(1), 3);
    InDoubt unmarked = new InDoubt(null, 2, 3);

    assertThat(after(marked, BLOCKED))
        .isEqualTo(new Blocked(BLOCKED, false, ago(Duration.ofHours(1)), marked));
    assertThat(after(unmarked, BLOCKED))
        .isEqualTo(new Blocked(BLOCKED, false, ago(Duration.ofDays(6)), unmarked));
  }

  @Test
  void blocked_inDoubtOfWhichTheRowIsGone_doesNotKnowWhenItBegan() {
    assertThat(rule(STONE).after(granted(InDoubt.NEW), BLOCKED))
        .isEqualTo(new Blocked(BLOCKED, false, null, InDoubt.NEW));
  }

  @ParameterizedTest
  @CsvSource({"true, other, true", "false, other, false", "false, token, true"})
  void blocked_onceMore_keepsItsOrigin(boolean before, String refused, boolean now) {
    Blocked blocked = new Blocked(REFUSAL, before, ago(Duration.ofDays(2)), InDoubt.NEW);

    assertThat(after(blocked, BLOCKED, refused(refused)))
        .isEqualTo(new Blocked(BLOCKED, now, ago(Duration.ofDays(2)), InDoubt.NEW));
  }

  @ParameterizedTest
  @EnumSource(
      value = Verdict.class,
      names = {"PASSING", "THROTTLED"})
  void passing_leavesADoubt(Verdict verdict) {
    assertThat(after(ACTIVE, REFUSAL.as(verdict))).isEqualTo(InDoubt.NEW);
    assertThat(after(new InDoubt(null, 2, 1), REFUSAL.as(verdict)))
        .isEqualTo(new InDoubt(null, 3, 1));
  }

  /** Four times, and for a quarter of an hour. */
  @ParameterizedTest
  @CsvSource({
    "900000, 3, true",
    "900001, 9, true",
    "899999, 3, false",
    "0, 9, false",
    "900000, 2, false",
    "86400000, 0, false"
  })
  void unknown_endsTheGrantOnlyIfHeardAgainAndAgainForAWhile(
      long millis, int before, boolean isEnded) {
    InDoubt doubt = doubt(Duration.ofMillis(millis), before);
    GrantState next = after(doubt, UNKNOWN);
    assertThat(next)
        .isEqualTo(
            isEnded
                ? new NeedsConsent(UNKNOWN, false)
                : new InDoubt(doubt.since(), doubt.tries() + 1, before + 1));
  }

  @Test
  void unknown_outsideOfADoubt_endsNothing() {
    InDoubt origin = doubt(Duration.ofDays(2), 8);
    Blocked blocked = new Blocked(REFUSAL, false, ago(Duration.ofDays(2)), origin);

    assertThat(after(ACTIVE, UNKNOWN)).isEqualTo(new InDoubt(null, 0, 1));
    assertThat(after(blocked, UNKNOWN)).isEqualTo(new InDoubt(ago(Duration.ofDays(2)), 3, 9));
  }

  @Test
  void unknown_rowIsGone_endsNothing() {
    assertThat(rule(STONE).after(granted(doubt(Duration.ofDays(2), 8)), UNKNOWN))
        .isInstanceOf(InDoubt.class);
    assertThat(rule(null).after(granted(doubt(Duration.ofDays(2), 8)), UNKNOWN))
        .isInstanceOf(InDoubt.class);
  }
}
