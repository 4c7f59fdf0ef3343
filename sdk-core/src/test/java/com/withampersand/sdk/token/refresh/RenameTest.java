package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static com.withampersand.sdk.token.refresh.Deployment.attempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.Fault;
import com.withampersand.sdk.token.GrantStatus.Kind;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A grant that gets another name, however often that is cut off, and whatever goes on meanwhile.
 */
@Timeout(60)
class RenameTest {
  private static final ConnectionKey NEW = new ConnectionKey("salesforce", "acme", "countess");
  private static final ConnectionKey THIRD = new ConnectionKey("salesforce", "acme", "king");

  /** Takes the old row, inserts the new one, leaves a stone, and ends the lease of the new row. */
  private static final int WRITES = 4;

  private final Deployment deployment = new Deployment();
  private final FreshTokens tokens = process();
  private int writes;

  @AfterEach
  void stop() {
    deployment.close();
  }

  private FreshTokens process() {
    return deployment.process();
  }

  private FreshTokens impatient() {
    return deployment.started(
        deployment.builder().renewer(deployment.flow()).maxWait(Duration.ofMillis(300)));
  }

  private TokenSet connected() {
    TokenSet consent = deployment.consent();
    tokens.save(ADA, consent);
    deployment.settle();
    return consent;
  }

  /** Has one write fail, and everything after it, as if the process had ended there. */
  private void crashAt(int write, boolean isWritten) {
    writes = 0;
    deployment.store.beforeWrite =
        () -> {
          writes++;
          if (writes > write || (writes == write && !isWritten)) {
            TestStore.fail();
          }
        };
    deployment.store.failsAfterWrite = change -> writes == write;
  }

  private void failOnceAt(int write, boolean isWritten) {
    writes = 0;
    deployment.store.beforeWrite =
        () -> {
          writes++;
          if (writes == write && !isWritten) {
            TestStore.fail();
          }
        };
    deployment.store.failsAfterWrite = change -> writes == write;
  }

  /** Ends a rename after so many writes. */
  private void cutOffAfter(int write) {
    crashAt(write, true);
    assertThatThrownBy(() -> tokens.rename(ADA, NEW)).isInstanceOf(TokenStoreException.class);
    deployment.store.comeBack();
  }

  private List<Row> live() {
    return deployment.store.rows(RowFilter.all(), null, 10).stream()
        .filter(row -> row.sealed() != null)
        .toList();
  }

  private String refreshToken(Row row) {
    byte[] grant = deployment.sealer.open(row.key(), Objects.requireNonNull(row.sealed()));
    return GrantJson.read(grant).tokens().refreshToken().orElseThrow().reveal();
  }

