package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Scene.A;
import static com.withampersand.sdk.token.refresh.Scene.B;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.refresh.Action.DeleteConnection;
import com.withampersand.sdk.token.refresh.Action.Import;
import com.withampersand.sdk.token.refresh.Action.Read;
import com.withampersand.sdk.token.refresh.Action.Revoke;
import com.withampersand.sdk.token.refresh.Action.Send;
import com.withampersand.sdk.token.refresh.Action.Write;
import com.withampersand.sdk.token.refresh.Move.What;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What random schedules found, each told again in the fewest steps. */
class FoundBySimulatorTest {
  private static final Refusal FINAL =
      new Refusal("invalid_grant", null, Verdict.FINAL, Reason.OTHER, Actor.END_USER, "");

  @Test
  void answer_afterTheWaitForItWasGivenUp_isStored() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.SLOW, A, Send.class);
    scene.passes(15).does(What.PAUSE, A).happens(A, Send.class);

    scene.ticks().ticks().ticks().ticks().ticks().ticks().does(What.RESUME, A);
    scene.does(What.WAKE, A).hears(A, Send.class).rests();

    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");
  }

  @Test
  void refusalOfTheRequestBefore_whileAnotherIsUnderWay_countsForNothing() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.SLOW, A, Send.class);

    Node node = scene.world.nodes[A];
    node.ops.add(done(scene, new Event.Refused("#before", FINAL, null)));
    scene.hearsLast(A).rests();
    scene.runs(A, Send.class).rests();

    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");
  }

  private static Op done(Scene scene, Event event) {
    long now = scene.world.time;
    return new Op(null, Op.Stage.DONE, event, A, scene.world.nodes[A].life, now, now, false);
  }

  @Test
  void answer_toAGrantThatWasForgottenMeanwhile_isRevoked() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.REFUSED, A).until(A, Send.class).does(What.FORGET, B).rests(B);

    scene.runs(A, Send.class).rests(A);

    assertThat(scene.world.actions).anyMatch(Action.Discard.class::isInstance);
    assertThat(scene.row()).isEqualTo("gone");
  }

  @Test
  void requestThatNeverLeft_freesTheLease() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 1);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.NEVER_SENT, A, Send.class);

    scene.hears(A, Send.class).rests();

    assertThat(scene.row()).isEqualTo("ACTIVE 1.1");
    assertThat(scene.stored().lease()).isNull();
  }

  @Test
  void requestThatWasThrottled_leavesNoDoubt() {
    Scene scene = Scene.of(ProviderKind.FAMILY, 1);
    scene.does(What.REFUSED, A).until(A, Send.class).happens(What.THROTTLED, A, Send.class);

    scene.hears(A, Send.class).rests();

    assertThat(scene.row()).isEqualTo("ACTIVE 1.1");
    assertThat(scene.stored().lease()).isNull();
  }

  // Disconnecting

  @Test
  void disconnect_ofWhatAmpersandKeeps_cutOffInTheMiddle_isFinishedAndAsksNoOneToConsent() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.HAND_OVER, A).rests().does(What.DISCONNECT, A);
    scene.until(A, DeleteConnection.class).happens(A, DeleteConnection.class).does(What.CRASH, A);

    scene.does(What.CALL, B).passes(35).does(What.CALL, B).rests();

    assertThat(scene.row()).isEqualTo("gone");
    assertThat(scene.told()).doesNotContain("ConsentNeeded");
  }

  @Test
  void disconnect_afterANewConsent_isNotAnsweredByTheOneBefore() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.DISCONNECT, A).until(A, Revoke.class).runs(A, Revoke.class);
    scene.until(A, Write.class).happens(A, Write.class).ticks();
    scene.does(What.CONSENT, B).rests(B);

    scene.does(What.DISCONNECT, A).rests(A);

    assertThat(scene.row()).isEqualTo("gone");
    assertThat(scene.world.families[1].ended()).isTrue();
  }

  @Test
  void disconnect_whenALaterConsentCannotBeRead_sparesIt() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.DISCONNECT, A).until(A, Revoke.class).runs(A, Revoke.class);
    scene.until(A, Write.class).ticks().does(What.CONSENT, B).rests(B);

    scene.runs(A, Write.class).until(A, Read.class).happens(What.UNREADABLE, A, Read.class);
    scene.rests(A);

    assertThat(scene.row()).isEqualTo("ACTIVE 2.1");
  }

  @Test
  void disconnect_whenAConsentIsStoredMeanwhile_sparesIt() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.DISCONNECT, A).until(A, Revoke.class).runs(A, Revoke.class);
    scene.until(A, Write.class).ticks().does(What.CONSENT, B).rests(B);

    scene.rests(A);

    assertThat(scene.row()).isEqualTo("ACTIVE 2.1");
    assertThat(scene.done()).hasSize(2);
  }

  @Test
  void disconnect_whenNewerTokensArriveMeanwhile_revokesThose() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.REFUSED, B).until(B, Send.class).happens(What.SLOW, B, Send.class).passes(15);
    scene.happens(B, Send.class).does(What.DISCONNECT, A).until(A, Revoke.class);

    scene.hears(B, Send.class).rests(B).rests(A);

    assertThat(scene.row()).isEqualTo("gone");
    assertThat(scene.revoked()).containsExactly("RT1.1", "RT1.2");
  }

  @Test
  void disconnect_thatWasToldToFail_doesNotHappenLater() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);
    scene.does(What.DISCONNECT, A).until(A, Write.class).runs(A, Write.class);
    scene.until(A, Write.class).happens(What.FAIL, A, Write.class).hears(A, Write.class);
    assertThat(scene.failed()).containsExactly(Failure.Kind.STORE);

    scene.passes(60);

    assertThat(scene.row()).isEqualTo("ACTIVE 1.1");
    assertThat(scene.stored().lease()).isNull();
  }

  @Test
  void disconnect_ofAHostThatIsLeftAlone_isTried() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);

    scene.does(What.HOST_CLOSED, A).does(What.DISCONNECT, A).rests();

    assertThat(scene.row()).isEqualTo("gone");
  }

  @Test
  void changeIssuer_fromAHostThatIsLeftAlone_isDone() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);

    scene.does(What.HOST_CLOSED, A).does(What.CHANGE_ISSUER, A).rests();

    assertThat(scene.done()).containsExactly(Outcome.Kind.DONE);
  }

  // Handing over

  @Test
  void import_thatIsRefused_leavesADoubtThatARefreshResolves() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);
    scene.does(What.HAND_OVER, A).until(A, Import.class).happens(What.FAIL, A, Import.class);
    scene.rests();
    assertThat(scene.row()).isEqualTo("IN_DOUBT 1.1");

    assertThat(scene.settles().row()).isEqualTo("ACTIVE 1.2");
  }

  @Test
  void import_thatIsRefusedWhileAnotherSettles_doesNotTakeTheGrantBack() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.HAND_OVER, A).until(A, Import.class).happens(What.FAIL, A, Import.class);
    scene.does(What.PAUSE, A);
    for (int i = 0; i < 14; i++) {
      scene.ticks();
    }
    scene.does(What.REFUSED, B).until(B, Import.class);

    scene.does(What.RESUME, A).hears(A, Import.class).rests(A).rests(B);

    assertThat(scene.row()).isEqualTo("HANDED_OVER 1.1");
  }

  // Consents

  @Test
  void consent_whoseProcessWasFrozenAfterItsRead_isNotTakenForAnEarlierOne() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.CONSENT, B).rests(B).ticks();
    scene.does(What.CONSENT, A).until(A, Read.class).happens(A, Read.class).does(What.PAUSE, A);

    scene.ticks().ticks().does(What.RESUME, A).rests();

    assertThat(scene.row()).isEqualTo("ACTIVE 3.1");
  }

  @Test
  void consent_behindTokensThatHaveToBeStoredFirst_isNotTakenForAnEarlierOne() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);
    scene.does(What.CONSENT, A).rests().does(What.CALL, A).rests().ticks();
    scene.does(What.REFUSED, A).until(A, Send.class);
    scene.does(What.CONSENT, A).until(A, Read.class).runs(A, Send.class);
    scene.happens(A, Read.class).does(What.PAUSE, A);

    scene.ticks().ticks().ticks().does(What.RESUME, A).rests();

    assertThat(scene.row()).isEqualTo("ACTIVE 3.1");
  }

  @Test
  void consent_overOneWithANumberInTheFuture_isStored() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);
    long future = Stored.plus(scene.world.storeTime(), Duration.ofHours(1)).millis();
    Version version = Version.ofConsent(future);
    Grant grant = scene.stored().live();
    scene.world.row = scene.stored().with(grant.with(grant.state(), version));

    scene.does(What.CONSENT, A).rests();

    assertThat(scene.row()).isEqualTo("ACTIVE 2.1");
    assertThat(scene.stored().version().consent()).isEqualTo(future + 1);
  }

  @Test
  void consent_savedAgainWhileTheRowCannotBeRead_doesNotReviveWhatWasHandedOver() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 2);
    scene.does(What.CONSENT, A).until(A, Write.class).happens(What.FAIL_AFTER, A, Write.class);
    scene.hears(A, Write.class).does(What.HAND_OVER, B).rests(B);
    assertThat(scene.row()).isEqualTo("HANDED_OVER 2.1");

    scene.ticks().until(A, Read.class).happens(What.UNREADABLE, A, Read.class).rests(A);
    scene.passes(10);

    assertThat(scene.row()).isEqualTo("HANDED_OVER 2.1");
  }

  @Test
  void consent_overWhatAmpersandKeeps_saysThatItKeepsItStill() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);
    scene.does(What.HAND_OVER, A).rests();

    scene.does(What.CONSENT, A).rests();

    assertThat(scene.told()).contains("Warned");
  }

  // Stores

  @Test
  void read_ofARowThatCannotBeOpenedForAWhile_doesNotKeepAWriteWaitingForEver() {
    Scene scene = Scene.of(ProviderKind.ROTATION, 1);
    scene.does(What.REFUSED, A).until(A, Write.class).runs(A, Write.class).until(A, Send.class);
    scene.runs(A, Send.class).happens(What.FAIL_MAYBE, A, Write.class).hears(A, Write.class);

    scene.ticks().until(A, Read.class).happens(What.UNREADABLE, A, Read.class).passes(10);

    assertThat(scene.row()).isEqualTo("ACTIVE 1.2");
    assertThat(Objects.requireNonNull(scene.world.nodes[A].memory).pending()).isEmpty();
  }
}
