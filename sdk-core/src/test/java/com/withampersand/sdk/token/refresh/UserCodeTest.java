package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.Verdict;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.GrantRecipient;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.TokenListener;
import com.withampersand.sdk.token.crypto.TokenSealer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions of the developer's that throw what they should not, or return nothing. */
@Timeout(60)
class UserCodeTest {
  private final Deployment deployment = new Deployment();
  private final ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());

  @AfterEach
  void stop() {
    deployment.close();
  }

  static List<Throwable> anything() {
    return List.of(
        new IllegalStateException("user code"),
        new IOException("undeclared"),
        new NoClassDefFoundError("library"),
        new StackOverflowError(),
        new AssertionError("assert"));
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    @Nullable T nothing = null;
    return nothing;
  }

  private static void sneak(Throwable t) {
    TestStore.<RuntimeException>sneaky(t);
  }

  private static ConnectionKey user(int number) {
    return new ConnectionKey("salesforce", "acme", "user" + number);
  }

  private TokenSet saved(FreshTokens process) {
    TokenSet tokens = renewer.tokens("ada", deployment.time);
    process.save(ADA, tokens);
    return tokens;
  }

  @ParameterizedTest
  @MethodSource("anything")
  void tell_listenerThrowsAnything_isToldTheNextNoticeAllTheSame(Throwable thrown) {
    AtomicInteger told = new AtomicInteger();
    FreshTokens process =
        deployment.started(
            deployment
                .builder()
                .renewer(renewer)
                .listener(
                    new TokenListener() {
                      @Override
                      public void refreshed(ConnectionKey key, TokenSet fresh, Duration took) {
                        told.incrementAndGet();
                        sneak(thrown);
                      }
                    }));
    saved(process);

    process.refresh(ADA);
    deployment.settle();
    process.refresh(ADA);
    deployment.settle();

    assertThat(told).hasValue(2);
    assertThat(deployment.told("refreshed")).isEqualTo(2);
  }

  /** Throws in place of running, for as long as it is told to. */
  private final class Threadless implements Executor {
    final Throwable thrown;
    volatile boolean isBroken;

    Threadless(Throwable thrown) {
      this.thrown = thrown;
    }

    @Override
    public void execute(Runnable task) {
      if (isBroken) {
        sneak(thrown);
      }
      deployment.time.executor().execute(task);
    }
  }

  static List<Throwable> ofExecutors() {
    return List.of(
        new OutOfMemoryError("unable to create native thread"),
        new IllegalStateException("decorator"));
  }

  @ParameterizedTest
  @MethodSource("ofExecutors")
  void refresh_executorThrowsAnything_failsAndWorksAgainLater(Throwable thrown) {
    Threadless executor = new Threadless(thrown);
    FreshTokens process =
        deployment.started(deployment.builder().renewer(renewer).executor(executor));
    saved(process);
    executor.isBroken = true;

    for (int i = 0; i < 100; i++) {
      int number = i;
      assertThatThrownBy(() -> process.get(user(number))).isInstanceOf(AmpersandException.class);
    }
    assertThatThrownBy(() -> process.refresh(ADA)).isInstanceOf(AmpersandException.class);
    executor.isBroken = false;
    deployment.pass(Duration.ofSeconds(40));

    assertThat(renewer.sent).hasValue(0);
    assertThat(process.refresh(ADA).accessToken().reveal()).isEqualTo("AT-ada.2");
    assertThat(deployment.kind(process)).isEqualTo(Kind.ACTIVE);
  }

  @ParameterizedTest
  @MethodSource("ofExecutors")
  void refresh_executorThrowsAtTheRequest_isKnownNotToBeSent(Throwable thrown) throws Throwable {
    Threadless executor = new Threadless(thrown);
    FreshTokens process =
        deployment.started(deployment.builder().renewer(renewer).executor(executor));
    saved(process);
    // Once only: what is written later, by threads of the SDK's own, must not break it again.
    AtomicBoolean isFirst = new AtomicBoolean(true);
    deployment.store.beforeWrite =
        () -> {
          if (isFirst.getAndSet(false)) {
            executor.isBroken = true;
          }
        };

    attempt(() -> process.refresh(ADA));
    executor.isBroken = false;
    deployment.pass(Duration.ofMinutes(2));

    assertThat(renewer.sent).hasValue(0);
    assertThat(deployment.kind(process)).isEqualTo(Kind.ACTIVE);
    Future<TokenSet> refresh = deployment.async(() -> process.refresh(ADA));
    assertThat(deployment.joinWhilePassing(refresh, Duration.ofMillis(500)).accessToken().reveal())
        .isEqualTo("AT-ada.2");
  }

  /** A renewer that answers questions about tokens as a test says. */
  private static class Questioned implements TokenRenewer {
    final ScriptedRenewer renewer;
    volatile TestStore.Step beforeAnswer = () -> {};

    Questioned(ScriptedRenewer renewer) {
      this.renewer = renewer;
    }

    void ask() {
      try {
        beforeAnswer.run();
      } catch (Throwable t) {
        sneak(t);
      }
    }

    @Override
    public boolean owns(TokenSet tokens) {
      return true;
    }

    @Override
    public boolean canRenew(TokenSet tokens) {
      ask();
      return true;
    }

    @Override
    public TokenSet refresh(TokenSet tokens) {
      return renewer.refresh(tokens);
    }

    @Override
    public void revoke(TokenSet tokens) {
      renewer.revoke(tokens);
    }
  }

  /** More than can be counted in milliseconds. */
  @Test
  void refresh_renewerAsksForAnAbsurdPause_waitsForAnHour() {
    FreshTokens process = deployment.process(renewer);
    saved(process);
    renewer.answer =
        sent -> {
          throw OAuthException.builder("busy")
              .verdict(Verdict.THROTTLED)
              .retryAfter(Duration.ofSeconds(Long.MAX_VALUE))
              .build();
        };

    OAuthException busy = catchThrowableOfType(OAuthException.class, () -> process.refresh(ADA));

    assertThat(busy.retryAfter()).contains(Duration.ofHours(1));
  }

  @ParameterizedTest
  @MethodSource("anything")
  void get_renewerThrowsAnythingWhenAsked_isForeignUntilItAnswers(Throwable thrown) {
    Questioned questioned = new Questioned(renewer);
    FreshTokens process = deployment.process(questioned);
    TokenSet tokens = saved(process);
    deployment.pass(Duration.ofSeconds(10));
    questioned.beforeAnswer = () -> sneak(thrown);
    FreshTokens other = deployment.process(questioned);

    assertThat(other.getForCall(ADA)).isEqualTo(tokens);
    ForeignGrantException failure =
        catchThrowableOfType(ForeignGrantException.class, () -> other.refresh(ADA));
    assertThat(other.status(ADA).kind()).isEqualTo(Kind.FOREIGN);
    questioned.beforeAnswer = () -> {};
    deployment.pass(Duration.ofSeconds(10));

    assertThat(failure.connection()).contains(ADA);
    assertThat(renewer.sent).hasValue(0);
    assertThat(other.refresh(ADA).accessToken().reveal()).isEqualTo("AT-ada.2");
  }

  @ParameterizedTest
  @MethodSource("anything")
  void get_ownsAndIssuerOfThrowAnything_isForeignAndNothingIsSent(Throwable thrown) {
    saved(deployment.process(renewer));
    renewer.owns =
        tokens -> {
          sneak(thrown);
          return true;
        };

    assertThatThrownBy(() -> deployment.process(renewer).refresh(ADA))
        .isInstanceOf(ForeignGrantException.class);

    assertThat(renewer.sent).hasValue(0);
  }

  @Test
  void get_renewerThatReturnsNullsForLengths_isForeignAndNothingIsSent() {
    AtomicInteger asked = new AtomicInteger();
    FreshTokens process =
        deployment.process(
            new Questioned(renewer) {
              @Override
              public Duration longestExchange() {
                return asked.incrementAndGet() == 1 ? Duration.ofSeconds(90) : nothing();
              }

              @Override
              public Optional<Duration> reuseGrace() {
                return nothing();
              }
            });
    saved(process);

    assertThatThrownBy(() -> process.refresh(ADA)).isInstanceOf(ForeignGrantException.class);

    assertThat(renewer.sent).hasValue(0);
  }

  @Test
  void get_renewerThatReturnsNullForTheLongestExchange_isForeignAndNothingIsSent() {
    AtomicInteger asked = new AtomicInteger();
    FreshTokens process =
        deployment.process(
            new Questioned(renewer) {
              @Override
              public Duration longestExchange() {
                return asked.incrementAndGet() == 1 ? Duration.ofSeconds(90) : nothing();
              }
            });
    saved(process);

    assertThatThrownBy(() -> process.refresh(ADA)).isInstanceOf(ForeignGrantException.class);

    assertThat(renewer.sent).hasValue(0);
  }

  /** A sealer that fails, or seals to nothing, for some grants. */
  private static final class Sealer implements TokenSealer {
    final TokenSealer sealer;
    volatile Predicate<ConnectionKey> isBroken = key -> false;
    volatile @Nullable Throwable thrown;

    Sealer(TokenSealer sealer) {
      this.sealer = sealer;
    }

    private void ask(ConnectionKey key) {
      Throwable failure = thrown;
      if (failure != null && isBroken.test(key)) {
        sneak(failure);
      }
    }

    @Override
    public Sealing prepare(ConnectionKey key) {
      return thrown == null && isBroken.test(key) ? bytes -> nothing() : sealer.prepare(key);
    }

    @Override
    public byte[] open(ConnectionKey key, String text) {
      ask(key);
      return sealer.open(key, text);
    }

    @Override
    public boolean isOutdated(String text) {
      return true;
    }
  }

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
  void write_sealerThatSealsToNothing_deletesNoGrant() {
    Sealer sealer = new Sealer(deployment.sealer);
    FreshTokens process = process(sealer);
    TokenSet tokens = saved(process);
    sealer.isBroken = key -> true;

    attempt(() -> process.refresh(ADA));
    attempt(() -> process.reencryptAll(null, 10));
    attempt(() -> process.rename(ADA, user(1)));
    attempt(() -> process.save(user(2), renewer.tokens("two", deployment.time)));

    FreshTokens other = deployment.process(renewer);
    assertThat(other.get(ADA)).isEqualTo(tokens);
    assertThat(other.row(user(1)).sealed()).isNull();
    assertThat(renewer.sent).hasValue(0);
  }

  @ParameterizedTest
  @MethodSource("anything")
  void sweepAndReencrypt_sealerThatThrowsAnythingForOneGrant_nameItAndDoTheOthers(
      Throwable thrown) {
    Sealer sealer = new Sealer(deployment.sealer);
    FreshTokens process = process(sealer);
    for (int i = 0; i < 4; i++) {
      process.save(user(i), renewer.tokens("user" + i, deployment.time));
    }
    deployment.time.move(Duration.ofDays(8));
    renewer.answer = sent -> renewer.renewed(sent, deployment.time.instant());
    sealer.thrown = thrown;
    sealer.isBroken = user(2)::equals;

    KeepAliveReport report = process(sealer).keepAlive();
    ReencryptionReport reencrypted = process.reencryptAll(null, 10);

    assertThat(report.refreshed()).isEqualTo(3);
    assertThat(report.failures())
        .extracting(KeepAliveReport.Failure::connection)
        .containsExactly(user(2));
    assertThat(reencrypted.reencrypted()).isEqualTo(3);
    assertThat(reencrypted.failed()).containsExactly(user(2));
  }

  @ParameterizedTest
  @MethodSource("anything")
  void keepAlive_progressListenerThrowsAnything_goesOn(Throwable thrown) {
    FreshTokens process = deployment.process(renewer);
    for (int i = 0; i < 3; i++) {
      process.save(user(i), renewer.tokens("user" + i, deployment.time));
    }
    deployment.time.move(Duration.ofDays(8));

    KeepAliveReport report =
        process.keepAlive(SweepOptions.defaults().onProgress(key -> sneak(thrown)));

    assertThat(report.refreshed()).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("anything")
  void keepAlive_storeThrowsAnythingAtALaterPage_reportsWhatWasDone(Throwable thrown) {
    FreshTokens process = deployment.process(renewer);
    for (int i = 0; i < 120; i++) {
      process.save(user(i), renewer.tokens("user" + i, deployment.time));
    }
    deployment.time.move(Duration.ofDays(8));
    renewer.answer = sent -> renewer.renewed(sent, deployment.time.instant());
    int before = deployment.store.pages.get();
    deployment.store.beforeRead =
        () -> {
          if (deployment.store.pages.get() == before + 2) {
            sneak(thrown);
          }
        };

    KeepAliveReport report = process.keepAlive();

    assertThat(report.isComplete()).isFalse();
    assertThat(report.refreshed()).isEqualTo(100);
  }

  @ParameterizedTest
  @MethodSource("anything")
  void everyQuestion_storeThrowsAnything_isARetryableFailureOfTheStore(Throwable thrown) {
    FreshTokens process = deployment.process(renewer);
    saved(process);
    deployment.store.beforeRead = () -> sneak(thrown);

    TokenStoreException status =
        catchThrowableOfType(TokenStoreException.class, () -> process.status(ADA));

    assertThat(status.connection()).contains(ADA);
    assertThat(status.isRetryable()).isTrue();
    assertThatThrownBy(() -> process.statuses(StatusFilter.all(), null, 10))
        .isInstanceOf(TokenStoreException.class);
    assertThatThrownBy(() -> process.keys("salesforce", "acme", null, 10))
        .isInstanceOf(TokenStoreException.class);
    assertThatThrownBy(() -> process.reencryptAll(null, 10))
        .isInstanceOf(TokenStoreException.class);
    assertThatThrownBy(() -> process.disconnectAll("salesforce", "acme"))
        .isInstanceOf(TokenStoreException.class);
    assertThatThrownBy(() -> process.rename(ADA, user(1))).isInstanceOf(TokenStoreException.class);
    assertThatThrownBy(process::keepAlive).isInstanceOf(TokenStoreException.class);
  }

  @Test
  void status_storeIsAway_namesTheConnection() {
    FreshTokens process = deployment.process(renewer);
    deployment.store.goAway();

    assertThatThrownBy(() -> process.status(ADA))
        .isInstanceOfSatisfying(
            TokenStoreException.class, e -> assertThat(e.connection()).contains(ADA))
        .hasMessageContaining("ada");
  }

  @Test
  void copyTo_storeThatTakesNothing_endsAndSaysSo() {
    FreshTokens process = deployment.process(renewer);
    saved(process);
    TestStore stubborn = new TestStore(deployment.time.ofStore());
    stubborn.takesNothing = true;

    assertThatThrownBy(() -> process.copyTo(stubborn))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("ada");
  }

  @ParameterizedTest
  @MethodSource("anything")
  void refresh_hookOfTheFlowThrowsAnythingAfterTheAnswer_keepsTheRotatedTokens(Throwable thrown) {
    FreshTokens process =
        deployment.process(
            deployment
                .flowAt(deployment.salesforce)
                .verifyTokens((answer, secret) -> sneak(thrown))
                .refineTokens(
                    answer -> {
                      sneak(thrown);
                      return answer;
                    })
                .build());
    TokenSet consent = deployment.consent();
    process.save(ADA, consent);

    TokenSet refreshed = process.refresh(ADA);

    assertThat(refreshed.refreshToken().orElseThrow().reveal())
        .isEqualTo(deployment.grantOf(consent).refreshToken());
    assertThat(deployment.process().get(ADA)).isEqualTo(refreshed);
    assertThat(deployment.kind(process)).isEqualTo(Kind.ACTIVE);
  }

  /** A recipient that knows nothing. */
  private static final class Blank implements GrantRecipient {
    @Override
    public String take(ConnectionKey key, TokenSet tokens, Duration limit) {
      return nothing();
    }

    @Override
    public Optional<String> find(ConnectionKey key) {
      return Optional.empty();
    }

    @Override
    public TokenSet tokens(String connectionId, boolean force) {
      return nothing();
    }

    @Override
    public void delete(String connectionId) {}
  }

  @Test
  void handOver_recipientThatReturnsNoConnection_isUnclearAndLosesNothing() {
    FreshTokens process =
        deployment.started(deployment.builder().renewer(renewer).recipient(new Blank()));
    TokenSet tokens = saved(process);

    Throwable failure = catchThrowable(() -> process.handOver(ADA));
    deployment.settle();

    assertThat(failure).isInstanceOf(AmpersandException.class);
    assertThat(deployment.kind(process)).isEqualTo(Kind.HANDING_OVER);
    assertThat(process.get(ADA)).isEqualTo(tokens);
  }

  @ParameterizedTest
  @MethodSource("anything")
  void disconnect_revokeThrowsAnything_staysAndSaysSo(Throwable thrown) {
    FreshTokens process = deployment.process(renewer);
    saved(process);
    renewer.onRevoke = () -> sneak(thrown);

    assertThatThrownBy(() -> process.disconnect(ADA)).isInstanceOf(AmpersandException.class);
    Kind kept = deployment.kind(process);
    renewer.onRevoke = () -> {};
    deployment.pass(Duration.ofSeconds(31));

    assertThat(kept).isEqualTo(Kind.DISCONNECTING);
    assertThat(process.disconnect(ADA)).isTrue();
    assertThat(deployment.kind(process)).isEqualTo(Kind.ABSENT);
  }

  @Test
  void call_callOrTestThatThrowsAnError_passesUnchangedAndTheGrantWorks() {
    FreshTokens process = deployment.process(renewer);
    TokenSet tokens = saved(process);
    StackOverflowError error = new StackOverflowError();

    assertThatThrownBy(
            () ->
                process.call(
                    ADA,
                    sent -> {
                      throw error;
                    },
                    result -> true))
        .isSameAs(error);
    assertThatThrownBy(
            () ->
                process.call(
                    ADA,
                    sent -> "result",
                    (Predicate<String>)
                        result -> {
                          throw error;
                        }))
        .isSameAs(error);

    assertThat(process.get(ADA)).isEqualTo(tokens);
    assertThat(renewer.sent).hasValue(0);
  }

  @Test
  void read_storeThatReturnsNothing_isAFailureOfTheStore() {
    FreshTokens process = deployment.process(renewer);
    saved(process);
    deployment.store.returnsNothing = true;

    assertThatThrownBy(() -> deployment.process(renewer).get(ADA))
        .isInstanceOf(TokenStoreException.class);
    assertThatThrownBy(() -> process.status(ADA)).isInstanceOf(TokenStoreException.class);
    assertThatThrownBy(process::keepAlive).isInstanceOf(TokenStoreException.class);
    assertThatThrownBy(() -> process.statuses(StatusFilter.all(), null, 10))
        .isInstanceOf(TokenStoreException.class);
    deployment.store.returnsNothing = false;
    Row row = process.row(ADA);

    assertThat(row.state()).isEqualTo("ACTIVE");
  }
}
