package com.withampersand.sdk.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** Which losses the soak test excuses: an excuse too many hides a mistake of the SDK. */
class JournalTest {
  private static final List<String> TOKENS = List.of("T1", "T2", "T3");

  private long now;
  private final Journal journal = new Journal(() -> now);

  private void at(double second) {
    now = (long) (second * Duration.ofSeconds(1).toNanos());
  }

  private void sent(String token, String process) {
    journal.arrived(token, process);
  }

  private void sent(String token, String process, InjectedFault fault) {
    journal.arrived(token, process);
    journal.befalls(token, fault);
  }

  private void wasAway(double from, double to) {
    at(from);
    long away = now;
    at(to);
    journal.wasAwaySince(away);
  }

  private @Nullable String reason() {
    return journal.reason(TOKENS);
  }

  static Stream<InjectedFault> notCarriedOut() {
    return Stream.of(InjectedFault.values()).filter(fault -> !fault.isCarriedOut());
  }

  static Stream<InjectedFault> losing() {
    return Stream.of(InjectedFault.values()).filter(InjectedFault::losesTokens);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"SLOW", "LATE", "ANSWER_LOST", "ANSWER_CUT", "ANSWER_WITHHELD"})
  void isCarriedOut_requestWithoutAnEffect_isNot(InjectedFault fault) {
    assertThat(fault.isCarriedOut()).isFalse();
    assertThat(fault.losesTokens()).isFalse();
    assertThat(fault.delay()).isZero();
  }

  @ParameterizedTest
  @MethodSource("losing")
  void reason_answerWithTheNextTokenIsLost_isTheFault(InjectedFault fault) {
    at(0);
    sent("T1", "p3", fault);
    at(70);
    sent("T1", "p1");

    assertThat(reason()).isEqualTo(fault.name());
  }

  @Test
  void reason_processIsKilledBeforeItCanStore_isTheKill() {
    at(0);
    sent("T1", "p3");
    at(19);
    journal.killed("p3");
    at(60);
    sent("T1", "p1");

    assertThat(reason()).isEqualTo("PROCESS_KILLED");
  }

  @Test
  void reason_processIsKilledAndItsTokenMeetsAnotherFaultFirst_isTheKill() {
    at(0);
    sent("T1", "p3");
    at(10);
    journal.killed("p3");
    at(60);
    sent("T1", "p1", InjectedFault.NEVER_ARRIVES);
    at(62);
    sent("T1", "p1");

    assertThat(reason()).isEqualTo("PROCESS_KILLED");
  }

  @Test
  void reason_processUsesATokenThatItCannotStoreAndIsKilled_isTheKill() {
    at(0);
    sent("T1", "p3");
    at(10);
    sent("T2", "p3");
    at(15);
    journal.killed("p3");
    at(60);
    sent("T1", "p1");

    assertThat(reason()).isEqualTo("PROCESS_KILLED");
  }

  @ParameterizedTest
  @MethodSource("notCarriedOut")
  void reason_requestOfAKilledProcessHadNoEffectAndALaterTokenIsSentTwice_isNone(
      InjectedFault fault) {
    at(0);
    sent("T1", "p3", fault);
    at(10);
    journal.killed("p3");
    at(60);
    sent("T1", "p1");
    at(120);
    sent("T2", "p1");
    at(121);
    sent("T2", "p2");

    assertThat(reason()).isNull();
  }

  @ParameterizedTest
  @MethodSource("notCarriedOut")
  void reason_requestOfAKilledProcessHadNoEffectAndItsTokenIsSentTwice_isNone(InjectedFault fault) {
    at(0);
    sent("T1", "p3", fault);
    at(10);
    journal.killed("p3");
    at(60);
    sent("T1", "p1");
    at(61);
    sent("T1", "p2");

    assertThat(reason()).isNull();
  }

  @Test
  void reason_tokensOfAKilledProcessAreUsedByAnother_isNone() {
    at(0);
    sent("T1", "p3");
    at(10);
    journal.killed("p3");
    at(60);
    sent("T2", "p1");
    at(120);
    sent("T1", "p2");

    assertThat(reason()).isNull();
  }

  /** The next token was stored even if the request that shows it had no effect. */
  @Test
  void reason_tokensOfAKilledProcessAreSentByAnotherInVain_isNone() {
    at(0);
    sent("T1", "p3");
    at(10);
    journal.killed("p3");
    at(60);
    sent("T2", "p1", InjectedFault.NEVER_ARRIVES);
    at(120);
    sent("T1", "p2");

    assertThat(reason()).isNull();
  }

  @Test
  void reason_tokenThatWasLostIsUsedAllTheSame_isNone() {
    at(0);
    sent("T1", "p3", InjectedFault.ANSWER_LOST);
    at(1);
    sent("T2", "p3");
    at(60);
    sent("T1", "p1");

    assertThat(reason()).isNull();
  }

  /** Afterwards the tokens may be sent as often as one likes. */
  @Test
  void reason_answerIsLostAfterTheGrantHasEnded_isNone() {
    at(0);
    sent("T1", "p1");
    at(1);
    sent("T2", "p1");
    at(2);
    sent("T1", "p2");
    at(3);
    sent("T2", "p1");
    at(4);
    sent("T3", "p1", InjectedFault.ANSWER_LOST);
    at(90);
    sent("T3", "p1");

    assertThat(reason()).isNull();
  }

  @Test
  void reason_laterAnswerIsLost_isItsFault() {
    at(0);
    sent("T1", "p1", InjectedFault.SLOW);
    at(60);
    sent("T2", "p2", InjectedFault.SERVER_ERROR);
    at(70);
    sent("T2", "p2", InjectedFault.ANSWER_CUT);
    at(140);
    sent("T2", "p2");

    assertThat(reason()).isEqualTo("ANSWER_CUT");
  }

  @Test
  void reason_processIsKilledAfterItsTokenWasSentAgain_isNone() {
    at(0);
    sent("T1", "p3");
    at(5);
    sent("T1", "p1");
    at(10);
    journal.killed("p3");

    assertThat(reason()).isNull();
  }

  @Test
  void reason_nothingIsSentTwice_isNone() {
    at(0);
    sent("T1", "p1");
    at(5);
    sent("T2", "p1");

    assertThat(reason()).isNull();
    assertThat(journal.reason(List.of())).isNull();
  }

  /** Twenty seconds, in which the answer is there and the database, too. */
  @ParameterizedTest
  @CsvSource({
    ",     0,  0,  19.9, true",
    ",     0,  0,  20,   false",
    "LATE, 0,  0,  34.9, true",
    "LATE, 0,  0,  35,   false",
    ",     5,  30, 44.9, true",
    ",     5,  30, 45,   false",
    "LATE, 10, 30, 49.9, true",
    "LATE, 10, 30, 50,   false",
    "LATE, 5,  10, 34.9, true",
    "LATE, 5,  10, 35,   false",
    "LATE, -9, 10, 35,   false",
    "LATE, 20, 30, 44.9, true",
    "LATE, 20, 30, 45,   false",
    "SLOW, 40, 60, 50,   false",
    ",     -9, -1, 20,   false"
  })
  void reason_processIsKilledLater_isTheKillIfItHadNoTimeToStore(
      @Nullable InjectedFault fault, double awayFrom, double awayTo, double kill, boolean known) {
    at(0);
    sent("T1", "p3");
    if (fault != null) {
      journal.befalls("T1", fault);
    }
    wasAway(awayFrom, awayTo);
    at(kill);
    journal.killed("p3");
    at(120);
    sent("T1", "p1");

    assertThat(reason()).isEqualTo(known ? "PROCESS_KILLED" : null);
  }

  @Test
  void reason_outagesThatOverlap_countOnce() {
    at(0);
    sent("T1", "p3");
    wasAway(5, 20);
    wasAway(10, 15);
    wasAway(12, 25);
    at(40);
    journal.killed("p3");
    at(120);
    sent("T1", "p1");

    assertThat(reason()).isNull();
  }
}
