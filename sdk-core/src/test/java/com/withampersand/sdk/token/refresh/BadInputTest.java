package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.TokenListener;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.crypto.TokenSealer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Stores, sealers, listeners and settings that are not as they should be. */
@Timeout(60)
class BadInputTest {
  private final Deployment deployment = new Deployment();
  private final FreshTokens tokens = deployment.process();
  private final ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());

  @AfterEach
  void stop() {
    deployment.close();
  }

  private TokenSet connected() {
    TokenSet consent = deployment.consent();
    tokens.save(ADA, consent);
    return consent;
  }

  /** A sealer of the developer's. */
  private static class Sealer implements TokenSealer {
    final TokenSealer sealer;
    volatile TestStore.Step beforePrepare = () -> {};
    volatile TestStore.Step beforeOpen = () -> {};

    Sealer(TokenSealer sealer) {
      this.sealer = sealer;
    }

    private static void run(TestStore.Step step) {
      try {
        step.run();
      } catch (Throwable t) {
        TestStore.<RuntimeException>sneaky(t);
      }
    }

    @Override
    public Sealing prepare(ConnectionKey key) {
      run(beforePrepare);
      return sealer.prepare(key);
    }

    @Override
    public byte[] open(ConnectionKey key, String text) {
      run(beforeOpen);
      return sealer.open(key, text);
    }

    @Override
    public boolean isOutdated(String text) {
      return sealer.isOutdated(text);
    }
  }

  private FreshTokens process(TokenSealer sealer) {
    return deployment.started(
        FreshTokens.builder(deployment.store, sealer)
            .nanos(deployment.time::nanoTime)
            .clock(deployment.time)
            .timers(deployment.time::later)
            .executor(deployment.time.executor())
            .renewer(deployment.flow()));
  }

  @Test
  void refresh_sealerWithoutAKey_sendsNothing() {
    TokenSet consent = connected();
    Sealer sealer = new Sealer(deployment.sealer);
    FreshTokens process = process(sealer);
    for (Throwable thrown :
        List.of(
            new TokenStoreException("No key.", true, null),
            new IllegalStateException("kms"),
            new NoClassDefFoundError("kms"))) {
      sealer.beforePrepare = () -> TestStore.<RuntimeException>sneaky(thrown);

      assertThatThrownBy(() -> process.refresh(ADA)).isInstanceOf(AmpersandException.class);
      deployment.pass(Duration.ofSeconds(40));
    }

    assertThat(deployment.grantOf(consent).presented()).isEmpty();
    assertThat(deployment.kind(tokens)).isEqualTo(Kind.ACTIVE);
    sealer.beforePrepare = () -> {};
    assertThat(process.refresh(ADA).accessToken()).isNotEqualTo(consent.accessToken());
  }

  @Test
  void refresh_sealerThatFailsAfterTheAnswer_isNotAsked() {
    connected();
    Sealer service = new Sealer(deployment.sealer);
    FreshTokens process =
        process(
            new Sealer(service) {
              @Override
              public Sealing prepare(ConnectionKey key) {
                Sealing sealing = super.prepare(key);
                service.beforePrepare =
                    () -> {
                      throw new IllegalStateException("The key service is gone.");
                    };
                return sealing;
              }
            });

    TokenSet refreshed = process.refresh(ADA);

    assertThat(deployment.process().get(ADA)).isEqualTo(refreshed);
    assertThat(process.unsaved()).isZero();
  }

  @Test
  void refresh_storeThatThrowsAnythingAfterTheAnswer_keepsTheNewTokens() {
    for (Throwable thrown :
        List.of(
            new IOException("disk"),
            new NoClassDefFoundError("driver"),
            new StackOverflowError(),
            new OutOfMemoryError("not really"),
            new UnsupportedOperationException())) {
      deployment.time.move(Duration.ofSeconds(1));
      TokenSet consent = connected();
      deployment.store.beforeWrite =
          () -> {
            if (!deployment.grantOf(consent).presented().isEmpty()) {
              throw thrown;
            }
          };

      TokenSet refreshed = tokens.refresh(ADA);
      deployment.store.comeBack();
      deployment.pass(Duration.ofSeconds(5));

      assertThat(refreshed.refreshToken().orElseThrow().reveal())
          .isEqualTo(deployment.grantOf(consent).refreshToken());
      assertThat(deployment.process().get(ADA)).isEqualTo(refreshed);
    }
  }

  @Test
  void get_storeThatThrowsAnything_isARetryableFailure() {
    connected();
    for (Throwable thrown :
        List.of(
            new IOException("disk"), new NoClassDefFoundError("x"), new NullPointerException())) {
      deployment.store.beforeRead = () -> TestStore.<RuntimeException>sneaky(thrown);

      TokenStoreException failure =
          catchThrowableOfType(TokenStoreException.class, () -> deployment.process().get(ADA));

      assertThat(failure.isRetryable()).isTrue();
      assertThat(failure.connection()).contains(ADA);
    }
  }

  @Test
  void refresh_renewerThatReturnsNull_isADoubt() {
    renewer.answer = sent -> nothing();
    FreshTokens process = deployment.process(renewer);
    process.save(ADA, renewer.tokens("ada", deployment.time));

    assertThatThrownBy(() -> process.refresh(ADA)).isInstanceOf(AmpersandException.class);

    assertThat(deployment.kind(process)).isEqualTo(Kind.IN_DOUBT);
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    @Nullable T nothing = null;
    return nothing;
  }

  @Test
  void refresh_listenerThatThrowsOrBlocks_costsNothing() {
    CountDownLatch blocks = new CountDownLatch(1);
    FreshTokens process =
        deployment.started(
            deployment
                .builder()
                .renewer(renewer)
                .listener(
                    new TokenListener() {
                      @Override
                      public void refreshed(ConnectionKey key, TokenSet fresh, Duration took) {
                        try {
                          blocks.await();
                        } catch (InterruptedException e) {
                          Thread.currentThread().interrupt();
                        }
                        throw new IllegalStateException("metrics");
                      }
                    }));
    process.save(ADA, renewer.tokens("ada", deployment.time));

    TokenSet first = process.refresh(ADA);
    TokenSet second = process.refresh(ADA);
    blocks.countDown();

    assertThat(second.accessToken()).isNotEqualTo(first.accessToken());
    assertThat(renewer.sent).hasValue(2);
  }

  @Test
  void get_truncatedRow_saysSoAndIsLeftAlone() {
    connected();
    Row row = tokens.row(ADA);
    String sealed = Objects.requireNonNull(row.sealed());
    write(row, row.state(), row.version(), sealed.substring(0, sealed.length() - 9));
    FreshTokens other = deployment.process();
    int written = deployment.store.written.get();

    assertThatThrownBy(() -> other.get(ADA))
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("ada");
    assertThat(other.status(ADA).kind()).isEqualTo(Kind.UNREADABLE);
    assertThat(deployment.store.written).hasValue(written);
    deployment.time.move(Duration.ofSeconds(1));
    TokenSet again = deployment.consent();
    other.save(ADA, again);
    assertThat(other.get(ADA)).isEqualTo(again);
  }

  @Test
  void get_rowWhoseColumnsAndSealedTextDiffer_isWrittenAnew() {
    TokenSet consent = connected();
    Row row = tokens.row(ADA);
    Version higher = new Version(Objects.requireNonNull(row.version()).consent(), 1, 0, 7, 1);
    write(row, "NEEDS_CONSENT", higher, row.sealed());
    FreshTokens other = deployment.process();

    TokenSet served = other.get(ADA);
    deployment.settle();

    assertThat(served).isEqualTo(consent);
    assertThat(other.row(ADA).state()).isEqualTo("ACTIVE");
    assertThat(other.row(ADA).version()).isEqualTo(higher);
  }

  @Test
  void get_rowWhosePlainVersionIsTheSmallerOne_getsTheLargerOne() {
    TokenSet consent = connected();
    Row row = tokens.row(ADA);
    Version sealed = Objects.requireNonNull(row.version());
    write(row, row.state(), new Version(sealed.consent() - 5_000, 1, 0, 0, 0), row.sealed());
    FreshTokens other = deployment.process();

    TokenSet served = other.get(ADA);
    deployment.settle();

    assertThat(served).isEqualTo(consent);
    assertThat(other.row(ADA).version()).isEqualTo(sealed);
    assertThat(other.refresh(ADA).accessToken()).isNotEqualTo(consent.accessToken());
  }

  static Stream<Row.Change> numbersAtTheirEnd() {
    Version good = Version.ofConsent(7);
    return Stream.of(
        numbers(Version.ofConsent(Long.MAX_VALUE), new Row.LeaseChange.Clear(), 0),
        numbers(new Version(7, Long.MAX_VALUE, 0, 0, 0), new Row.LeaseChange.Clear(), 0),
        numbers(new Version(7, 1, 0, Long.MAX_VALUE, 0), new Row.LeaseChange.Clear(), 0),
        numbers(good, new Row.LeaseChange.Clear(), Long.MAX_VALUE),
        numbers(good, new Row.LeaseChange.Clear(), -1),
        numbers(good, new Row.LeaseChange.Hold(Long.MAX_VALUE, "other", Duration.ZERO), 0));
  }

  private static Row.Change numbers(Version version, Row.LeaseChange lease, long leases) {
    return new Row.Change(
        Row.Revision.random(),
        version,
        "consent",
        "ACTIVE",
        null,
        lease,
        leases,
        Duration.ofDays(7),
        Set.of(),
        Duration.ZERO,
        null);
  }

  @ParameterizedTest
  @MethodSource("numbersAtTheirEnd")
  void get_rowWithNumbersThatCannotBeCountedFurther_isUnreadableAndConsentReplacesIt(
      Row.Change numbers) {
    connected();
    Row row = tokens.row(ADA);
    deployment.store.write(
        ADA,
        row.revision(),
        new Row.Change(
            numbers.revision(),
            numbers.version(),
            row.consent(),
            row.state(),
            row.client(),
            numbers.lease(),
            numbers.leases(),
            numbers.lookIn(),
            numbers.stamps(),
            numbers.sentAgo(),
            row.sealed()));
    FreshTokens other = deployment.process();

    assertThatThrownBy(() -> other.refresh(ADA)).isInstanceOf(TokenStoreException.class);
    assertThat(other.status(ADA).kind()).isEqualTo(Kind.UNREADABLE);

    deployment.time.move(Duration.ofSeconds(1));
    TokenSet again = deployment.consent();
    other.save(ADA, again);
    assertThat(other.get(ADA)).isEqualTo(again);
    assertThat(other.refresh(ADA).accessToken()).isNotEqualTo(again.accessToken());
  }

  private void write(Row row, String state, @Nullable Version version, @Nullable String sealed) {
    deployment.store.write(
        row.key(),
        row.revision(),
        new Row.Change(
            Row.Revision.random(),
            Objects.requireNonNull(version),
            row.consent(),
            state,
            row.client(),
            new Row.LeaseChange.Clear(),
            row.leases(),
            Duration.ofDays(7),
            Set.of(),
            Duration.ZERO,
            sealed));
  }

  @Test
  void refresh_issuerThatWasNeverAllowed_getsNoRequest() {
    TokenSet evil =
        deployment.consent().toBuilder().issuer(URI.create("https://evil.example.com")).build();
    tokens.save(ADA, evil);

    assertThatThrownBy(() -> tokens.refresh(ADA)).isInstanceOf(ForeignGrantException.class);

    assertThat(deployment.salesforce.requests(Deployment.TOKEN)).isEmpty();
    assertThat(deployment.kind(tokens)).isEqualTo(Kind.FOREIGN);
  }

  @Test
  void builder_durationsThatCannotBe_areRefused() {
    FreshTokens.Builder builder = deployment.builder();
    for (Duration bad :
        List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThatIllegalArgumentException().isThrownBy(() -> builder.maxWait(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.lease(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.certainty(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.announce(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.carefulWait(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.sessionLength(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.backoff(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.idle(bad));
    }
    for (Duration bad : List.of(Duration.ofNanos(-1), Duration.ofDays(36_501))) {
      assertThatIllegalArgumentException().isThrownBy(() -> builder.cacheFor(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.refreshBefore(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.clockSkew(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> tokens.flush(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> tokens.close(bad));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> builder.cacheSize(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.cacheSize(-1));
  }

  /** Sets one duration. */
  interface Setter {
    FreshTokens.Builder set(FreshTokens.Builder builder, Duration duration);
  }

  static Stream<Arguments> setters() {
    return Stream.of(
        arguments("maxWait", (Setter) FreshTokens.Builder::maxWait),
        arguments("lease", (Setter) FreshTokens.Builder::lease),
        arguments("certainty", (Setter) FreshTokens.Builder::certainty),
        arguments("announce", (Setter) FreshTokens.Builder::announce),
        arguments("carefulWait", (Setter) FreshTokens.Builder::carefulWait),
        arguments("sessionLength", (Setter) FreshTokens.Builder::sessionLength),
        arguments("backoff", (Setter) FreshTokens.Builder::backoff),
        arguments("idle", (Setter) FreshTokens.Builder::idle),
        arguments("cacheFor", (Setter) FreshTokens.Builder::cacheFor),
        arguments("refreshBefore", (Setter) FreshTokens.Builder::refreshBefore),
        arguments("clockSkew", (Setter) FreshTokens.Builder::clockSkew));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("setters")
  void builder_shortestAndLongestDurations_areNamedIfTheyDoNotFitOrWork(
      String name, Setter setter) {
    for (Duration duration : List.of(Duration.ofNanos(1), Duration.ofDays(36_500))) {
      if (name.equals("maxWait") && duration.toNanos() == 1) {
        continue;
      }
      FreshTokens process;
      try {
        process =
            deployment.started(
                setter.set(deployment.builder().renewer(deployment.flow()), duration));
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining(duration.toString());
        continue;
      }
      deployment.time.move(Duration.ofSeconds(1));
      TokenSet consent = deployment.consent();
      process.save(ADA, consent);

      assertThat(process.getForCall(ADA)).isNotNull();
      assertThat(process.refresh(ADA).accessToken()).isNotEqualTo(consent.accessToken());
      assertThat(process.keepAlive().isComplete()).isTrue();
      assertThat(process.status(ADA).kind()).isEqualTo(Kind.ACTIVE);
      deployment.salesforce.nextTokenRequest(Fault.dropRequest());
      attempt(() -> process.refresh(ADA));
      deployment.settle();
      assertThat(process.status(ADA).kind()).isEqualTo(Kind.IN_DOUBT);
      assertThat(process.getForCall(ADA)).isNotNull();
      assertThat(process.close(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void build_longestExchangeThatCannotBe_isRefused() {
    for (Duration bad : List.of(Duration.ofSeconds(-1), Duration.ZERO, Duration.ofDays(99_999))) {
      TokenRenewer renewer =
          new TokenRenewer() {
            @Override
            public boolean owns(TokenSet owned) {
              return true;
            }

            @Override
            public boolean canRenew(TokenSet owned) {
              return true;
            }

            @Override
            public TokenSet refresh(TokenSet sent) {
              return sent;
            }

            @Override
            public void revoke(TokenSet sent) {}

            @Override
            public Duration longestExchange() {
              return bad;
            }
          };

      assertThatIllegalArgumentException()
          .isThrownBy(() -> deployment.builder().renewer(renewer).build())
          .withMessageContaining("longest exchange");
    }
  }

  @Test
  void build_durationsThatDoNotFit_areNamedAllAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                deployment
                    .builder()
                    .lease(Duration.ofSeconds(5))
                    .carefulWait(Duration.ofSeconds(5))
                    .build())
        .withMessageContaining("lease")
        .withMessageContaining("careful wait");
  }

  @Test
  void close_thenUse_isRefusedEverywhere() {
    connected();
    tokens.get(ADA);

    assertThat(tokens.close(Duration.ofSeconds(5))).isTrue();

    assertThatThrownBy(() -> tokens.get(ADA)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> tokens.getForCall(ADA)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> tokens.refresh(ADA)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> tokens.status(ADA)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(tokens::keepAlive).isInstanceOf(IllegalStateException.class);
    tokens.close();
    assertThat(tokens.toString()).contains("FreshTokens");
  }

  @Test
  void refresh_executorThatTakesNoMore_failsAndLosesNothing() {
    TokenSet consent = connected();
    FreshTokens process =
        deployment.started(
            deployment
                .builder()
                .renewer(deployment.flow())
                .executor(
                    task -> {
                      throw new RejectedExecutionException("shut down");
                    }));

    Throwable thrown = catchThrowable(() -> process.refresh(ADA));

    assertThat(thrown).isInstanceOf(AmpersandException.class);
    assertThat(deployment.grantOf(consent).presented()).isEmpty();
    assertThat(tokens.get(ADA)).isEqualTo(consent);
  }

  @Test
  void readOnly_grantsInEveryCondition_areReadAndNeverWritten() {
    FreshTokens process = deployment.process(renewer);
    TokenSet over = renewer.tokens("ada", deployment.time);
    process.save(ADA, over);
    ConnectionKey leased = new ConnectionKey("salesforce", "acme", "leased");
    process.save(leased, renewer.tokens("leased", deployment.time));
    Row row = process.row(leased);
    deployment.store.write(
        leased,
        row.revision(),
        new Row.Change(
            Row.Revision.random(),
            Objects.requireNonNull(row.version()),
            row.consent(),
            row.state(),
            row.client(),
            new Row.LeaseChange.Hold(1, "someone who died", Duration.ofSeconds(30)),
            1,
            Duration.ofSeconds(30),
            Set.of(),
            Duration.ZERO,
            row.sealed()));
    deployment.time.move(Duration.ofHours(3));
    FreshTokens reader = deployment.started(deployment.builder());
    int written = deployment.store.writes.get();

    assertThatThrownBy(() -> reader.get(ADA)).isInstanceOf(ForeignGrantException.class);
    assertThatThrownBy(() -> reader.refused(ADA, over.accessToken()))
        .isInstanceOf(ForeignGrantException.class);
    assertThatThrownBy(() -> reader.refresh(ADA)).isInstanceOf(ForeignGrantException.class);
    attempt(() -> reader.get(leased));
    attempt(() -> reader.refused(leased, over.accessToken()));
    reader.status(leased);
    KeepAliveReport swept = reader.keepAlive();
    deployment.pass(Duration.ofMinutes(5));

    assertThat(swept.refreshed()).isZero();
    assertThat(renewer.sent).hasValue(0);
    assertThat(deployment.store.writes).hasValue(written);
  }

  @Test
  void readOnly_grantThatIsThere_isServedAndNeverRefreshed() {
    TokenSet consent = connected();
    var readOnly = FreshTokens.readOnly(deployment.store, deployment.sealer);

    assertThat(readOnly.getForCall(ADA)).isEqualTo(consent);
    assertThatThrownBy(() -> readOnly.refused(ADA, consent.accessToken()))
        .isInstanceOf(ForeignGrantException.class);
    assertThatThrownBy(() -> readOnly.get(new ConnectionKey("salesforce", "acme", "eve")))
        .isInstanceOf(NotConnectedException.class);
    assertThat(deployment.salesforce.requests(Deployment.TOKEN)).isEmpty();
  }
}
