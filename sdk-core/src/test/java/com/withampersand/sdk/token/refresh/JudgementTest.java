package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleRows.POLICY;
import static com.withampersand.sdk.token.refresh.SampleRows.REFUSAL;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.token.refresh.GrantState.Active;
import com.withampersand.sdk.token.refresh.GrantState.NeedsConsent;
import com.withampersand.sdk.token.refresh.Judgement.Fail;
import com.withampersand.sdk.token.refresh.Judgement.Note;
import com.withampersand.sdk.token.refresh.Judgement.Refresh;
import com.withampersand.sdk.token.refresh.Judgement.Serve;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of tokens whose end is not known, and which are taken to be good for half an hour. */
class JudgementTest {
  private static final Duration YOUNG = Duration.ofMinutes(1);
  private static final Duration ESTIMATED_OVER = Duration.ofHours(1);
  private static final Failure ENDED = Failure.of(REFUSAL, false, null);

  private static Judgement judge(
      Waiter waiter, GrantState state, GrantRow.Traits traits, Duration age) {
    Grant grant = grant(VERSION, state, "token");
    return Judgement.of(waiter, grant, traits, age, Instant.EPOCH.plus(age), POLICY);
  }

  private static GrantRow.Traits traits(boolean isOwned, boolean canRenew) {
    return new GrantRow.Traits(isOwned, canRenew, true, null, Duration.ofSeconds(90), true, null);
  }

  private static Waiter refused(String accessToken) {
    return new Waiter(1, Why.REFUSED, Secret.of(accessToken), null, null, false);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void of_endedAndTheAccessTokenIsRefused_isWorthKnowingUnlessItIsKnown(boolean isKnown) {
    Judgement judgement =
        judge(refused("token"), new NeedsConsent(REFUSAL, isKnown), traits(true, true), YOUNG);
    assertThat(judgement).isEqualTo(isKnown ? new Fail(ENDED) : new Note(ENDED));
  }

  @Test
  void of_endedAndNoOneHereOwnsIt_isNotNoted() {
    assertThat(
            judge(refused("token"), new NeedsConsent(REFUSAL, false), traits(false, true), YOUNG))
        .isEqualTo(new Fail(ENDED));
  }

  @Test
  void of_endedAndAnotherTokenWasRefused_servesTheOneThatMayBeGood() {
    assertThat(judge(refused("older"), new NeedsConsent(REFUSAL, false), traits(true, true), YOUNG))
        .isEqualTo(new Serve(false));
  }

  /** Who orders a refresh knows better than the refusal; who wants no refresh gets it. */
  @Test
  void of_ended_isTriedForAnOrderAlone() {
    GrantState ended = new NeedsConsent(REFUSAL, false);

    assertThat(judge(Waiter.of(1, Why.ORDERED), ended, traits(true, true), YOUNG))
        .isEqualTo(new Refresh());
    assertThat(judge(Waiter.of(1, Why.CAREFUL), ended, traits(true, true), YOUNG))
        .isEqualTo(new Fail(ENDED));
  }

  /** An estimate is no reason to serve nothing where nothing better is to be had. */
  @ParameterizedTest
  @CsvSource({"false, true, FOREIGN", "true, false, OVER"})
  void of_cannotBeRenewed_servesWhatIsOnlyEstimatedOver(
      boolean isOwned, boolean canRenew, Failure.Kind kind) {
    GrantRow.Traits traits = traits(isOwned, canRenew);
    Waiter get = Waiter.of(1, Why.GET);

    assertThat(judge(get, new Active(), traits, ESTIMATED_OVER)).isEqualTo(new Serve(false));
    assertThat(judge(refused("token"), new Active(), traits, ESTIMATED_OVER))
        .isEqualTo(new Fail(Failure.of(kind)));
  }

  @Test
  void of_estimatedOver_isRefreshedForThoseWhoNeedItToWork() {
    GrantRow.Traits traits = traits(true, true);

    assertThat(judge(Waiter.of(1, Why.GET), new Active(), traits, ESTIMATED_OVER))
        .isEqualTo(new Refresh());
    assertThat(judge(Waiter.of(1, Why.CALL), new Active(), traits, ESTIMATED_OVER))
        .isEqualTo(new Serve(false));
    assertThat(judge(Waiter.of(1, Why.GET), new Active(), traits, YOUNG))
        .isEqualTo(new Serve(false));
  }
}
