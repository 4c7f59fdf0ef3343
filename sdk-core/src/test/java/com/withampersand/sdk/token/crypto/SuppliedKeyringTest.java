package com.withampersand.sdk.token.crypto;

import static com.withampersand.sdk.token.crypto.TokenSealerContract.ADA;
import static com.withampersand.sdk.token.crypto.TokenSealerContract.BOB;
import static com.withampersand.sdk.token.crypto.TokenSealerContract.CONTENT;
import static com.withampersand.sdk.token.crypto.TokenSealerContract.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.MovableClock;
import com.withampersand.sdk.token.crypto.TokenSealer.Sealing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuppliedKeyringTest {
  private static final Secret OLD_KEY = TokenCipher.newKey();
  private static final Secret NEW_KEY = TokenCipher.newKey();
  private static final Keyring OLD = Keyring.of("2026", OLD_KEY);
  private static final Keyring OLD_READS_NEW = OLD.alsoReads("2027", NEW_KEY);
  private static final Keyring NEW_READS_OLD =
      Keyring.of("2027", NEW_KEY).alsoReads("2026", OLD_KEY);
  private static final Keyring NEW = Keyring.of("2027", NEW_KEY);
  private static final Duration INTERVAL = Duration.ofMinutes(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration MOMENT = Duration.ofMillis(1);

  private final MovableClock clock = new MovableClock();
  private final Keys keys = new Keys(OLD);
  private final TokenCipher cipher = TokenCipher.builder(keys).clock(clock).build();

  /** A supplier that counts how often it is asked. */
  private static final class Keys implements Supplier<Keyring> {
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Supplier<? extends @Nullable Keyring> answer;

    Keys(Keyring keyring) {
      answer = () -> keyring;
    }

    void become(Keyring keyring) {
      answer = () -> keyring;
    }

    void answerWith(Supplier<? extends @Nullable Keyring> answer) {
      this.answer = answer;
    }

    void fail(RuntimeException failure) {
      answer =
          () -> {
            throw failure;
          };
    }

    int asked() {
      return asked.get();
    }

    @Override
    @SuppressWarnings("NullAway") // what a supplier without NullAway may do
    public Keyring get() {
      asked.incrementAndGet();
      return answer.get();
    }
  }

  private static String sealedWith(Keyring keyring) {
    return TokenCipher.of(keyring).prepare(ADA).seal(CONTENT);
  }

  private static String keyOf(String text) {
    return text.split("\\.", -1)[1];
  }

  private String keyWrittenWith() {
    return keyOf(cipher.prepare(ADA).seal(CONTENT));
  }

  private TokenStoreException notPrepared() {
    return catchThrowableOfType(TokenStoreException.class, () -> cipher.prepare(ADA));
  }

  @Test
  void build_anySupplier_doesNotAskItYet() {
    assertThat(cipher).hasToString("TokenCipher[no keyring yet]");
    assertThat(keys.asked()).isZero();
  }

  @Test
  void prepareAndOpen_knownKey_askOnce() {
    String text = cipher.prepare(ADA).seal(CONTENT);
    cipher.prepare(BOB);
    clock.advance(INTERVAL.minus(MOMENT));

    cipher.prepare(ADA);

    assertThat(cipher.open(ADA, text)).isEqualTo(CONTENT);
    assertThat(cipher.isOutdated(text)).isFalse();
    assertThat(keys.asked()).isEqualTo(1);
    assertThat(cipher).hasToString("TokenCipher[Keyring[writes with 2026, reads 2026]]");
  }

  @Test
  void open_unknownKey_asksAndOpensAndFromThenOnWritesWithTheNewKey() {
    assertThat(keyWrittenWith()).isEqualTo("2026");
    keys.become(NEW_READS_OLD);
    clock.advance(MINUTE);

    byte[] content = cipher.open(ADA, sealedWith(NEW));

    assertThat(content).isEqualTo(CONTENT);
    assertThat(keyWrittenWith()).isEqualTo("2027");
    assertThat(cipher.open(ADA, sealedWith(OLD))).isEqualTo(CONTENT);
    assertThat(keys.asked()).isEqualTo(2);
  }

  @Test
  void open_unknownKeyAgainAndAgain_asksOnceAMinute() {
    String unknown = sealedWith(Keyring.of("lost", NEW_KEY));

    for (int second = 0; second < 600; second++) {
      assertThat(refused(cipher, ADA, unknown))
          .hasMessageContaining("a key named lost")
          .returns(true, TokenStoreException::isRetryable);
      clock.advance(Duration.ofSeconds(1));
    }

    assertThat(keys.asked()).isEqualTo(10);
  }

  @Test
  void open_unknownKeyWithinTheMinute_isRefusedAndOpensAfterIt() {
    cipher.prepare(ADA);
    keys.become(NEW_READS_OLD);
    String text = sealedWith(NEW);
    clock.advance(MINUTE.minus(MOMENT));

    TokenStoreException refused = refused(cipher, ADA, text);
    clock.advance(MOMENT);

    assertThat(refused)
        .hasMessageContaining("a key named 2027")
        .returns(true, TokenStoreException::isRetryable);
    assertThat(cipher.open(ADA, text)).isEqualTo(CONTENT);
    assertThat(keys.asked()).isEqualTo(2);
  }

  @Test
  void open_unknownKeyByAHundredThreads_asksOnceAndOpensForAll() throws Exception {
    cipher.prepare(ADA);
    keys.become(NEW_READS_OLD);
    clock.advance(MINUTE);
    String text = sealedWith(NEW);

    List<byte[]> opened = atOnce(100, () -> cipher.open(ADA, text));

    assertThat(opened).hasSize(100).allMatch(content -> content.length == CONTENT.length);
    assertThat(keys.asked()).isEqualTo(2);
  }

  @Test
  void open_lostKeyByAHundredThreads_asksOnceAndRefusesAll() throws Exception {
    cipher.prepare(ADA);
    clock.advance(MINUTE);
    String text = sealedWith(NEW);

    List<TokenStoreException> refused = atOnce(100, () -> refused(cipher, ADA, text));

    assertThat(refused)
        .hasSize(100)
        .doesNotHaveDuplicates()
        .allMatch(e -> String.valueOf(e.getMessage()).contains("a key named 2027"));
    assertThat(keys.asked()).isEqualTo(2);
  }

  @Test
  void prepare_withoutKeyringByAHundredThreads_asksOnce() throws Exception {
    List<Sealing> sealings = atOnce(100, () -> cipher.prepare(ADA));

    assertThat(sealings).hasSize(100);
    assertThat(keys.asked()).isEqualTo(1);
  }

  private static <T> List<T> atOnce(int threads, Callable<T> task) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch ready = new CountDownLatch(threads);
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        futures.add(
            executor.submit(
                () -> {
                  ready.countDown();
                  ready.await();
                  return task.call();
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void prepare_keyringOfAge_asksAgainAndWritesWithTheNewKey() {
    assertThat(keyWrittenWith()).isEqualTo("2026");
    keys.become(NEW_READS_OLD);
    clock.advance(INTERVAL.minus(MOMENT));
    assertThat(keyWrittenWith()).isEqualTo("2026");

    clock.advance(MOMENT);

    assertThat(keyWrittenWith()).isEqualTo("2027");
    assertThat(keys.asked()).isEqualTo(2);
  }

  @Test
  void isOutdated_keyringOfAge_asksAgain() {
    String text = cipher.prepare(ADA).seal(CONTENT);
    keys.become(NEW_READS_OLD);
    clock.advance(INTERVAL);

    assertThat(cipher.isOutdated(text)).isTrue();
    assertThat(keys.asked()).isEqualTo(2);
  }

  @Test
  void open_keyringOfAge_doesNotAsk() {
    String text = cipher.prepare(ADA).seal(CONTENT);
    clock.advance(INTERVAL.multipliedBy(100));

    assertThat(cipher.open(ADA, text)).isEqualTo(CONTENT);
    assertThat(keys.asked()).isEqualTo(1);
  }

  @Test
  void prepare_clockSetBack_stillAsksAgain() {
    cipher.prepare(ADA);
    keys.become(NEW_READS_OLD);
    clock.advance(Duration.ofHours(-5));

    assertThat(keyWrittenWith()).isEqualTo("2027");
    assertThat(keys.asked()).isEqualTo(2);
  }

  @Test
  void rotation_stepByStepWhileTwoProcessesRun_keepsEveryEnvelopeReadable() {
    TokenCipher other = TokenCipher.builder(keys).clock(clock).build();
    List<TokenCipher> processes = List.of(cipher, other);
    List<String> texts = new ArrayList<>();
    List<String> keysSeen = new ArrayList<>();

    for (Keyring step : List.of(OLD, OLD_READS_NEW, NEW_READS_OLD)) {
      keys.become(step);
      for (int minute = 0; minute < 12; minute++) {
        for (TokenCipher process : processes) {
          String text = process.prepare(ADA).seal(CONTENT);
          texts.add(text);
          keysSeen.add(keyOf(text));
          for (TokenCipher reader : processes) {
            assertThat(reader.open(ADA, text)).isEqualTo(CONTENT);
          }
        }
        clock.advance(MINUTE);
      }
    }
    List<String> renewed =
        texts.stream().map(text -> cipher.isOutdated(text) ? renewed(cipher, text) : text).toList();
    keys.become(NEW);
    clock.advance(INTERVAL);

    assertThat(keysSeen).startsWith("2026", "2026").endsWith("2027", "2027");
    for (TokenCipher process : processes) {
      process.prepare(ADA);
      assertThat(process).hasToString("TokenCipher[Keyring[writes with 2027, reads 2027]]");
      assertThat(renewed)
          .hasSize(72)
          .allMatch(text -> !process.isOutdated(text) && process.open(ADA, text).length > 0);
    }
  }

  private static String renewed(TokenCipher cipher, String text) {
    return cipher.prepare(ADA).seal(cipher.open(ADA, text));
  }

  @Test
  void prepare_supplierFailsAtFirst_isRetryableAndKeepsTheCause() {
    IllegalStateException outage = new IllegalStateException("no answer from the key service");
    keys.fail(outage);

    assertThat(notPrepared())
        .hasMessageContaining("The supplier of the keyring failed. Nothing was sealed or opened.")
        .hasCause(outage)
        .returns(true, TokenStoreException::isRetryable);
  }

  @Test
  void prepare_supplierFailedLessThanASecondAgo_isRefusedAgainWithoutAsking() {
    IllegalStateException outage = new IllegalStateException("no answer from the key service");
    keys.fail(outage);

    TokenStoreException first = notPrepared();
    TokenStoreException second = notPrepared();
    keys.become(OLD);
    clock.advance(Duration.ofSeconds(1));

    assertThat(second).isNotSameAs(first).hasCause(outage);
    assertThat(keys.asked()).isEqualTo(1);
    assertThat(keyWrittenWith()).isEqualTo("2026");
  }

  @Test
  void prepare_supplierReturnsNull_isTold() {
    keys.answerWith(() -> null);

    assertThat(notPrepared())
        .hasMessageContaining("The supplier of the keyring failed")
        .hasStackTraceContaining("the supplier returned null")
        .returns(true, TokenStoreException::isRetryable);
  }

  @Test
  void prepare_supplierMakesNoKeyring_isToldWithoutTheKey() {
    keys.answerWith(() -> Keyring.of("2027", Secret.of("Canary?")));

    assertThat(notPrepared())
        .hasStackTraceContaining("the key 2027 is not base64")
        .returns(true, TokenStoreException::isRetryable)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("Canary"));
  }

  @Test
  void prepare_supplierThrowsWhatItMayNot_isToldTheSameWay() {
    keys.answerWith(() -> SuppliedKeyringTest.<RuntimeException>sneaky(new Exception("checked")));
    assertThat(notPrepared()).hasRootCauseMessage("checked");
    clock.advance(MINUTE);

    keys.answerWith(() -> SuppliedKeyringTest.<RuntimeException>sneaky(new LinkageError("link")));

    assertThat(notPrepared()).hasRootCauseMessage("link");
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> Keyring sneaky(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Test
  void prepare_supplierRunsOutOfMemory_isNotWrapped() {
    keys.answerWith(() -> SuppliedKeyringTest.<RuntimeException>sneaky(new OutOfMemoryError("no")));

    assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> cipher.prepare(ADA));
    assertThat(notPrepared()).hasRootCauseMessage("no");
    assertThat(keys.asked()).isEqualTo(1);
  }

  @Test
  void prepare_supplierUsesTheCipherItself_isRefusedWithoutEnd() {
    keys.answerWith(
        () -> {
          cipher.prepare(BOB);
          return OLD;
        });

    assertThat(notPrepared()).hasStackTraceContaining("has not answered yet");
    assertThat(keys.asked()).isEqualTo(1);
  }

  @Test
  void prepare_supplierFailsLater_keepsThePresentKeyringAndAsksOnceAMinute() {
    cipher.prepare(ADA);
    keys.fail(new IllegalStateException("no answer from the key service"));
    clock.advance(INTERVAL);

    for (int second = 0; second < 180; second++) {
      assertThat(keyWrittenWith()).isEqualTo("2026");
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(keys.asked()).isEqualTo(1 + 3);
    keys.become(NEW_READS_OLD);

    assertThat(keyWrittenWith()).isEqualTo("2027");
  }

  @Test
  void open_supplierFailsForAnUnknownKey_isRetryableAndKnownKeysOpen() {
    String known = cipher.prepare(ADA).seal(CONTENT);
    IllegalStateException outage = new IllegalStateException("no answer from the key service");
    keys.fail(outage);
    clock.advance(MINUTE);
    String unknown = sealedWith(NEW);

    List<TokenStoreException> refused =
        List.of(refused(cipher, ADA, unknown), refused(cipher, ADA, unknown));

    assertThat(refused)
        .doesNotHaveDuplicates()
        .allSatisfy(
            e ->
                assertThat(e)
                    .hasMessageContaining("The supplier of the keyring failed")
                    .hasCause(outage)
                    .returns(true, TokenStoreException::isRetryable));
    assertThat(keys.asked()).isEqualTo(2);
    assertThat(cipher.open(ADA, known)).isEqualTo(CONTENT);
  }

  @Test
  void seal_supplierDiedAndKeyWasDroppedSincePrepare_stillSealsWithItsKey() {
    Sealing sealing = cipher.prepare(ADA);
    keys.fail(new IllegalStateException("gone"));
    clock.advance(INTERVAL.multipliedBy(100));

    String text = sealing.seal(CONTENT);

    assertThat(text).startsWith("v2.2026.");
    assertThat(cipher.open(ADA, text)).isEqualTo(CONTENT);
    assertThat(keys.asked()).isEqualTo(1);
  }

  @Test
  void prepareAndOpen_whileAnotherThreadWaitsForTheSupplier_usePresentKeyring() throws Exception {
    String known = cipher.prepare(ADA).seal(CONTENT);
    clock.advance(INTERVAL);
    Stuck stuck = new Stuck(NEW_READS_OLD);
    keys.answerWith(stuck);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Future<Sealing> slow = executor.submit(() -> cipher.prepare(ADA));
      stuck.awaitCall();

      String meanwhile = keyWrittenWith();
      byte[] opened = cipher.open(ADA, known);
      stuck.release();

      assertThat(meanwhile).isEqualTo("2026");
      assertThat(opened).isEqualTo(CONTENT);
      assertThat(keyOf(slow.get().seal(CONTENT))).isEqualTo("2027");
      assertThat(keyWrittenWith()).isEqualTo("2027");
      assertThat(keys.asked()).isEqualTo(2);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void open_unknownKeyWhileTheSupplierHangs_isRefusedAfterItsWait() throws Exception {
    TokenCipher impatient = TokenCipher.builder(keys).clock(clock).maxWait(Duration.ZERO).build();
    impatient.prepare(ADA);
    clock.advance(INTERVAL);
    Stuck stuck = new Stuck(NEW_READS_OLD);
    keys.answerWith(stuck);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Future<Sealing> slow = executor.submit(() -> impatient.prepare(ADA));
      stuck.awaitCall();

      TokenStoreException refused = refused(impatient, ADA, sealedWith(NEW));
      stuck.release();

      assertThat(refused)
          .hasMessageContaining("The supplier of the keyring has not answered for 0 s")
          .returns(true, TokenStoreException::isRetryable);
      assertThat(keyOf(slow.get().seal(CONTENT))).isEqualTo("2027");
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void open_unknownKeyByAnInterruptedThread_endsItsWaitAndKeepsTheFlag() {
    cipher.prepare(ADA);
    clock.advance(MINUTE);
    String unknown = sealedWith(NEW);
    Thread.currentThread().interrupt();

    TokenStoreException refused = refused(cipher, ADA, unknown);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(refused)
        .hasMessageContaining("interrupted")
        .returns(true, TokenStoreException::isRetryable);
  }

  @Test
  void open_supplierEndsAtAnInterrupt_leavesTheNextThreadToAsk() {
    cipher.prepare(ADA);
    clock.advance(MINUTE);
    String text = sealedWith(NEW);
    keys.answerWith(
        () -> {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted");
        });

    TokenStoreException refused = refused(cipher, ADA, text);
    boolean flag = Thread.interrupted();
    keys.become(NEW_READS_OLD);

    assertThat(refused).hasRootCauseMessage("interrupted");
    assertThat(flag).isTrue();
    assertThat(cipher.open(ADA, text)).isEqualTo(CONTENT);
  }

  @Test
  void prepare_refreshEndsAtAnInterrupt_usesThePresentKeyringAndTheNextOneAsks() {
    cipher.prepare(ADA);
    clock.advance(INTERVAL);
    keys.answerWith(() -> SuppliedKeyringTest.<RuntimeException>sneaky(new InterruptedException()));

    String interrupted = keyWrittenWith();
    boolean flag = Thread.interrupted();
    keys.become(NEW_READS_OLD);

    assertThat(interrupted).isEqualTo("2026");
    assertThat(flag).isTrue();
    assertThat(keyWrittenWith()).isEqualTo("2027");
    assertThat(keys.asked()).isEqualTo(3);
  }

  /** A supplier that answers when it is released. */
  private static final class Stuck implements Supplier<Keyring> {
    private final CountDownLatch called = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final Keyring answer;

    Stuck(Keyring answer) {
      this.answer = answer;
    }

    void awaitCall() throws InterruptedException {
      called.await();
    }

    void release() {
      released.countDown();
    }

    @Override
    public Keyring get() {
      called.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
      return answer;
    }
  }

  @Test
  void open_plainTextThatTheNextKeyringReads_asks() {
    String plain = TokenCipher.storingPlainText().prepare(ADA).seal(CONTENT);
    cipher.prepare(ADA);
    TokenStoreException refused = refused(cipher, ADA, plain);
    keys.become(OLD.alsoReadsPlainText());
    clock.advance(MINUTE);

    assertThat(refused)
        .hasMessageContaining("are not encrypted")
        .returns(true, TokenStoreException::isRetryable);
    assertThat(cipher.open(ADA, plain)).isEqualTo(CONTENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1S", "PT0S", "PT59.999S"})
  void refreshEvery_lessThanAMinute_isRefused(String age) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenCipher.builder(keys).refreshEvery(Duration.parse(age)))
        .withMessageContaining("at least a minute");
  }

  @Test
  void refreshEvery_anyLength_isWhenTheSupplierIsAskedAgain() {
    TokenCipher hasty = TokenCipher.builder(keys).clock(clock).refreshEvery(MINUTE).build();
    TokenCipher never =
        TokenCipher.builder(keys)
            .clock(clock)
            .refreshEvery(Duration.ofSeconds(Long.MAX_VALUE))
            .build();
    hasty.prepare(ADA);
    never.prepare(ADA);
    clock.advance(MINUTE);

    hasty.prepare(ADA);
    never.prepare(ADA);

    assertThat(keys.asked()).isEqualTo(3);
  }
}
