package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.Reason;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.Scopes;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.crypto.Keyring;
import com.withampersand.sdk.token.crypto.TokenCipher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be asked of grants, and done with their rows. */
@Timeout(60)
class StatusTest {
  private final Deployment deployment = new Deployment();
  private final FreshTokens tokens = deployment.process();

  @AfterEach
  void stop() {
    deployment.close();
  }

  private static ConnectionKey user(int number) {
    return new ConnectionKey("salesforce", "acme", "user" + number);
  }

  private List<GrantStatus> all(FreshTokens process, StatusFilter filter, int limit) {
    List<GrantStatus> found = new ArrayList<>();
    @Nullable ConnectionKey after = null;
    do {
      Page<GrantStatus> page = process.statuses(filter, after, limit);
      found.addAll(page.items());
      after = page.next();
    } while (after != null);
    return found;
  }

  private void end(ConnectionKey key) {
    deployment.salesforce.nextTokenRequest(
        Fault.refuse("invalid_grant", "expired access/refresh token"));
    attempt(() -> tokens.refresh(key));
  }

  @Test
  void statuses_byKindIdleAndLacking_areListedPageByPage() {
    for (int i = 0; i < 5; i++) {
      TokenSet consent =
          deployment.consent().toBuilder()
              .scopes(i == 2 ? Scopes.of("api") : Scopes.of("api", "web"))
              .build();
      tokens.save(user(i), consent);
    }
    end(user(1));
    deployment.pass(Duration.ofDays(3));
    tokens.save(user(7), deployment.consent());
    FreshTokens other = deployment.process();

    assertThat(all(other, StatusFilter.of(Kind.NEEDS_CONSENT), 2))
        .singleElement()
        .satisfies(
            status -> {
              assertThat(status.connection()).isEqualTo(user(1));
              assertThat(status.reason()).isPresent();
              assertThat(status.remedy()).isPresent();
              assertThat(status.since()).isPresent();
            });
    assertThat(all(other, StatusFilter.idleFor(Duration.ofDays(2)), 2)).hasSize(5);
    assertThat(all(other, StatusFilter.lacking(Scopes.of("web")), 2))
        .extracting(GrantStatus::connection)
        .containsExactlyInAnyOrder(user(2), user(7));
    assertThat(all(other, StatusFilter.all(), 3)).hasSize(6);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> other.statuses(StatusFilter.all(), null, 0));
  }

  @Test
  void status_everyProcess_saysTheSame() {
    tokens.save(ADA, deployment.consent());
    end(ADA);
    FreshTokens other = deployment.process();

    assertThat(other.status(ADA)).isEqualTo(tokens.status(ADA));
    assertThat(other.status(ADA).reason()).isNotEqualTo(java.util.Optional.<Reason>empty());
  }

  @Test
  void status_storeIsAway_failsAndSaysNothingFromMemory() {
    tokens.save(ADA, deployment.consent());
    tokens.get(ADA);
    deployment.store.goAway();

    assertThatThrownBy(() -> tokens.status(ADA)).isInstanceOf(TokenStoreException.class);
  }

  @Test
  void disconnectAll_group_namesThoseThatFailed() {
    for (int i = 0; i < 3; i++) {
      tokens.save(user(i), deployment.consent());
    }
    tokens.save(new ConnectionKey("salesforce", "other", "eve"), deployment.consent());
    deployment.salesforce.nextRequest(
        request -> request.path().equals(Deployment.REVOKE), Fault.respond(503));

    var failed = tokens.disconnectAll("salesforce", "acme");

    assertThat(failed).hasSize(1);
    assertThat(failed.values()).allMatch(AmpersandException.class::isInstance);
    assertThat(tokens.keys("salesforce", "acme", null, 10).items()).hasSize(1);
    assertThat(tokens.keys("salesforce", "other", null, 10).items()).hasSize(1);
  }

  @Test
  void disconnectAll_threadIsInterrupted_beginsNoOther() {
    for (int i = 0; i < 20; i++) {
      tokens.save(user(i), deployment.consent());
    }
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> tokens.disconnectAll("salesforce", "acme"))
        .isInstanceOf(TransportException.class);

    assertThat(Thread.interrupted()).isTrue();
    deployment.settle();
    assertThat(deployment.salesforce.requests(Deployment.REVOKE)).isEmpty();
    assertThat(tokens.disconnectAll("salesforce", "acme")).isEmpty();
    assertThat(tokens.keys("salesforce", "acme", null, 100).items()).isEmpty();
  }

  @Test
  void disconnectAll_closed_isRefused() {
    tokens.save(user(1), deployment.consent());
    tokens.close(Duration.ZERO);

    assertThatIllegalStateException().isThrownBy(() -> tokens.disconnectAll("salesforce", "acme"));
    assertThat(deployment.process().status(user(1)).kind()).isEqualTo(Kind.ACTIVE);
  }

  @Test
  void statuses_ofAState_opensTheRowsOfThatStateAlone() {
    for (int i = 0; i < 10; i++) {
      tokens.save(user(i), deployment.consent());
    }
    end(user(3));
    deployment.pass(Duration.ofDays(3));
    tokens.save(user(10), deployment.consent());
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());
    attempt(() -> tokens.refresh(user(4)));
    AtomicInteger opened = new AtomicInteger();
    FreshTokens counting =
        deployment.started(
            FreshTokens.builder(deployment.store, new CountingSealer(deployment.sealer, opened))
                .renewer(deployment.flow()));

    assertThat(all(counting, StatusFilter.of(Kind.NEEDS_CONSENT), 100)).hasSize(1);
    assertThat(opened.getAndSet(0)).isEqualTo(1);
    assertThat(all(counting, StatusFilter.of(Kind.IN_DOUBT), 100))
        .extracting(GrantStatus::connection)
        .containsExactly(user(4));
    assertThat(opened.getAndSet(0)).isEqualTo(1);
    assertThat(all(counting, StatusFilter.of(Kind.OLD), 100)).isEmpty();
    assertThat(opened.getAndSet(0)).isZero();
    assertThat(all(counting, StatusFilter.idleFor(Duration.ofDays(2)), 100)).hasSize(10);
    assertThat(opened.getAndSet(0)).isEqualTo(10);
    assertThat(all(counting, StatusFilter.of(Kind.FOREIGN), 100)).isEmpty();
    assertThat(opened).hasValue(11);
  }

  @Test
  void status_doubtOfAnAppThatDoesNotRotate_isTriedAtOnce() {
    FreshTokens process =
        deployment.process(deployment.flowAt(deployment.salesforce).doesNotRotate().build());
    process.save(ADA, deployment.consent());
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());

    attempt(() -> process.refresh(ADA));

    assertThat(process.status(ADA).kind()).isEqualTo(Kind.IN_DOUBT);
    assertThat(process.status(ADA).nextTryIn()).contains(Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource({"false,40,70", "false,90,70", "true,0,70", "true,40,30", "true,90,10"})
  void status_leaseThatLapsed_saysWhenTheNextTryIs(boolean hasGrace, int lapsedFor, int nextTry) {
    ScriptedRenewer renewer = new ScriptedRenewer(deployment.salesforce.uri());
    renewer.grace = hasGrace ? Optional.of(Duration.ofMinutes(1)) : Optional.empty();
    FreshTokens process = deployment.process(renewer);
    process.save(ADA, renewer.tokens("ada", deployment.time));
    deployment.settle();
    hold(Duration.ofSeconds(30));
    deployment.time.move(Duration.ofSeconds(30 + lapsedFor));

    GrantStatus status = process.status(ADA);

    assertThat(status.kind()).isEqualTo(Kind.IN_DOUBT);
    // The store's clock is a millisecond later at each look.
    assertThat(status.nextTryIn().orElseThrow())
        .isBetween(Duration.ofSeconds(nextTry).minusMillis(100), Duration.ofSeconds(nextTry));
  }

  /** Has a process take the lease, of which nothing is heard any more. */
  private void hold(Duration length) {
    Row row = deployment.store.read(ADA);
    deployment.store.write(
        ADA,
        row.revision(),
        new Row.Change(
            Row.Revision.random(),
            Objects.requireNonNull(row.version()),
            row.consent(),
            row.state(),
            row.client(),
            new Row.LeaseChange.Hold(1, "gone", length),
            1,
            length,
            Set.of(),
            Duration.ZERO,
            row.sealed()));
  }

  @Test
  void rename_grant_worksUnderItsNewNameOnly() {
    TokenSet consent = deployment.consent();
    tokens.save(ADA, consent);

    tokens.rename(ADA, user(1));

    FreshTokens other = deployment.process();
    assertThat(other.get(user(1))).isEqualTo(consent);
    assertThat(other.refresh(user(1)).accessToken()).isNotEqualTo(consent.accessToken());
    assertThatThrownBy(() -> other.get(ADA)).isInstanceOf(NotConnectedException.class);
    assertThatThrownBy(() -> other.rename(ADA, user(2))).isInstanceOf(NotConnectedException.class);
    assertThatIllegalArgumentException().isThrownBy(() -> other.rename(user(1), user(1)));
  }

  @Test
  void rename_nameThatIsTaken_changesNothing() {
    TokenSet consent = deployment.consent();
    tokens.save(ADA, consent);
    TokenSet others = deployment.consent();
    tokens.save(user(1), others);

    assertThatThrownBy(() -> tokens.rename(ADA, user(1))).isInstanceOf(TokenStoreException.class);

    FreshTokens other = deployment.process();
    assertThat(other.get(ADA)).isEqualTo(consent);
    assertThat(other.get(user(1))).isEqualTo(others);
    assertThat(other.refresh(ADA).accessToken()).isNotEqualTo(consent.accessToken());
  }

  @Test
  void copyTo_otherStore_keepsVersionsAndNeverGoesBack() {
    TokenSet consent = deployment.consent();
    tokens.save(ADA, consent);
    tokens.save(user(1), deployment.consent());
    InMemoryTokenStore target = new InMemoryTokenStore(deployment.time);

    long first = tokens.copyTo(target);
    long second = tokens.copyTo(target);
    TokenSet refreshed = tokens.refresh(ADA);
    long third = tokens.copyTo(target);

    assertThat(List.of(first, second, third)).containsExactly(2L, 0L, 1L);
    FreshTokens moved =
        deployment.started(
            FreshTokens.builder(target, deployment.sealer)
                .clock(deployment.time)
                .renewer(deployment.flow()));
    assertThat(moved.getForCall(ADA)).isEqualTo(refreshed);
    assertThat(moved.row(ADA).version()).isEqualTo(tokens.row(ADA).version());
  }

  @Test
  void reencryptAll_newKey_sealsAnewAndKeepsTheRest() {
    Secret firstKey = TokenCipher.newKey();
    Secret secondKey = TokenCipher.newKey();
    TokenCipher old = TokenCipher.of(Keyring.of("k1", firstKey));
    TokenCipher both = TokenCipher.of(Keyring.of("k2", secondKey).alsoReads("k1", firstKey));
    FreshTokens before =
        deployment.started(
            FreshTokens.builder(deployment.store, old)
                .clock(deployment.time)
                .renewer(deployment.flow()));
    TokenSet consent = deployment.consent();
    before.save(ADA, consent);
    before.save(user(1), deployment.consent());
    Version version = before.row(ADA).version();
    FreshTokens after =
        deployment.started(
            FreshTokens.builder(deployment.store, both)
                .clock(deployment.time)
                .renewer(deployment.flow()));

    ReencryptionReport first = after.reencryptAll(null, 1);
    ReencryptionReport second = after.reencryptAll(first.next(), 100);
    ReencryptionReport again = after.reencryptAll(null, 100);

    assertThat(first.reencrypted() + second.reencrypted()).isEqualTo(2);
    assertThat(again.reencrypted()).isZero();
    assertThat(again.failed()).isEmpty();
    assertThat(after.row(ADA).version()).isEqualTo(version);
    FreshTokens newKeyOnly =
        deployment.started(
            FreshTokens.builder(deployment.store, TokenCipher.of(Keyring.of("k2", secondKey)))
                .clock(deployment.time)
                .renewer(deployment.flow()));
    assertThat(newKeyOnly.get(ADA)).isEqualTo(consent);
  }

  @Test
  void get_rowThatAnEarlierSdkStored_isServedAndWrittenAnewByItsOwner() {
    TokenSet consent = deployment.consent();
    String json = consent.toJson().reveal();
    storeOld(json);
    Kind before = deployment.kind(tokens);

    TokenSet served = tokens.get(ADA);
    deployment.settle();

    assertThat(before).isEqualTo(Kind.OLD);
    assertThat(served.accessToken()).isEqualTo(consent.accessToken());
    assertThat(deployment.kind(tokens)).isEqualTo(Kind.ACTIVE);
    assertThat(tokens.refresh(ADA).accessToken()).isNotEqualTo(consent.accessToken());
  }

  @Test
  void get_oldRowThatWasMarkedAsEnded_isADoubtThatHeals() {
    TokenSet consent =
        deployment.consent().toBuilder().attribute("ampersand-sdk:error", "invalid_grant").build();
    storeOld(consent.toJson().reveal());

    tokens.get(ADA);
    deployment.settle();
    Kind doubt = deployment.kind(tokens);
    deployment.pass(Duration.ofMinutes(3));
    tokens.get(ADA);
    deployment.pass(Duration.ofMinutes(3));

    assertThat(doubt).isEqualTo(Kind.IN_DOUBT);
    assertThat(deployment.kind(tokens)).isEqualTo(Kind.ACTIVE);
    assertThat(deployment.grantOf(consent).presented()).containsExactly(1);
  }

  private void storeOld(String json) {
    String sealed = deployment.sealer.prepare(ADA).seal(json.getBytes(StandardCharsets.UTF_8));
    deployment.store.write(
        ADA,
        Row.Revision.ABSENT,
        new Row.Change(
            Row.Revision.random(),
            Version.OLD,
            null,
            "OLD",
            null,
            new Row.LeaseChange.Clear(),
            0,
            Duration.ZERO,
            Set.of(),
            Duration.ZERO,
            sealed));
  }

  @Test
  void threads_goodToken_startsNone() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (FreshTokens own =
        FreshTokens.builder(deployment.store, deployment.sealer)
            .clock(deployment.time)
            .renewer(deployment.flow())
            .build()) {
      assertThat(started(before)).isEmpty();
      own.save(ADA, deployment.consent());
      assertThat(started(before)).isNotEmpty().allMatch(Thread::isDaemon);
      // The thread that stored the consent may not have ended its work when save() returns.
      assertThat(own.flush(Duration.ofSeconds(10))).isTrue();
      Set<Thread> afterwards = Thread.getAllStackTraces().keySet();
      for (int i = 0; i < 1_000; i++) {
        own.get(ADA);
      }
      assertThat(started(afterwards)).isEmpty();
    }
    Deployment.until(() -> started(before).isEmpty());
  }

  private static List<Thread> started(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .filter(thread -> thread.getName().startsWith("ampersand-tokens"))
        .toList();
  }
}
