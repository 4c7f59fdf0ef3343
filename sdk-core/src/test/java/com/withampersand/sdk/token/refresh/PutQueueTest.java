package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.SampleMemory.CLOCK;
import static com.withampersand.sdk.token.refresh.SampleRows.REFUSAL;
import static com.withampersand.sdk.token.refresh.SampleRows.VERSION;
import static com.withampersand.sdk.token.refresh.SampleRows.grant;
import static com.withampersand.sdk.token.refresh.SampleRows.tokens;
import static com.withampersand.sdk.token.refresh.SampleRows.traits;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.refresh.Memory.Put;
import com.withampersand.sdk.token.refresh.Memory.Tries;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PutQueueTest {
  private static final Put.Result RESULT =
      new Put.Result(grant(VERSION, new GrantState.Active(), "new"), 3, Duration.ZERO, Tries.NONE);

  private static Put.State state(long lease) {
    Grant ended = grant(VERSION, new GrantState.NeedsConsent(REFUSAL, false), "token");
    return new Put.State(ended, VERSION, lease, false, Set.of(), null, Tries.NONE);
  }

  private static Put.Consent consent(boolean isLookedUp) {
    return new Put.Consent(
        "consent", tokens("new"), traits(true, null), CLOCK, 1, isLookedUp, Tries.NONE);
  }

  private static List<Put> withResult(boolean isFirstBeingWritten, Put... puts) {
    PutQueue queue = new PutQueue(List.of(puts));
    queue.add(RESULT, isFirstBeingWritten);
    return queue.all();
  }

  @Test
  void add_newTokens_goAheadAndReplaceWhatTheirLeaseHadToSay() {
    assertThat(withResult(false, state(3), state(2), new Put.Release(3, Tries.NONE)))
        .containsExactly(RESULT, state(2), new Put.Release(3, Tries.NONE));
  }

  @Test
  void add_newTokens_leaveAloneWhatIsBeingWritten() {
    assertThat(withResult(true, state(3), state(3), state(2)))
        .containsExactly(state(3), RESULT, state(2));
    assertThat(withResult(true, consent(true), consent(true)))
        .containsExactly(consent(true), RESULT, consent(false));
  }

  @Test
  void add_newTokens_haveTheRowReadAgainForAConsent() {
    assertThat(withResult(false, consent(true))).containsExactly(RESULT, consent(false));
  }

  @Test
  void isStuck_onlyOnceTheFirstHasFailed() {
    assertThat(new PutQueue(List.of()).isStuck()).isFalse();
    assertThat(new PutQueue(List.of(state(3))).isStuck()).isFalse();

    Put failed = state(3).with(new Tries(1, 0, null, null));
    assertThat(new PutQueue(List.of(failed)).isStuck()).isTrue();
    assertThat(new PutQueue(List.of(state(3), failed)).isStuck()).isFalse();
  }
}