  /** The one row that is there has the provider's newest token, and the grant works. */
  private void assertRenamed(TokenSet consent) {
    assertThat(live())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.key()).isEqualTo(NEW);
              assertThat(row.lease()).isNull();
              assertThat(refreshToken(row)).isEqualTo(deployment.grantOf(consent).refreshToken());
            });
    FreshTokens other = deployment.process();
    assertThat(other.status(NEW).kind()).isEqualTo(Kind.ACTIVE);
    TokenSet refreshed = other.refresh(NEW);
    assertThat(refreshed.refreshToken().orElseThrow().reveal())
        .isEqualTo(deployment.grantOf(consent).refreshToken());
    assertThatThrownBy(() -> other.get(ADA)).isInstanceOf(NotConnectedException.class);
    assertThat(deployment.grantOf(consent).isAlive()).isTrue();
  }

  // Each write

  @Test
  void rename_nothingFails_writesFourTimes() {
    TokenSet consent = connected();
    int before = deployment.store.written.get();

    tokens.rename(ADA, NEW);

    assertThat(deployment.store.written.get() - before).isEqualTo(WRITES);
    assertRenamed(consent);
  }

  @ParameterizedTest
  @CsvSource({"1,false", "1,true", "2,false", "2,true", "3,false", "3,true", "4,false", "4,true"})
  void rename_cutOffAtAnyWriteAndCalledAgain_isRenamed(int write, boolean isWritten) {
    TokenSet consent = connected();
    crashAt(write, isWritten);
    assertThatThrownBy(() -> tokens.rename(ADA, NEW)).isInstanceOf(TokenStoreException.class);
    deployment.store.comeBack();

    process().rename(ADA, NEW);

    assertRenamed(consent);
  }

  @ParameterizedTest
  @CsvSource({"1,false", "1,true", "2,false", "2,true", "3,false", "3,true", "4,false", "4,true"})
  void rename_writeFailsOnceAndCalledAgain_isRenamed(int write, boolean isWritten) {
    TokenSet consent = connected();
    failOnceAt(write, isWritten);
    assertThatThrownBy(() -> tokens.rename(ADA, NEW)).isInstanceOf(TokenStoreException.class);
    deployment.store.comeBack();

    tokens.rename(ADA, NEW);

    assertRenamed(consent);
  }

  @ParameterizedTest
  @CsvSource({"1,false", "1,true", "2,false", "2,true", "3,false"})
  void rename_writeFailsOnce_oldNameWorksAtOnce(int write, boolean isWritten) {
    TokenSet consent = connected();
    failOnceAt(write, isWritten);
    attempt(() -> tokens.rename(ADA, NEW));
    deployment.store.comeBack();

    TokenSet refreshed = process().refresh(ADA);
    process().rename(ADA, NEW);

    assertThat(refreshed.accessToken()).isNotEqualTo(consent.accessToken());
    assertThat(process().get(NEW)).isEqualTo(refreshed);
    assertRenamed(consent);
  }

  @ParameterizedTest
  @CsvSource({"1,false", "1,true", "2,false", "2,true", "3,false", "3,true", "4,false", "4,true"})
  void rename_cutOffAtAnyWrite_neverHasTwoNamesThatRefresh(int write, boolean isWritten) {
    TokenSet consent = connected();
    crashAt(write, isWritten);
    attempt(() -> tokens.rename(ADA, NEW));
    deployment.store.comeBack();
    deployment.time.drop();
    FreshTokens other = impatient();

    for (int i = 0; i < 4; i++) {
      refreshInTime(other, ADA);
      refreshInTime(other, NEW);
      deployment.pass(Duration.ofSeconds(45));
    }
    process().rename(ADA, NEW);

    assertRenamed(consent);
    // No refresh token was shown twice.
    assertThat(deployment.grantOf(consent).presented()).doesNotHaveDuplicates();
  }

  private static boolean renamed(FreshTokens process) {
    process.rename(ADA, NEW);
    return true;
  }

  private void refreshInTime(FreshTokens process, ConnectionKey key) {
    Future<?> call = deployment.async(() -> process.refresh(key));
    attempt(() -> deployment.joinWhilePassing(call, Duration.ofMillis(100)));
  }

  // Repeats

  @Test
  void rename_againAfterTheOldNameWasRefreshed_carriesTheNewerTokenOver() {
    TokenSet consent = connected();
    cutOffAfter(2);
    deployment.pass(Duration.ofSeconds(31));
    FreshTokens other = process();
    other.get(ADA);
    deployment.pass(Duration.ofMinutes(3));
    TokenSet refreshed = other.refresh(ADA);

    other.rename(ADA, NEW);

    assertThat(process().get(NEW)).isEqualTo(refreshed);
    assertRenamed(consent);
  }

  @Test
  void rename_againWhileTheLeaseOfTheFirstHasLapsed_isNoDoubt() {
    TokenSet consent = connected();
    cutOffAfter(2);
    deployment.time.move(Duration.ofMinutes(2));

    process().rename(ADA, NEW);

    assertRenamed(consent);
  }

  @Test
  void rename_againWithADoubtThatIsOldEnough_keepsTheDoubt() {
    TokenSet consent = connected();
    cutOffAfter(2);
    deployment.pass(Duration.ofSeconds(31));
    FreshTokens other = process();
    other.get(ADA);
    deployment.settle();
    deployment.time.drop();
    Kind before = other.status(ADA).kind();
    deployment.time.move(Duration.ofSeconds(61));

    process().rename(ADA, NEW);

    assertThat(before).isEqualTo(Kind.IN_DOUBT);
    assertThat(live()).singleElement().extracting(Row::state).isEqualTo("IN_DOUBT");
    FreshTokens healer = process();
    healer.get(NEW);
    deployment.pass(Duration.ofMinutes(3));
    assertRenamed(consent);
  }

  @Test
  void rename_againWithAFreshDoubt_waitsUntilAnAnswerHadTimeToBeStored() {
    TokenSet consent = connected();
    cutOffAfter(2);
    deployment.pass(Duration.ofSeconds(31));
    process().get(ADA);
    deployment.settle();

    assertRenameFailsInTime();

    assertThat(live()).hasSize(2);
    deployment.pass(Duration.ofMinutes(3));
    tokens.rename(ADA, NEW);
    assertRenamed(consent);
  }

  @Test
  void rename_againAfterARefreshThatWasCutOff_keepsTheDoubt() {
    TokenSet consent = connected();
    cutOffAfter(2);
    deployment.time.move(Duration.ofSeconds(31));
    // A process took the lease over and ended: it may have sent the token.
    Row row = deployment.store.read(ADA);
    write(row, new Row.LeaseChange.Hold(9, "gone", Duration.ofSeconds(30)), 9);
    deployment.time.move(Duration.ofSeconds(31));
    assertRenameFailsInTime();
    deployment.time.move(Duration.ofSeconds(61));

    process().rename(ADA, NEW);

    assertThat(live()).singleElement().extracting(Row::state).isEqualTo("IN_DOUBT");
    process().get(NEW);
    deployment.pass(Duration.ofMinutes(3));
    assertRenamed(consent);
  }

  /** Calls rename, and has just the time pass that it waits; a doubt takes longer. */
  private void assertRenameFailsInTime() {
    FreshTokens process = process();
    int reads = deployment.store.reads.get();
    Future<?> early = deployment.async(() -> renamed(process));
    Deployment.until(() -> deployment.store.reads.get() > reads);
    deployment.pass(Duration.ofSeconds(31));
    assertThatThrownBy(() -> Deployment.join(early)).isInstanceOf(TokenStoreException.class);
  }

  private void write(Row row, Row.LeaseChange lease, long leases) {
    write(row, row.version() == null ? Version.OLD : row.version(), lease, leases);
  }

  private void write(Row row, Version version, Row.LeaseChange lease, long leases) {
    deployment.store.write(
        row.key(),
        row.revision(),
        new Row.Change(
            Row.Revision.random(),
            version,
            row.consent(),
            row.state(),
            row.client(),
            lease,
            leases,
            Duration.ofDays(7),
            Set.of(),
            Duration.ZERO,
            row.sealed()));
  }

  /** Both names work, as after a rename of an earlier SDK that was cut off. */
  private TokenSet connectedTwice() {
    TokenSet consent = connected();
    Row row = deployment.store.read(ADA);
    byte[] grant = deployment.sealer.open(ADA, Objects.requireNonNull(row.sealed()));
    deployment.store.write(
        NEW,
        Row.Revision.ABSENT,
        new Row.Change(
            Row.Revision.random(),
            row.version() == null ? Version.OLD : row.version(),
            row.consent(),
            row.state(),
            row.client(),
            new Row.LeaseChange.Clear(),
            row.leases(),
            Duration.ofDays(7),
            Set.of(),
            Duration.ZERO,
            deployment.sealer.prepare(NEW).seal(grant)));
    return consent;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rename_bothNamesWorkAndOneWasRefreshed_keepsTheNewerToken(boolean isOldName) {
    TokenSet consent = connectedTwice();
    TokenSet refreshed = process().refresh(isOldName ? ADA : NEW);

    process().rename(ADA, NEW);

    assertThat(process().get(NEW)).isEqualTo(refreshed);
    assertRenamed(consent);
    assertThat(deployment.store.wentBack).hasValue(0);
  }

  @Test
  void rename_newNameIsInDoubt_keepsTheDoubt() {
    TokenSet consent = connectedTwice();
    Row there = deployment.store.read(NEW);
    write(there, new Row.LeaseChange.Hold(1, "gone", Duration.ofSeconds(30)), 1);
    deployment.time.move(Duration.ofSeconds(31));

    process().rename(ADA, NEW);

    assertThat(live()).singleElement().extracting(Row::state).isEqualTo("IN_DOUBT");
    process().get(NEW);
    deployment.pass(Duration.ofMinutes(3));
    assertRenamed(consent);
  }

  @Test
  void rename_oldNameIsInDoubtAndTheNewOneIsNot_isADoubt() {
    connectedTwice();
    deployment.salesforce.nextTokenRequest(Fault.loseAnswer());
    attempt(() -> process().refresh(ADA));
    deployment.settle();
    deployment.time.drop();
    // The version of the new row is the larger one, by a lease that found nothing.
    Row there = deployment.store.read(NEW);
    Version larger = new Version(Objects.requireNonNull(there.version()).consent(), 1, 0, 20, 1);
    write(there, larger, new Row.LeaseChange.Clear(), 20);
    deployment.time.move(Duration.ofSeconds(61));

    process().rename(ADA, NEW);

    assertThat(live()).singleElement().extracting(Row::state).isEqualTo("IN_DOUBT");
  }

  @Test
  void rename_doneAlready_isDone() {
    TokenSet consent = connected();
    tokens.rename(ADA, NEW);

    process().rename(ADA, NEW);

    assertRenamed(consent);
    assertThatThrownBy(() -> tokens.rename(ADA, THIRD)).isInstanceOf(NotConnectedException.class);
    assertThatThrownBy(() -> tokens.rename(THIRD, NEW)).isInstanceOf(NotConnectedException.class);
  }

  @Test
  void rename_againAfterTheStoneIsGone_endsTheLease() {
    TokenSet consent = connected();
    cutOffAfter(3);
    deployment.store.write(ADA, deployment.store.read(ADA).revision(), Row.Change.remove());

    process().rename(ADA, NEW);

    assertRenamed(consent);
  }

  @Test
  void rename_toAThirdNameAfterItWasCutOff_leavesTheSecondUnrefreshed() {
    connected();
    cutOffAfter(2);
    deployment.pass(Duration.ofSeconds(31));
    FreshTokens other = process();
    other.get(ADA);
    deployment.pass(Duration.ofMinutes(3));

    other.rename(ADA, THIRD);

    TokenSet refreshed = process().refresh(THIRD);
    refreshInTime(impatient(), NEW);
    assertThatThrownBy(() -> process().rename(ADA, NEW)).isInstanceOf(NotConnectedException.class);
    assertThat(process().get(THIRD)).isEqualTo(refreshed);
    assertThat(deployment.grantOf(refreshed).isAlive()).isTrue();
  }

  // Meanwhile

  /** Does something before the write of that number. */
  private void before(int write, TestStore.Step step) {
    writes = 0;
    deployment.store.beforeWrite =
        () -> {
          writes++;
          if (writes == write) {
            step.run();
          }
        };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void rename_newerTokenIsStoredUnderTheOldNameMeanwhile_isCarriedOver(int write) {
    TokenSet consent = connected();
    List<TokenSet> newer = new ArrayList<>();
    before(write, () -> newer.add(storeNewer(ADA)));

    tokens.rename(ADA, NEW);

    @Nullable TokenSet stored = newer.get(0);
    if (stored != null) {
      assertThat(process().get(NEW)).isEqualTo(stored);
    }
    assertRenamed(consent);
  }

  /** Stores what a late answer brought, as the process that has it does: it keeps the lease. */
  private @Nullable TokenSet storeNewer(ConnectionKey key) {
    Row row = deployment.store.read(key);
    if (row.sealed() == null) {
      return null;
    }
    Grant grant = GrantJson.read(deployment.sealer.open(key, row.sealed()));
    TokenSet fresh = deployment.flow().refresh(grant.tokens());
    Grant next =
        new Grant(grant.refreshedAt(1), grant.consent(), new GrantState.Active(), false, fresh);
    deployment.store.write(
        key,
        row.revision(),
        new Row.Change(
            Row.Revision.random(),
            next.version(),
            row.consent(),
            "ACTIVE",
            row.client(),
            new Row.LeaseChange.Keep(),
            row.leases(),
            Duration.ofDays(7),
            Set.of(Row.Stamp.TOKENS),
            Duration.ZERO,
            deployment.sealer.prepare(key).seal(GrantJson.write(next))));
    return fresh;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void rename_consentUnderTheNewNameMeanwhile_replacesTheRenamedGrant(int write) {
    connected();
    TokenSet others = deployment.consent();
    before(write, () -> process().save(NEW, others));

    tokens.rename(ADA, NEW);

    assertThat(process().get(NEW)).isEqualTo(others);
    assertThat(live()).hasSize(1);
  }

  @Test
  void rename_consentUnderTheNewNameBeforeTheGrantIsThere_losesNeitherGrant() {
    TokenSet consent = connected();
    TokenSet others = deployment.consent();
    before(2, () -> process().save(NEW, others));

    assertThatThrownBy(() -> tokens.rename(ADA, NEW)).isInstanceOf(TokenStoreException.class);

    assertThat(process().get(NEW)).isEqualTo(others);
    assertThat(process().get(ADA)).isEqualTo(consent);
    assertThat(process().refresh(ADA).accessToken()).isNotEqualTo(consent.accessToken());
  }

  @Test
  void rename_newNameCannotBeOpened_changesNothing() {
    TokenSet consent = connected();
    Row row = deployment.store.read(ADA);
    deployment.store.write(
        NEW,
        Row.Revision.ABSENT,
        new Row.Change(
            Row.Revision.random(),
            row.version() == null ? Version.OLD : row.version(),
            row.consent(),
            "ACTIVE",
            null,
            new Row.LeaseChange.Clear(),
            0,
            Duration.ofDays(7),
            Set.of(),
            Duration.ZERO,
            deployment.sealer.prepare(THIRD).seal("{}".getBytes(StandardCharsets.UTF_8))));

    assertThatThrownBy(() -> tokens.rename(ADA, NEW)).isInstanceOf(TokenStoreException.class);

    assertThat(process().get(ADA)).isEqualTo(consent);
    assertThat(process().refresh(ADA).accessToken()).isNotEqualTo(consent.accessToken());
  }
}
