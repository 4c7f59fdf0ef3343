package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Scene.A;
import static com.withampersand.sdk.token.refresh.Scene.B;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.token.refresh.Action.AskRecipient;
import com.withampersand.sdk.token.refresh.Action.Import;
import com.withampersand.sdk.token.refresh.Action.Read;
import com.withampersand.sdk.token.refresh.Action.Revoke;
import com.withampersand.sdk.token.refresh.Action.Send;
import com.withampersand.sdk.token.refresh.Action.Write;
import com.withampersand.sdk.token.refresh.Move.What;
import org.junit.jupiter.api.Test;

/**
 * The traces by which earlier wordings of the protocol lost a grant, or asked a user for nothing.
 * Each is played on the protocol as it is; {@link Rules} are checked after each move.
 */
class HolesTest {

  // H1: which tokens are newer

  @Test
  void consent_storedDuringARefreshOfTheOldGrant_stays() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.REFUSED, A).until(A, Send.class);

    scene.does(What.CONSENT, B).rests(B);
    scene.rests(A);

    assertThat(scene.row()).isEqualTo("ACTIVE 2.1");
    assertThat(scene.settles().row()).startsWith("ACTIVE 2.");
  }

  @Test
  void reconnectedGrant_isServedByAProcessThatKnewALaterGeneration() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.REFUSED, A).rests().does(What.EXPIRE).does(What.REFUSED, A).rests();
    scene.does(What.CALL, B).rests();
    scene.does(What.DISCONNECT, A).rests().does(What.CONSENT, A).rests();

    scene.passes(5).does(What.CALL, B).rests();

    assertThat(scene.row()).isEqualTo("ACTIVE 2.1");
    assertThat(scene.served()).endsWith("AT2.1");
  }

  @Test
  void consent_whenARefreshIsStoredBetweenItsReadAndItsWrite_isStored() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).runs(A, Send.class);
    scene.does(What.CONSENT, B).until(B, Write.class);

    scene.rests(A).rests(B);

    assertThat(scene.row()).isEqualTo("ACTIVE 2.1");
    assertThat(scene.done()).containsExactly(Outcome.Kind.DONE);
  }

  @Test
  void consent_storedAlthoughAnErrorWasAnswered_isNotStoredOverItsOwnRefresh() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.CONSENT, A).until(A, Write.class).happens(What.FAIL_AFTER, A, Write.class);
    scene.hears(A, Write.class);

    scene.does(What.CALL, B).rests(B).does(What.EXPIRE).does(What.REFUSED, B).rests(B);
    scene.passes(10);

    assertThat(scene.row()).isEqualTo("ACTIVE 2.2");
  }

  @Test
  void result_storedAlthoughAnErrorWasAnswered_doesNotReviveADisconnectedGrant() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).runs(A, Send.class);
    scene.happens(What.FAIL_AFTER, A, Write.class).hears(A, Write.class);

    scene.does(What.DISCONNECT, B).rests(B);
    scene.passes(10);

    assertThat(scene.row()).isEqualTo("gone");
    assertThat(scene.world.families[0].ended()).isTrue();
  }

  // H2: slow providers

  @Test
  void answer_afterItsCertaintyIsGone_isStored() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.SLOW, A, Send.class);
    scene.passes(15);
    assertThat(scene.row()).isEqualTo("IN_DOUBT 1.1");

    scene.runs(A, Send.class).rests();

    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");
    assertThat(scene.settles().sent()).containsOnlyOnce("RT1.1");
  }

  // H3: careful tries and pending writes

  @Test
  void pendingResult_whenTheStoreWasAwayForLongerThanTheLease_isStoredBeforeAnotherTries() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).runs(A, Send.class);
    scene.does(What.REFUSED, B).does(What.STORE_DOWN).passes(35);

    scene.does(What.STORE_UP).settles();

    assertThat(scene.sent()).containsOnlyOnce("RT1.1");
    assertThat(scene.row()).startsWith("ACTIVE 1.");
  }

  @Test
  void pendingResult_whileAnotherHoldsTheLease_isStored() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.SLOW, A, Send.class);
    scene.passes(10).does(What.REFUSED, B).untilLater(B, Write.class).runs(B, Write.class);
    assertThat(scene.world.row).extracting(Stored::lease).isNotNull();

    scene.runs(A, Send.class).rests(A);

    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");
    assertThat(scene.passes(20).sent()).containsExactly("RT1.1");
  }

  // H4, H12, H24: hand-overs

  @Test
  void handOver_ofADoubt_resolvesTheDoubtFirst() {
    Scene scene = Scene.of(ProviderKind.GRACE, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.FAIL_AFTER, A, Send.class);
    scene.rests();
    assertThat(scene.row()).isEqualTo("IN_DOUBT 1.1");

    scene.does(What.HAND_OVER, B).passes(60);
    scene.does(What.HAND_OVER, B).passes(60);

    assertThat(scene.world.recipient).isIn(Token.NONE, new Token(1, 3));
    assertThat(scene.row()).isIn("ACTIVE 1.3", "HANDED_OVER 1.3", "IN_DOUBT 1.1");
  }

  @Test
  void handOver_whoseImportIsLateAndUnknownToAnother_hasOneOwner() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.HAND_OVER, A).until(A, Import.class);
    scene.happens(What.FAIL_LATE, A, Import.class).hears(A, Import.class);
    scene.does(What.REFUSED, B).rests(B);

    scene.happensLate().passes(40);
    scene.settles();

    assertThat(scene.row()).isEqualTo("HANDED_OVER 1.1");
    assertThat(scene.sent()).isEmpty();
  }

  @Test
  void handOver_whoseProcessWasFrozenBeforeTheImport_hasOneOwner() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.HAND_OVER, A).until(A, AskRecipient.class).runs(A, AskRecipient.class);
    scene.happens(A, Write.class).does(What.PAUSE, A);
    scene.does(What.REFUSED, B).passes(35);

    scene.does(What.RESUME, A).rests(A);
    scene.settles();

    assertThat(scene.row()).isEqualTo("HANDED_OVER 1.1");
    assertThat(scene.sent()).isEmpty();
  }

  @Test
  void handOver_withoutFaults_endsHandedOver() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);

    scene.does(What.HAND_OVER, A).rests();

    assertThat(scene.row()).isEqualTo("HANDED_OVER 1.1");
    assertThat(scene.done()).containsExactly(Outcome.Kind.DONE);
  }

  // H5, H21: repeated writes

  @Test
  void result_storedAlthoughAnErrorWasAnswered_doesNotEraseAHandOver() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).runs(A, Send.class);
    scene.happens(What.FAIL_AFTER, A, Write.class).hears(A, Write.class);
    scene.does(What.HAND_OVER, B).until(B, Import.class);
    assertThat(scene.row()).isEqualTo("HANDING_OVER 1.2");

    scene.ticks().rests(A);

    assertThat(scene.row()).isEqualTo("HANDING_OVER 1.2");
  }

  @Test
  void consent_storedAlthoughAnErrorWasAnswered_doesNotReviveADisconnectedGrant() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.CONSENT, A).until(A, Write.class).happens(What.FAIL_AFTER, A, Write.class);
    scene.hears(A, Write.class);

    scene.does(What.DISCONNECT, B).rests(B);
    scene.passes(10);

    assertThat(scene.row()).isEqualTo("gone");
    assertThat(scene.world.families[1].ended()).isTrue();
  }

  // H6, H17: mail for nothing

  @Test
  void disconnect_whoseDeletionFails_asksNoOneToConsent() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.CALL, B).rests();
    scene.does(What.DISCONNECT, A).until(A, Revoke.class).runs(A, Revoke.class);
    scene.does(What.STORE_DOWN).rests();

    scene.does(What.REFUSED, B).passes(15);
    scene.does(What.STORE_UP).passes(60);

    assertThat(scene.told()).doesNotContain("ConsentNeeded");
    assertThat(scene.settles().row()).isEqualTo("gone");
  }

  @Test
  void refusal_overtakenByAConsent_asksNoOneToConsent() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.END_AT_PROVIDER);
    scene.does(What.REFUSED, A).until(A, Send.class).runs(A, Send.class);

    scene.does(What.CONSENT, B).rests(B);
    scene.rests(A);

    assertThat(scene.told()).doesNotContain("ConsentNeeded");
    assertThat(scene.row()).isEqualTo("ACTIVE 2.1");
  }

  // H7: words that are not known to be final

  @Test
  void refusal_inUnknownWords_doesNotEndTheGrant() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);
    scene.does(What.REFUSED, A).until(A, Send.class);

    scene.happens(What.UNKNOWN, A, Send.class).rests();

    assertThat(scene.row()).isEqualTo("IN_DOUBT 1.1");
    assertThat(scene.settles().row()).startsWith("ACTIVE 1.");
  }

  // H8, H9, H10, H18, H19: leases and their lapse

  @Test
  void lapsedLease_metByAReader_isADoubtThatIsResolvedWithoutARefusal() {
    Scene scene = Scene.of(ProviderKind.GRACE, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(A, Send.class).does(What.CRASH, A);
    scene.passes(30);

    scene.does(What.CALL, B).rests();

    assertThat(scene.row()).isEqualTo("IN_DOUBT 1.1");
    Settling.of(scene.world, false);
    assertThat(scene.row()).startsWith("ACTIVE 1.");
  }

  @Test
  void lapsedLease_takenByAProcessThatHasTooLittleTimeLeft_staysADoubt() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).does(What.CRASH, A);
    scene.passes(35).does(What.REFUSED, B).until(B, Write.class);

    scene.happens(B, Write.class).does(What.PAUSE, B).ticks().ticks().ticks().ticks();
    scene.does(What.RESUME, B).rests();

    assertThat(scene.row()).isEqualTo("IN_DOUBT 1.1");
  }

  @Test
  void result_storedBetweenAcquireAndSend_stopsTheCarefulTry() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.SLOW, A, Send.class);
    scene.passes(10).does(What.REFUSED, B).untilLater(B, Write.class).runs(B, Write.class);

    scene.runs(A, Send.class).rests(A).passes(30);

    assertThat(scene.sent()).containsExactly("RT1.1");
    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");
  }

  @Test
  void answerToAnAcquire_lost_isNoDoubt() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 1);
    scene.does(What.REFUSED, A).until(A, Write.class);

    scene.happens(What.FAIL_AFTER, A, Write.class).hears(A, Write.class).passes(10);

    assertThat(scene.told()).doesNotContain("InDoubt");
    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");
  }

  @Test
  void lapsedLease_overAHandOver_leavesTheHandOver() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.HAND_OVER, A).until(A, Import.class).does(What.CRASH, A);

    scene.ticks().does(What.CALL, B).passes(35).does(What.CALL, B).rests();

    assertThat(scene.row()).isIn("HANDING_OVER 1.1", "HANDED_OVER 1.1");
    assertThat(scene.settles().sent()).isEmpty();
  }

  @Test
  void lapsedLease_overADisconnect_asksNoOneToConsent() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.DISCONNECT, A).until(A, Revoke.class).happens(A, Revoke.class);
    scene.does(What.CRASH, A);

    scene.passes(35).does(What.REFUSED, B).rests();

    assertThat(scene.row()).isIn("DISCONNECTING 1.1", "gone");
    assertThat(scene.settles().told()).doesNotContain("ConsentNeeded");
  }

  // H11, H14, H15, H22, H23: careful tries

  @Test
  void lateAnswer_toTheProcessThatIsAboutToTry_isTaken() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 1);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.SLOW, A, Send.class);
    scene.passes(15).does(What.REFUSED, A).rests();

    scene.runs(A, Send.class).passes(60);

    assertThat(scene.sent()).containsExactly("RT1.1");
    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");
  }

  @Test
  void twoResultsOfOneGeneration_theLaterIsKept() {
    Scene scene = Scene.of(ProviderKind.NO_ROTATION_BY_WORD, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.SLOW, A, Send.class);
    scene.passes(10).does(What.REFUSED, B).passes(5);
    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");

    scene.runs(A, Send.class).rests();

    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");
  }

  @Test
  void lostAnswer_whereReuseIsTolerated_needsNoConsent() {
    Scene scene = Scene.of(ProviderKind.GRACE, 1);
    scene.does(What.REFUSED, A).until(A, Send.class);

    scene.happens(What.FAIL_AFTER, A, Send.class).rests();
    scene.does(What.REFUSED, A).passes(40);

    assertThat(scene.row()).isEqualTo("ACTIVE 1.3");
  }

  @Test
  void oneProcessAlone_whoseAnswerIsLostInSilence_triesAgain() {
    Scene scene = Scene.of(ProviderKind.NO_ROTATION, 1);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.SLOW, A, Send.class);

    scene.passes(60);

    assertThat(scene.sent()).hasSize(2);
    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");
  }

  @Test
  void blockedGrant_isTriedCarefully() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 1);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.BLOCKED, A, Send.class).rests();
    assertThat(scene.row()).isEqualTo("BLOCKED 1.1");

    scene.does(What.ORDER, A).rests();

    assertThat(scene.sent()).hasSize(1);
    assertThat(scene.settles().row()).startsWith("ACTIVE 1.");
  }

  @Test
  void lookThatFails_beginsTheAnnouncementAnew() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).does(What.CRASH, A);
    scene.passes(30).does(What.REFUSED, B).rests();
    scene.untilLater(B, Write.class).runs(B, Write.class).untilLater(B, Read.class);

    scene.happens(What.FAIL, B, Read.class).rests(B).ticks().rests(B);
    assertThat(scene.sent()).hasSize(1);

    scene.passes(15);
    assertThat(scene.sent()).hasSize(2);
  }

  // H13: replicas

  @Test
  void tokenReadAtAReplica_isNotSent() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 2);
    scene.does(What.REFUSED, A).rests();

    scene.does(What.REFUSED, B).until(B, Read.class).happens(What.STALE, B, Read.class).rests();

    assertThat(scene.sent()).containsExactly("RT1.1");
    assertThat(scene.served()).endsWith("AT1.2");
  }

  // H16: what a doubt remembers

  @Test
  void doubt_triedAgain_keepsItsBeginningAndWaitsLonger() {
    Scene scene = Scene.of(ProviderKind.NO_ROTATION, 1);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.FAIL_MAYBE, A, Send.class);
    scene.rests();
    Stored first = scene.world.row;

    scene.does(What.REFUSED, A).untilLater(A, Send.class);
    scene.happens(What.FAIL_MAYBE, A, Send.class).rests();

    Stored second = scene.world.row;
    assertThat(second.stateAt()).isEqualTo(first.stateAt());
    assertThat(second.sentAt()).isGreaterThan(first.sentAt());
    assertThat(second.live().state().tries()).isEqualTo(1);
  }

  // H20: two consents

  @Test
  void olderConsent_thatIsStoredLate_isSuperseded() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.CONSENT, A).until(A, Write.class).happens(What.FAIL, A, Write.class);
    scene.hears(A, Write.class).ticks().does(What.CONSENT, B).rests(B);

    scene.rests(A);

    assertThat(scene.row()).isEqualTo("ACTIVE 3.1");
    assertThat(scene.told()).as(scene.story()).contains("Superseded");
  }

  // Readings of the design that break it, too

  @Test
  void orderedRefresh_ofADoubt_waitsAsAnyOther() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.FAIL_MAYBE, A, Send.class);
    scene.rests();

    scene.does(What.ORDER, B).rests(B);
    assertThat(scene.sent()).hasSize(1);

    assertThat(scene.settles().row()).startsWith("ACTIVE 1.");
  }
}
