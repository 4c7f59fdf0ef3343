package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.Row;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tokens that the store did not take. */
@Timeout(60)
class PendingWriteTest {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Deployment deployment = new Deployment();
  private final FreshTokens a = deployment.process();
  private final FreshTokens b = deployment.process();

  @AfterEach
  void stop() {
    deployment.close();
  }

  private TokenSet connected() {
    TokenSet consent = deployment.consent();
    a.save(ADA, consent);
    return consent;
  }

  private void refuseNewTokens() {
    deployment.store.failsWrite = change -> change.version().generation() == 2;
  }

  @Test
  void refresh_storeFailsAfterTheAnswer_newTokensAreServedFromMemory() {
    TokenSet old = connected();
    refuseNewTokens();

    TokenSet refreshed = a.refresh(ADA);

    assertThat(refreshed.accessToken().reveal()).isEqualTo(deployment.grantOf(old).accessToken());
    assertThat(a.get(ADA)).isEqualTo(refreshed);
    assertThat(a.unsaved()).isEqualTo(1);
    assertThat(a.flush(Duration.ZERO)).isFalse();
    assertThat(deployment.told()).contains("pendingWrite").doesNotContain("refreshed");
  }

  @Test
  void refresh_storeIsBack_newTokensAreStoredWithoutAnyCall() {
    connected();
    refuseNewTokens();
    TokenSet refreshed = a.refresh(ADA);
    deployment.store.comeBack();

    deployment.pass(Duration.ofSeconds(5));

    assertThat(a.unsaved()).isZero();
    assertThat(a.flush(Duration.ofSeconds(1))).isTrue();
    assertThat(b.get(ADA)).isEqualTo(refreshed);
    assertThat(deployment.kind(b)).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.told()).contains("pendingWriteDone", "refreshed");
  }

  @Test
  void refresh_storeIsAwayForLongerThanTheLease_newTokensWinWhenItIsBack() {
    TokenSet old = connected();
    refuseNewTokens();
    TokenSet refreshed = a.refresh(ADA);
    deployment.store.goAway();
    deployment.pass(Duration.ofHours(3));
    deployment.store.comeBack();

    deployment.pass(Duration.ofSeconds(5));

    assertThat(b.get(ADA)).isEqualTo(refreshed);
    assertThat(deployment.grantOf(old).presented()).containsExactly(1);
  }

  @Test
  void refresh_storeIsAway_isAskedAtABoundedRate() {
    connected();
    refuseNewTokens();
    a.refresh(ADA);
    deployment.store.goAway();
    int before = deployment.store.asked();

    for (int i = 0; i < 200; i++) {
      a.get(ADA);
    }
    deployment.pass(Duration.ofSeconds(60));

    assertThat(deployment.store.asked() - before).isBetween(5, 40);
  }

  @Test
  void get_ownFailedWrite_doesNotLockItsOwnProcessOut() {
    connected();
    refuseNewTokens();
    TokenSet refreshed = a.refresh(ADA);
    deployment.store.comeBack();
    deployment.pass(Duration.ofSeconds(2));

    TokenSet next = a.refresh(ADA);

    assertThat(next.accessToken()).isNotEqualTo(refreshed.accessToken());
    assertThat(b.get(ADA)).isEqualTo(next);
  }

  @Test
  void refresh_writeTookEffectButAnsweredAnError_isRecognized() {
    connected();
    deployment.store.failsAfterWrite = change -> change.version().generation() == 2;
    TokenSet refreshed = a.refresh(ADA);
    deployment.store.comeBack();
    int written = deployment.store.written.get();

    deployment.pass(Duration.ofSeconds(5));

    assertThat(deployment.store.written).hasValue(written);
    assertThat(b.get(ADA)).isEqualTo(refreshed);
    assertThat(a.unsaved()).isZero();
  }

  @Test
  void refresh_writeTookEffectAndTheStoreThrewAnything_isRecognized() {
    for (Throwable thrown :
        List.of(new IOException("socket"), new NullPointerException(), new StackOverflowError())) {
      deployment.time.move(Duration.ofSeconds(1));
      TokenSet old = connected();
      deployment.store.afterWrite =
          () -> {
            if (!deployment.grantOf(old).presented().isEmpty()) {
              throw thrown;
            }
          };
      TokenSet refreshed = a.refresh(ADA);
      deployment.store.comeBack();
      int written = deployment.store.written.get();

      deployment.pass(Duration.ofSeconds(5));

      assertThat(deployment.store.written).hasValue(written);
      assertThat(b.refused(ADA, old.accessToken())).isEqualTo(refreshed);
      assertThat(a.unsaved()).isZero();
    }
  }

  @Test
  void refresh_leaseWasTakenAndTheStoreThrewAnything_isUsedAndNotWaitedFor() throws Throwable {
    TokenSet old = connected();
    AtomicBoolean threw = new AtomicBoolean();
    deployment.store.failsAfterWrite =
        change -> {
          if (change.lease() instanceof Row.LeaseChange.Hold && threw.compareAndSet(false, true)) {
            TestStore.<RuntimeException>sneaky(new IOException("socket"));
          }
          return false;
        };
    Instant start = deployment.time.instant();

    Future<TokenSet> call = deployment.async(() -> a.refused(ADA, old.accessToken()));
    TokenSet refreshed = deployment.joinWhilePassing(call, Duration.ofMillis(250));

    assertThat(threw).isTrue();
    assertThat(Duration.between(start, deployment.time.instant())).isLessThan(LEASE);
    assertThat(refreshed.accessToken().reveal()).isEqualTo(deployment.grantOf(old).accessToken());
    assertThat(deployment.told("inDoubt")).isZero();
  }

  @Test
  void refresh_storeSaysThatTryingAgainDoesNotHelp_isTriedAllTheSame() {
    TokenSet old = connected();
    deployment.store.beforeWrite =
        () -> {
          if (!deployment.grantOf(old).presented().isEmpty()) {
            throw new TokenStoreException("Read-only, error 1290, state HY000.", false, null);
          }
        };
    TokenSet refreshed = a.refresh(ADA);
    deployment.pass(Duration.ofMinutes(3));
    int unsaved = a.unsaved();
    deployment.store.comeBack();

    deployment.pass(Duration.ofSeconds(5));

    assertThat(unsaved).isEqualTo(1);
    assertThat(b.get(ADA)).isEqualTo(refreshed);
    assertThat(a.unsaved()).isZero();
  }

  @Test
  void save_storeIsAway_throwsAndKeepsTheConsent() {
    TokenSet consent = deployment.consent();
    deployment.store.goAway();

    Throwable thrown = catchThrowable(() -> a.save(ADA, consent));

    assertThat(thrown)
        .isInstanceOfSatisfying(
            TokenStoreException.class,
            e -> {
              assertThat(e.isRetryable()).isTrue();
              assertThat(e.connection()).contains(ADA);
            });
    assertThat(a.get(ADA)).isEqualTo(consent);
    assertThat(a.unsaved()).isEqualTo(1);
    deployment.settle();
    assertThat(deployment.told("pendingWrite")).isEqualTo(1);
  }

  @Test
  void save_storeIsBack_consentIsStoredWithoutAnyCall() {
    TokenSet consent = deployment.consent();
    deployment.store.goAway();
    attempt(() -> a.save(ADA, consent));
    deployment.pass(Duration.ofMinutes(2));
    deployment.store.comeBack();

    deployment.pass(Duration.ofSeconds(5));

    assertThat(b.get(ADA)).isEqualTo(consent);
    assertThat(a.unsaved()).isZero();
  }

  @Test
  void save_sameConsentAgainAfterAFailure_isStoredOnce() {
    TokenSet consent = deployment.consent();
    deployment.store.goAway();
    attempt(() -> a.save(ADA, consent));
    deployment.store.comeBack();
    deployment.pass(Duration.ofSeconds(5));

    a.save(ADA, consent);
    b.save(ADA, consent);

    assertThat(b.get(ADA)).isEqualTo(consent);
    assertThat(deployment.told("superseded")).isZero();
    assertThat(deployment.store.written).hasValue(1);
  }

  @Test
  void save_pendingConsentAndALaterOneElsewhere_laterOneStaysAndThatIsTold() {
    TokenSet earlier = deployment.consent();
    deployment.store.goAway();
    attempt(() -> a.save(ADA, earlier));
    deployment.store.comeBack();
    deployment.time.move(Duration.ofSeconds(1));
    TokenSet later = deployment.consent();
    b.save(ADA, later);

    deployment.pass(Duration.ofSeconds(10));

    assertThat(b.get(ADA)).isEqualTo(later);
    assertThat(a.get(ADA)).isEqualTo(later);
    assertThat(deployment.told("superseded")).isEqualTo(1);
  }

  @Test
  void save_whileARefreshIsUnsaved_consentIsWhatStays() {
    connected();
    refuseNewTokens();
    a.refresh(ADA);
    deployment.time.move(Duration.ofSeconds(1));
    TokenSet consent = deployment.consent();
    deployment.store.comeBack();

    a.save(ADA, consent);
    deployment.pass(Duration.ofSeconds(10));

    assertThat(b.get(ADA)).isEqualTo(consent);
    assertThat(a.get(ADA)).isEqualTo(consent);
  }

  @Test
  void close_pendingWriteAndStoreThatComesBack_isStored() throws Throwable {
    connected();
    refuseNewTokens();
    TokenSet refreshed = a.refresh(ADA);
    var closed = deployment.async(() -> a.close(Duration.ofSeconds(20)));
    deployment.store.comeBack();

    boolean isStored = deployment.joinWhilePassing(closed, Duration.ofSeconds(1));

    assertThat(isStored).isTrue();
    assertThat(b.get(ADA)).isEqualTo(refreshed);
  }

  @Test
  void close_storeThatStaysAway_tellsSo() {
    connected();
    refuseNewTokens();
    a.refresh(ADA);

    assertThat(a.close(Duration.ofMillis(20))).isFalse();
  }

  @Test
  void cache_manyOtherGrants_neverDropWhatIsPending() {
    FreshTokens small =
        deployment.started(deployment.builder().renewer(deployment.flow()).cacheSize(5));
    TokenSet consent = deployment.consent();
    deployment.store.goAway();
    attempt(() -> small.save(ADA, consent));
    deployment.store.comeBack();
    for (int i = 0; i < 300; i++) {
      ConnectionKey other = new ConnectionKey("salesforce", "acme", "other" + i);
      assertThatThrownBy(() -> small.get(other)).hasMessageContaining(other.consumerRef());
    }

    assertThat(small.get(ADA)).isEqualTo(consent);
    deployment.pass(Duration.ofSeconds(5));
    assertThat(b.get(ADA)).isEqualTo(consent);
  }

  @Test
  void refused_unsavedTokenThatIsRefused_isNotAnsweredWithAnOlderOne() {
    TokenSet old = connected();
    refuseNewTokens();
    TokenSet unsaved = a.refresh(ADA);

    Throwable thrown = catchThrowable(() -> a.refused(ADA, unsaved.accessToken()));

    assertThat(thrown).isInstanceOf(TokenStoreException.class);
    assertThat(a.get(ADA)).isNotEqualTo(old);
  }
}
