package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static com.withampersand.sdk.token.refresh.Deployment.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.crypto.TokenSealer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What surrounds the protocol: the cache, threads, clocks, keys and languages of a process. */
@Timeout(90)
class ShellTest {
  private final Deployment deployment = new Deployment();
  private final ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());

  @AfterEach
  void stop() {
    deployment.close();
  }

  private static ConnectionKey user(int number) {
    return new ConnectionKey("salesforce", "acme", "user" + number);
  }

  private TokenSet tokens(String name) {
    return renewer.tokens(name, deployment.time);
  }

  // The cache

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10})
  void get_cacheIsFullOfGrantsThatAreRefreshed_isServed(int cacheSize) throws Throwable {
    FreshTokens process =
        deployment.started(deployment.builder().renewer(renewer).cacheSize(cacheSize));
    int busy = cacheSize + 2;
    for (int i = 0; i <= busy; i++) {
      process.save(user(i), tokens("user" + i));
    }
    CountDownLatch held = new CountDownLatch(1);
    renewer.answer =
        sent -> {
          attempt(held::await);
          return renewer.renewed(sent);
        };
    for (int i = 0; i < busy; i++) {
      ConnectionKey key = user(i);
      deployment.start(() -> process.refresh(key));
    }
    Deployment.until(() -> renewer.sent.get() == busy);

    TokenSet served = join(deployment.async(() -> process.get(user(busy))));
    held.countDown();

    assertThat(served.accessToken().reveal()).isEqualTo("AT-user" + busy + ".1");
  }

  @Test
  void cache_grantThatNoOneAsksFor_leavesTheMemoryWithoutASweep() {
    FreshTokens process = deployment.process(renewer);
    for (int i = 0; i < 10; i++) {
      process.save(user(i), tokens("user" + i));
    }
    assertThat(process).hasToString("FreshTokens[10 grants in memory]");

    deployment.pass(Duration.ofMinutes(61));

    assertThat(process).hasToString("FreshTokens[0 grants in memory]");
  }

  // Room for requests

  @Test
  void refresh_hundredCarefulTriesAnnounceThemselves_anotherGrantIsRefreshedAtOnce()
      throws Throwable {
    FreshTokens process = deployment.process(renewer);
    process.save(ADA, tokens("ada"));
    renewer.answer = sent -> ScriptedRenewer.lost();
    for (int i = 0; i < 100; i++) {
      ConnectionKey key = user(i);
      process.save(key, tokens("user" + i));
      attempt(() -> process.refresh(key));
    }
    deployment.pass(Duration.ofSeconds(59));
    renewer.answer = renewer::renewed;
    int before = renewer.sent.get();
    for (int i = 0; i < 100; i++) {
      ConnectionKey key = user(i);
      deployment.start(() -> process.refresh(key));
    }
    deployment.pass(Duration.ofSeconds(2));

    TokenSet refreshed = join(deployment.async(() -> process.refresh(ADA)));

    assertThat(refreshed.accessToken().reveal()).isEqualTo("AT-ada.2");
    assertThat(renewer.sent.get() - before).isEqualTo(1);
    deployment.pass(Duration.ofMinutes(2));
    for (int i = 0; i < 100; i++) {
      assertThat(process.status(user(i)).kind()).isEqualTo(Kind.ACTIVE);
    }
  }

  /** Drops the next task of a thread that has written, as an executor that discards does. */
  private static final class Discarding {
    private final ThreadLocal<Boolean> discards = ThreadLocal.withInitial(() -> false);
    private final MovableTime time;

    Discarding(MovableTime time) {
      this.time = time;
    }

    void execute(Runnable task) {
      if (discards.get()) {
        discards.remove();
        return;
      }
      time.executor().execute(task);
    }
  }

  @Test
  void refresh_executorDiscardsRequests_othersAreSentLater() throws Throwable {
    Discarding executor = new Discarding(deployment.time);
    FreshTokens process =
        deployment.started(deployment.builder().renewer(renewer).executor(executor::execute));
    for (int i = 0; i < 70; i++) {
      process.save(user(i), tokens("user" + i));
    }
    process.save(ADA, tokens("ada"));
    deployment.store.afterWrite = () -> executor.discards.set(true);
    List<Future<TokenSet>> calls = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      ConnectionKey key = user(i);
      calls.add(deployment.async(() -> process.refresh(key)));
    }
    Deployment.until(() -> deployment.store.written.get() >= 71 + 64);
    deployment.settle();
    deployment.store.comeBack();
    deployment.pass(Duration.ofSeconds(40));

    for (Future<TokenSet> call : calls) {
      attempt(() -> deployment.joinWhilePassing(call, Duration.ofMillis(500)));
    }
    assertThat(join(deployment.async(() -> process.refresh(ADA))).accessToken().reveal())
        .isEqualTo("AT-ada.2");
  }

  // Clocks

  @ParameterizedTest
  @ValueSource(longs = {250, 400, 3_000_000})
  void save_expiryInCenturies_isServedAndRefreshed(long years) {
    FreshTokens process = deployment.process(renewer);
    Duration life = Duration.ofDays(365 * years);
    TokenSet consent =
        tokens("ada").toBuilder()
            .expiry(Expiry.known(deployment.time.instant().plus(life)))
            .build();
    renewer.life = life;

    process.save(ADA, consent);

    assertThat(process.get(ADA)).isEqualTo(consent);
    assertThat(process.refresh(ADA).accessToken().reveal()).isEqualTo("AT-ada.2");
    assertThat(process.get(ADA).accessToken().reveal()).isEqualTo("AT-ada.2");
    assertThat(deployment.process(renewer).get(ADA).accessToken().reveal()).isEqualTo("AT-ada.2");
  }

  @Test
  void refresh_clockThrowsWhenTheAnswerComes_answerIsStored() {
    AtomicBoolean isBroken = new AtomicBoolean();
    Clock clock =
        new Clock() {
          @Override
          public Instant instant() {
            if (isBroken.get()) {
              throw new IllegalStateException("clock");
            }
            return deployment.time.instant();
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    FreshTokens process = deployment.started(deployment.builder().renewer(renewer).clock(clock));
    process.save(ADA, tokens("ada"));
    renewer.answer =
        sent -> {
          isBroken.set(true);
          return renewer.renewed(sent, deployment.time.instant());
        };

    TokenSet refreshed = process.refresh(ADA);
    isBroken.set(false);

    assertThat(refreshed.accessToken().reveal()).isEqualTo("AT-ada.2");
    assertThat(deployment.process(renewer).get(ADA)).isEqualTo(refreshed);
  }

  // The store

  @Test
  void get_storeHangsForLongerThanTheCallWaits_saysThatItIsTheStore() {
    FreshTokens process =
        deployment.started(deployment.builder().renewer(renewer).maxWait(Duration.ofMillis(100)));
    CountDownLatch hangs = new CountDownLatch(1);
    deployment.store.beforeRead = hangs::await;

    assertThatThrownBy(() -> process.get(ADA))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageNotContaining("Another process");
    hangs.countDown();
  }

  @Test
  void save_whileADisconnectFailsAndTheStoreIsAway_waitsForTheStore() throws Throwable {
    FreshTokens process = deployment.process(renewer);
    process.save(ADA, tokens("ada"));
    CountDownLatch held = new CountDownLatch(1);
    renewer.onRevoke =
        () -> {
          held.await();
          ScriptedRenewer.unsent();
        };
    deployment.start(() -> process.disconnect(ADA));
    Deployment.until(() -> renewer.revoked.get() == 1);
    deployment.store.goAway();
    int before = deployment.store.asked();
    Future<?> save =
        deployment.async(
            () -> {
              process.save(ADA, tokens("again"));
              return null;
            });
    Deployment.until(() -> deployment.store.asked() > before);
    deployment.settle(1); // so that the save knows of the store before the disconnect fails

    held.countDown();
    deployment.settle();
    deployment.store.comeBack();
    deployment.joinWhilePassing(save, Duration.ofMillis(200));

    assertThat(process.get(ADA).accessToken().reveal()).isEqualTo("AT-again.1");
  }

  // Keys

  private FreshTokens process(TokenSealer sealer) {
    return deployment.started(
        FreshTokens.builder(deployment.store, sealer)
            .nanos(deployment.time::nanoTime)
            .clock(deployment.time)
            .timers(deployment.time::later)
            .executor(deployment.time.executor())
            .renewer(renewer));
  }

  @Test
  void save_keyWasRotatedSinceTheGrantWasLastSealed_sealsWithTheKeyOfNow() {
    Secret first = TokenCipher.newKey();
    Secret second = TokenCipher.newKey();
    AtomicReference<Keyring> keyring = new AtomicReference<>(Keyring.of("k1", first));
    TokenCipher cipher = TokenCipher.builder(keyring::get).clock(deployment.time).build();
    FreshTokens process = process(cipher);
    process.save(ADA, tokens("ada"));
    process.refresh(ADA);

    keyring.set(Keyring.of("k1", first).alsoReads("k2", second));
    deployment.pass(Duration.ofMinutes(20));
    keyring.set(Keyring.of("k2", second).alsoReads("k1", first));
    deployment.pass(Duration.ofMinutes(20));
    process.get(ADA);
    process.save(ADA, tokens("ada-again"));

    FreshTokens afterwards = process(TokenCipher.of(Keyring.of("k2", second)));
    assertThat(afterwards.status(ADA).kind()).isEqualTo(Kind.ACTIVE);
    assertThat(afterwards.get(ADA).accessToken().reveal()).isEqualTo("AT-ada-again.1");
  }

  @Test
  void refresh_keyServiceFailsAfterTheRequest_resultIsSealedWithWhatWasReady() {
    AtomicBoolean isAway = new AtomicBoolean();
    Secret key = TokenCipher.newKey();
    TokenCipher cipher = TokenCipher.of(Keyring.of("k1", key));
    FreshTokens process = process(new FailingSealer(cipher, isAway));
    process.save(ADA, tokens("ada"));
    renewer.answer =
        sent -> {
          isAway.set(true);
          deployment.time.move(Duration.ofMinutes(6));
          return renewer.renewed(sent, deployment.time.instant());
        };

    attempt(() -> process.refresh(ADA));
    deployment.settle();

    FreshTokens other = process(cipher);
    assertThat(other.getForCall(ADA).accessToken().reveal()).isEqualTo("AT-ada.2");
  }

  // Languages

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "ar-SA", "fa-IR", "mr-IN", "th-TH-u-nu-thai", "tr-TR"})
  void save_inALanguageWithDigitsOfItsOwn_isReadInAnyOther(String language) {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag(language));
      FreshTokens there = deployment.process(renewer);
      there.save(ADA, tokens("ada"));
      there.refresh(ADA);
      Locale.setDefault(Locale.ROOT);
      FreshTokens here = deployment.process(renewer);
      assertThat(here.get(ADA).accessToken().reveal()).isEqualTo("AT-ada.2");
      here.refresh(ADA);
      Locale.setDefault(Locale.forLanguageTag(language));
      assertThat(deployment.process(renewer).get(ADA).accessToken().reveal()).isEqualTo("AT-ada.3");
    } finally {
      Locale.setDefault(before);
    }
  }
}
