package com.withampersand.sdk.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Change;
import com.withampersand.sdk.token.Row.Cursor;
import com.withampersand.sdk.token.Row.Lease;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link TokenStore} does, as tests for JUnit 5.10 or newer. The test of a store
 * implements this, and adds what is the store's own:
 *
 * <pre>{@code
 * class DynamoDbTokenStoreTest implements TokenStoreContract {
 *   @Override
 *   public TokenStore newStore() {
 *     return new DynamoDbTokenStore(server.emptyTable());
 *   }
 *
 *   @Override
 *   public TokenStore another(TokenStore store) {
 *     return new DynamoDbTokenStore(server.table());
 *   }
 * }
 * }</pre>
 *
 * <p>It comes in the artifact {@code com.withampersand:ampersand-sdk-core} with {@code
 * <type>test-jar</type>}, of the same version as the SDK. Beside it, the tests need {@code
 * org.junit.jupiter:junit-jupiter} and {@code org.assertj:assertj-core}, all in the scope {@code
 * test}.
 *
 * <p>The tests demand what the documentation of {@link TokenStore} and {@link Row} says, and know
 * nothing of grants. Each asks for one new store. A store that hangs fails its test after a minute:
 * each test runs on a thread of its own, so keep nothing in thread-locals.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public interface TokenStoreContract {
  /** Returns an empty store. Called once in each test. */
  TokenStore newStore();

  /**
   * Returns a second store object over the same rows, as another process would open it. A store
   * whose rows are in the memory of one process returns the same one.
   *
   * @param store the one that {@link #newStore} returned
   */
  TokenStore another(TokenStore store);

  private static ConnectionKey ada() {
    return new ConnectionKey("salesforce", "acme", "ada");
  }

  private static ConnectionKey bob() {
    return new ConnectionKey("salesforce", "acme", "bob");
  }

  /** Inserts a row, and returns it as it is read then. */
  private static Row insert(TokenStore store, ConnectionKey key, Draft draft) {
    assertThat(store.write(key, Revision.ABSENT, draft.change())).isTrue();
    return store.read(key);
  }

  private static Row insert(TokenStore store, ConnectionKey key) {
    return insert(store, key, new Draft());
  }

  /** Writes over a row, and returns it as it is read then. */
  private static Row update(TokenStore store, Row row, Draft draft) {
    assertThat(store.write(row.key(), row.revision(), draft.change())).isTrue();
    return store.read(row.key());
  }

  /** Returns a row as it is once the store's clock is past an instant. */
  private static Row readAfter(TokenStore store, ConnectionKey key, StoreTime instant) {
    Row row = store.read(key);
    while (row.readAt().compareTo(instant) <= 0) {
      Thread.onSpinWait();
      row = store.read(key);
    }
    return row;
  }

  private static Lease lease(Row row) {
    return Objects.requireNonNull(row.lease(), "the row has no lease");
  }

  private static StoreTime plus(StoreTime instant, Duration length) {
    return new StoreTime(instant.millis() + length.toMillis());
  }

  // Reading and writing

  @Test
  default void read_nothingWritten_isAnAbsentRow() {
    TokenStore store = newStore();

    Row row = store.read(ada());

    assertThat(row).isEqualTo(Row.absent(ada(), row.readAt()));
  }

  @Test
  default void write_absentRow_insertsEachField() {
    TokenStore store = newStore();
    Change change =
        new Draft()
            .version(new Version(1, 2, 3, 4, 5))
            .consent("7f9c24e8-3b12-4fef-91e0-5d1b8e6a3c55")
            .state("IN_DOUBT")
            .client("3MVG9.client_id-\u00fc")
            .hold(8, "holder-1", Duration.ofMinutes(5))
            .leases(8)
            .sealed("v2.k1.c2VhbGVk")
            .change();

    boolean written = store.write(ada(), Revision.ABSENT, change);

    assertThat(written).isTrue();
    Row row = another(store).read(ada());
    assertThat(row.key()).isEqualTo(ada());
    assertThat(row.revision()).isEqualTo(change.revision());
    assertThat(row.version()).isEqualTo(new Version(1, 2, 3, 4, 5));
    assertThat(row.consent()).isEqualTo("7f9c24e8-3b12-4fef-91e0-5d1b8e6a3c55");
    assertThat(row.state()).isEqualTo("IN_DOUBT");
    assertThat(row.client()).isEqualTo("3MVG9.client_id-\u00fc");
    assertThat(lease(row).number()).isEqualTo(8);
    assertThat(lease(row).holder()).isEqualTo("holder-1");
    assertThat(row.leases()).isEqualTo(8);
    assertThat(row.sealed()).isEqualTo("v2.k1.c2VhbGVk");
  }

  @Test
  default void write_nulls_comeBackAsNulls() {
    TokenStore store = newStore();

    Row row = insert(store, ada(), new Draft().consent(null).client(null).sealed(null));

    assertThat(row.isAbsent()).isFalse();
    assertThat(row.consent()).isNull();
    assertThat(row.client()).isNull();
    assertThat(row.lease()).isNull();
    assertThat(row.sealed()).isNull();
  }

  @Test
  default void write_emptyTexts_comeBackAsEmptyTexts() {
    TokenStore store = newStore();

    Row row = insert(store, ada(), new Draft().consent("").state("").client("").sealed(""));

    assertThat(row.isAbsent()).isFalse();
    assertThat(row.consent()).isEmpty();
    assertThat(row.state()).isEmpty();
    assertThat(row.client()).isEmpty();
    assertThat(row.sealed()).isEmpty();
  }

  @Test
  default void write_largestNumbers_comeBack() {
    TokenStore store = newStore();
    Version largest =
        new Version(
            Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);

    Row row =
        insert(
            store,
            ada(),
            new Draft()
                .version(largest)
                .hold(Long.MAX_VALUE, "h".repeat(36), Duration.ofMinutes(5))
                .leases(Long.MAX_VALUE));

    assertThat(row.version()).isEqualTo(largest);
    assertThat(row.leases()).isEqualTo(Long.MAX_VALUE);
    assertThat(lease(row).number()).isEqualTo(Long.MAX_VALUE);
    assertThat(lease(row).holder()).isEqualTo("h".repeat(36));
  }

  @Test
  default void write_sealedTextOfOneMebibyte_comesBack() {
    TokenStore store = newStore();
    String sealed = "v2.k1." + "0123456789abcdef".repeat(65_536).substring(6);

    Row row = insert(store, ada(), new Draft().sealed(sealed));

    assertThat(sealed).hasSize(1_048_576);
    assertThat(row.sealed()).isEqualTo(sealed);
    assertThat(another(store).rows(RowFilter.all(), null, 10))
        .singleElement()
        .extracting(Row::sealed)
        .isEqualTo(sealed);
  }

  @Test
  default void write_shorterTextOverALongerOne_leavesNothingOfIt() {
    TokenStore store = newStore();
    Row row = insert(store, ada(), new Draft().sealed("x".repeat(100_000)));

    Row next = update(store, row, new Draft().sealed("short"));

    assertThat(next.sealed()).isEqualTo("short");
  }

  @Test
  default void write_unchangedRevision_replacesEachField() {
    TokenStore store = newStore();
    Row row = insert(store, ada(), new Draft().hold(3, "holder-1", Duration.ofMinutes(5)));
    Change change =
        new Draft()
            .version(new Version(9, 8, 7, 6, 5))
            .consent("consent-2")
            .state("BLOCKED")
            .client("client-2")
            .clear()
            .leases(4)
            .sealed("v2.k1.b3RoZXI")
            .change();

    boolean written = another(store).write(ada(), row.revision(), change);

    assertThat(written).isTrue();
    Row next = store.read(ada());
    assertThat(next.revision()).isEqualTo(change.revision());
    assertThat(next.version()).isEqualTo(new Version(9, 8, 7, 6, 5));
    assertThat(next.consent()).isEqualTo("consent-2");
    assertThat(next.state()).isEqualTo("BLOCKED");
    assertThat(next.client()).isEqualTo("client-2");
    assertThat(next.lease()).isNull();
    assertThat(next.leases()).isEqualTo(4);
    assertThat(next.sealed()).isEqualTo("v2.k1.b3RoZXI");
  }

  @Test
  default void write_nullsOverTexts_leaveNulls() {
    TokenStore store = newStore();
    Row row = insert(store, ada());

    Row next = update(store, row, new Draft().consent(null).client(null).sealed(null));

    assertThat(next.consent()).isNull();
    assertThat(next.client()).isNull();
    assertThat(next.sealed()).isNull();
    assertThat(next.revision()).isNotEqualTo(row.revision());
  }

  @Test
  default void write_changedRevision_saysFalseAndLeavesTheRow() {
    TokenStore store = newStore();
    Row first = insert(store, ada());
    Row second = update(another(store), first, new Draft().state("BLOCKED"));

    boolean written = store.write(ada(), first.revision(), new Draft().state("OTHER").change());

    assertThat(written).isFalse();
    assertUnchanged(store, second);
  }

  private static void assertUnchanged(TokenStore store, Row row) {
    assertThat(store.read(row.key()))
        .usingRecursiveComparison()
        .ignoringFields("readAt")
        .isEqualTo(row);
  }

  @Test
  default void write_insertOverARow_saysFalseAndLeavesTheRow() {
    TokenStore store = newStore();
    Row row = insert(store, ada());

    boolean written =
        another(store).write(ada(), Revision.ABSENT, new Draft().state("OTHER").change());

    assertThat(written).isFalse();
    assertUnchanged(store, row);
  }

  @Test
  default void write_insertOverAStone_saysFalseAndLeavesTheStone() {
    TokenStore store = newStore();
    Row stone = insert(store, ada(), new Draft().sealed(null));

    boolean written = another(store).write(ada(), Revision.ABSENT, new Draft().change());

    assertThat(written).isFalse();
    assertUnchanged(store, stone);
  }

  @Test
  default void write_rowThatWasNeverThere_saysFalseAndInsertsNothing() {
    TokenStore store = newStore();

    boolean written = store.write(ada(), Revision.random(), new Draft().change());

    assertThat(written).isFalse();
    assertThat(store.read(ada()).isAbsent()).isTrue();
    assertThat(store.rows(RowFilter.all(), null, 10)).isEmpty();
  }

  @Test
  default void write_rowThatWasRemoved_saysFalseAndInsertsNothing() {
    TokenStore store = newStore();
    Row row = insert(store, ada());
    store.write(ada(), row.revision(), Change.remove());

    boolean written = another(store).write(ada(), row.revision(), new Draft().change());

    assertThat(written).isFalse();
    assertThat(store.read(ada()).isAbsent()).isTrue();
  }

  @Test
  default void write_oneKey_leavesTheOthers() {
    TokenStore store = newStore();
    Row ada = insert(store, ada());
    Row bob = insert(store, bob());

    update(store, ada, new Draft().state("BLOCKED"));
    assertUnchanged(store, bob);
    store.write(ada(), store.read(ada()).revision(), Change.remove());

    assertUnchanged(store, bob);
  }

  @Test
  default void write_removal_leavesAnAbsentRowForBothStores() {
    TokenStore store = newStore();
    Row row = insert(store, ada(), new Draft().lookIn(Duration.ZERO));

    boolean written = another(store).write(ada(), row.revision(), Change.remove());

    assertThat(written).isTrue();
    Row absent = store.read(ada());
    assertThat(absent).isEqualTo(Row.absent(ada(), absent.readAt()));
    assertThat(store.rows(RowFilter.all(), null, 10)).isEmpty();
    assertThat(store.due(null, 10)).isEmpty();
  }

  @Test
  default void write_removalOfAChangedRow_saysFalseAndLeavesTheRow() {
    TokenStore store = newStore();
    Row first = insert(store, ada());
    Row second = update(store, first, new Draft().sealed(null));

    boolean written = store.write(ada(), first.revision(), Change.remove());

    assertThat(written).isFalse();
    assertUnchanged(store, second);
  }

  @Test
  default void write_insertAfterARemoval_keepsNothingOfTheRowBefore() {
    TokenStore store = newStore();
    Row old = insert(store, ada(), new Draft().hold(3, "holder-1", Duration.ofMinutes(5)));
    store.write(ada(), old.revision(), Change.remove());
    Row before = readAfter(store, ada(), old.readAt());

    Row row = insert(store, ada(), new Draft().leases(0));

    assertThat(row.lease()).isNull();
    assertThat(row.leases()).isZero();
    assertThat(List.of(row.tokensAt(), row.stateAt(), row.sentAt()))
        .allSatisfy(instant -> assertThat(instant).isBetween(before.readAt(), row.readAt()));
  }

  // Races

  @Test
  default void write_byManyOfOneRevision_happensOnce() throws Exception {
    TokenStore store = newStore();
    TokenStore other = another(store);
    Row row = insert(store, ada());

    for (int round = 0; round < Race.ROUNDS; round++) {
      List<Change> changes = changes(8);
      Revision expected = row.revision();

      List<Boolean> written =
          Race.of(8, i -> (i % 2 == 0 ? store : other).write(ada(), expected, changes.get(i)));

      row = store.read(ada());
      assertThat(written).containsOnlyOnce(true);
      assertThat(row.revision()).isEqualTo(changes.get(written.indexOf(true)).revision());
    }
  }

  @Test
  default void write_byManyThatInsertOrRemove_happensOnce() throws Exception {
    TokenStore store = newStore();
    TokenStore other = another(store);

    for (int round = 0; round < Race.ROUNDS; round++) {
      List<Change> inserts = changes(8);
      List<Boolean> inserted =
          Race.of(
              8, i -> (i % 2 == 0 ? store : other).write(ada(), Revision.ABSENT, inserts.get(i)));
      Revision present = store.read(ada()).revision();
      List<Boolean> removed =
          Race.of(8, i -> (i % 2 == 0 ? store : other).write(ada(), present, Change.remove()));

      assertThat(inserted).containsOnlyOnce(true);
      assertThat(present).isEqualTo(inserts.get(inserted.indexOf(true)).revision());
      assertThat(removed).containsOnlyOnce(true);
      assertThat(store.read(ada()).isAbsent()).isTrue();
    }
  }

  @Test
  default void write_byManyOfWhomSomeRemove_happensOnce() throws Exception {
    TokenStore store = newStore();
    TokenStore other = another(store);

    for (int round = 0; round < Race.ROUNDS; round++) {
      Row row = insert(store, ada());
      List<Change> changes =
          Stream.concat(changes(4).stream(), Stream.generate(Change::remove).limit(4)).toList();

      List<Boolean> written =
          Race.of(
              8, i -> (i % 2 == 0 ? store : other).write(ada(), row.revision(), changes.get(i)));

      Row left = store.read(ada());
      assertThat(written).containsOnlyOnce(true);
      assertThat(left.revision()).isEqualTo(changes.get(written.indexOf(true)).revision());
      store.write(ada(), left.revision(), Change.remove());
    }
  }

  private static List<Change> changes(int count) {
    return Stream.generate(() -> new Draft().change()).limit(count).toList();
  }

  @Test
  default void write_byManyThatReadAgain_losesNoChange() throws Exception {
    TokenStore store = newStore();
    TokenStore other = another(store);
    insert(store, ada(), new Draft().leases(0));

    Race.of(
        6,
        i -> {
          for (int round = 0; round < 15; round++) {
            countUp(i % 2 == 0 ? store : other);
          }
          return i;
        });

    assertThat(store.read(ada()).leases()).isEqualTo(90);
  }

  private static void countUp(TokenStore store) {
    boolean written = false;
    while (!written) {
      Row row = store.read(ada());
      written = store.write(ada(), row.revision(), new Draft().leases(row.leases() + 1).change());
    }
  }

  @Test
  default void write_manyKeysByManyThreads_writesEach() throws Exception {
    TokenStore store = newStore();
    TokenStore other = another(store);

    Race.of(
        4,
        i -> {
          for (int n = 0; n < 10; n++) {
            insert(
                i % 2 == 0 ? store : other,
                new ConnectionKey("salesforce", "acme", i + "-" + n),
                new Draft().leases(n));
          }
          return i;
        });

    List<Row> rows = walk(store, RowFilter.all(), 7);
    assertThat(rows).hasSize(40);
    assertThat(rows)
        .allSatisfy(row -> assertThat(row.key().consumerRef()).endsWith("-" + row.leases()));
  }

  @Test
  default void read_besideAWriter_seesWholeRows() throws Exception {
    TokenStore store = newStore();
    TokenStore other = another(store);
    insert(store, ada(), new Draft().leases(0).sealed("0".repeat(5_000)));

    List<Boolean> whole =
        Race.of(3, i -> i == 0 ? writeDigits(store) : readWholeRows(i == 1 ? store : other));

    assertThat(whole).containsOnly(true);
  }

  private static boolean writeDigits(TokenStore store) {
    Row row = store.read(ada());
    for (int n = 1; n <= 30; n++) {
      String sealed = String.valueOf(n % 10).repeat(5_000);
      row = update(store, row, new Draft().leases(n).sealed(sealed));
    }
    return true;
  }

  private static boolean readWholeRows(TokenStore store) {
    Row row = store.read(ada());
    boolean whole = isWhole(row);
    while (row.leases() < 30) {
      row = store.read(ada());
      whole &= isWhole(row);
    }
    return whole;
  }

  private static boolean isWhole(Row row) {
    return String.valueOf(row.leases() % 10).repeat(5_000).equals(row.sealed());
  }

  // Instants

  @Test
  default void write_insert_setsEachInstantToTheTimeOfTheWrite() {
    TokenStore store = newStore();
    StoreTime before = another(store).read(ada()).readAt();

    Row row = insert(store, ada(), new Draft().lookIn(Duration.ZERO));

    assertThat(List.of(row.tokensAt(), row.stateAt(), row.sentAt(), row.lookAt()))
        .allSatisfy(instant -> assertThat(instant).isBetween(before, row.readAt()));
  }

  @Test
  default void write_insertWithSentAgo_setsThatInstantAndNoOtherBack() {
    TokenStore store = newStore();
    Duration ago = Duration.ofSeconds(90);
    StoreTime before = store.read(ada()).readAt();

    Row row = insert(store, ada(), new Draft().stamps(Stamp.SENT).sentAgo(ago));

    assertThat(plus(row.sentAt(), ago)).isBetween(before, row.readAt());
    assertThat(List.of(row.tokensAt(), row.stateAt()))
        .allSatisfy(instant -> assertThat(instant).isBetween(before, row.readAt()));
  }

  /** Returns each set of instants that a write may stamp. */
  static Stream<List<Stamp>> stampSets() {
    return Stream.of(
        List.of(),
        List.of(Stamp.TOKENS),
        List.of(Stamp.STATE),
        List.of(Stamp.SENT),
        List.of(Stamp.TOKENS, Stamp.STATE),
        List.of(Stamp.STATE, Stamp.SENT),
        List.of(Stamp.TOKENS, Stamp.STATE, Stamp.SENT));
  }

  @ParameterizedTest
  @MethodSource("stampSets")
  default void write_stamps_setTheirInstantsAndKeepTheOthers(List<Stamp> stamps) {
    TokenStore store = newStore();
    Row old = insert(store, ada(), new Draft().stamps(Stamp.SENT).sentAgo(Duration.ofHours(2)));
    StoreTime before = readAfter(another(store), ada(), old.readAt()).readAt();

    Row row = update(store, old, new Draft().stamps(stamps.toArray(Stamp[]::new)));

    Map<Stamp, StoreTime> was = instants(old);
    instants(row)
        .forEach(
            (stamp, instant) -> {
              if (stamps.contains(stamp)) {
                assertThat(instant).as(stamp.name()).isBetween(before, row.readAt());
              } else {
                assertThat(instant).as(stamp.name()).isEqualTo(was.get(stamp));
              }
            });
  }

  private static Map<Stamp, StoreTime> instants(Row row) {
    return Map.of(
        Stamp.TOKENS, row.tokensAt(), Stamp.STATE, row.stateAt(), Stamp.SENT, row.sentAt());
  }

  @Test
  default void write_sentAgo_setsThatInstantBack() {
    TokenStore store = newStore();
    Row old = insert(store, ada());
    Duration ago = Duration.ofMillis(45_678);
    StoreTime before = store.read(ada()).readAt();

    Row row = update(store, old, new Draft().stamps(Stamp.SENT, Stamp.STATE).sentAgo(ago));

    assertThat(plus(row.sentAt(), ago)).isBetween(before, row.readAt());
    assertThat(row.stateAt()).isBetween(before, row.readAt());
    assertThat(row.tokensAt()).isEqualTo(old.tokensAt());
  }

  @Test
  default void write_byBothStoresInTurn_stampsByOneClock() {
    TokenStore store = newStore();
    TokenStore other = another(store);
    Row row = insert(store, ada());

    for (int i = 0; i < 20; i++) {
      TokenStore writer = i % 2 == 0 ? other : store;
      TokenStore reader = i % 2 == 0 ? store : other;
      StoreTime before = reader.read(ada()).readAt();
      row = update(writer, row, new Draft().stamps(Stamp.TOKENS));
      StoreTime after = reader.read(ada()).readAt();

      assertThat(row.tokensAt()).isBetween(before, after);
      assertThat(row.readAt()).isBetween(before, after);
    }
  }

  @Test
  default void write_lookIn_setsLookAtThatFarFromTheWrite() {
    TokenStore store = newStore();
    Duration length = Duration.ofMillis(86_400_123);
    StoreTime before = store.read(ada()).readAt();

    Row row = insert(store, ada(), new Draft().lookIn(length));
    assertThat(row.lookAt()).isBetween(plus(before, length), plus(row.readAt(), length));

    Row next = update(store, row, new Draft().lookIn(Duration.ZERO));
    assertThat(next.lookAt()).isBetween(row.readAt(), next.readAt());
  }

  // Leases

  @Test
  default void write_hold_givesTheLeaseFromTheTimeOfTheWrite() {
    TokenStore store = newStore();
    Row row = insert(store, ada());
    Duration length = Duration.ofSeconds(30);
    StoreTime before = store.read(ada()).readAt();

    Row held = update(store, row, new Draft().hold(4, "holder-1", length).leases(4));

    Lease lease = lease(held);
    assertThat(lease.number()).isEqualTo(4);
    assertThat(lease.holder()).isEqualTo("holder-1");
    assertThat(lease.until()).isBetween(plus(before, length), plus(held.readAt(), length));
    assertThat(lease.isOver(held.readAt())).isFalse();
    assertThat(held.leases()).isEqualTo(4);
  }

  @Test
  default void write_keep_leavesTheLeaseAsItIs() {
    TokenStore store = newStore();
    Row held = insert(store, ada(), new Draft().hold(4, "holder-1", Duration.ofSeconds(30)));
    readAfter(store, ada(), held.readAt());

    Row row = update(another(store), held, new Draft().state("BLOCKED").leases(4));

    assertThat(row.lease()).isEqualTo(held.lease());
  }

  @Test
  default void write_keepOverNoLease_leavesNone() {
    TokenStore store = newStore();
    Row row = insert(store, ada());

    Row next = update(store, row, new Draft());

    assertThat(next.lease()).isNull();
  }

  @Test
  default void write_clear_endsTheLease() {
    TokenStore store = newStore();
    Row held = insert(store, ada(), new Draft().hold(4, "holder-1", Duration.ofSeconds(30)));

    Row row = update(another(store), held, new Draft().clear().leases(4));

    assertThat(row.lease()).isNull();
    assertThat(row.leases()).isEqualTo(4);
  }

  @Test
  default void write_holdOverALease_replacesIt() {
    TokenStore store = newStore();
    Row held = insert(store, ada(), new Draft().hold(4, "holder-1", Duration.ofHours(1)));

    Row row =
        update(
            another(store), held, new Draft().hold(5, "holder-2", Duration.ofMinutes(1)).leases(5));

    assertThat(lease(row).number()).isEqualTo(5);
    assertThat(lease(row).holder()).isEqualTo("holder-2");
    assertThat(lease(row).until()).isLessThan(plus(row.readAt(), Duration.ofMinutes(2)));
  }

  @Test
  default void read_afterALeaseLapsed_stillShowsIt() {
    TokenStore store = newStore();
    Row held = insert(store, ada(), new Draft().hold(4, "holder-1", Duration.ofMillis(40)));

    Row row = readAfter(another(store), ada(), lease(held).until());

    assertThat(row.lease()).isEqualTo(held.lease());
    assertThat(lease(row).isOver(row.readAt())).isTrue();
    assertThat(row.revision()).isEqualTo(held.revision());
  }

  // Keys

  /** Returns keys that a careless store mixes up, cannot keep or takes for something else. */
  static List<ConnectionKey> oddKeys() {
    return Stream.of(
            "ada",
            "Ada",
            "ada ",
            " ada",
            "a da",
            "ad\u00e1",
            "ada\u0301",
            "ad\u00c1",
            "\u6771\u4eac",
            "\ud83d\ude80",
            "\ud83d\ude81",
            "../../etc/passwd",
            "/",
            "\\",
            ".",
            "..",
            "ada.",
            "NUL",
            "con.txt",
            "a:b*c?d<e>|f",
            "'; DROP TABLE grants; --",
            "\"ada\"",
            "%",
            "_",
            "{ada}",
            "ada:bob",
            "ada\u2028bob",
            "\u0130",
            "\u00df",
            "SS",
            "0",
            "00",
            "null",
            "x".repeat(255),
            "x".repeat(254) + "y",
            "\u00e9".repeat(255))
        .flatMap(
            name ->
                Stream.of(
                    new ConnectionKey(name, "acme", "ada"),
                    new ConnectionKey("salesforce", name, "ada"),
                    new ConnectionKey("salesforce", "acme", name)))
        .distinct()
        .toList();
  }

  @Test
  default void write_oddKeys_areKeptApartAndListed() {
    TokenStore store = newStore();
    List<ConnectionKey> keys = oddKeys();
    for (int i = 0; i < keys.size(); i++) {
      insert(store, keys.get(i), new Draft().leases(i));
    }

    TokenStore other = another(store);
    for (int i = 0; i < keys.size(); i++) {
      Row row = other.read(keys.get(i));
      assertThat(row.key()).isEqualTo(keys.get(i));
      assertThat(row.leases()).isEqualTo(i);
    }
    assertThat(walk(other, RowFilter.all(), 10))
        .extracting(Row::key)
        .containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  default void write_keysWhosePartsAreLongerTogether_areKeptApart() {
    TokenStore store = newStore();
    ConnectionKey longest =
        new ConnectionKey("p".repeat(255), "g".repeat(255), "\u6771".repeat(255));
    ConnectionKey other =
        new ConnectionKey("p".repeat(255), "g".repeat(255), "\u6771".repeat(254) + "\u4eac");

    insert(store, longest, new Draft().leases(1));
    insert(store, other, new Draft().leases(2));

    assertThat(store.read(longest).leases()).isEqualTo(1);
    assertThat(store.read(other).leases()).isEqualTo(2);
  }

  @Test
  default void rows_ofAGroup_distinguishesEachCharacter() {
    TokenStore store = newStore();
    List<ConnectionKey> keys =
        oddKeys().stream().filter(key -> !key.groupRef().equals("acme")).toList();
    keys.forEach(key -> insert(store, key));

    for (String group : List.of("ada", "Ada", "ada ", "ad\u00e1", "%", "_", "\\", "'")) {
      assertThat(walk(store, RowFilter.group("salesforce", group), 50))
          .as(group)
          .extracting(Row::key)
          .containsExactlyInAnyOrderElementsOf(
              keys.stream()
                  .filter(key -> key.provider().equals("salesforce"))
                  .filter(key -> key.groupRef().equals(group))
                  .toList());
    }
  }

  // Pages

  /** Returns all rows that fit, page by page. */
  private static List<Row> walk(TokenStore store, RowFilter filter, int limit) {
    List<Row> walked = new ArrayList<>();
    List<Row> page = store.rows(filter, null, limit);
    for (int pages = 0; !page.isEmpty(); pages++) {
      assertThat(page).hasSizeLessThanOrEqualTo(limit);
      assertThat(pages).as("pages of a walk that does not end").isLessThan(1_000);
      walked.addAll(page);
      page = store.rows(filter, page.get(page.size() - 1).key(), limit);
    }
    return walked;
  }

  /** Inserts twenty rows of two providers, four groups and three states; every sixth is a stone. */
  private static List<Row> insertTwenty(TokenStore store) {
    return IntStream.range(0, 20).mapToObj(i -> insert(store, key(i), draft(i))).toList();
  }

  private static ConnectionKey key(int i) {
    return new ConnectionKey(i % 3 == 0 ? "hubspot" : "salesforce", "g" + i % 4, "c" + i);
  }

  private static Draft draft(int i) {
    Draft draft = new Draft().state(List.of("ACTIVE", "BLOCKED", "active").get(i % 3)).leases(i);
    return i % 6 == 0 ? draft.sealed(null) : draft;
  }

  private static List<ConnectionKey> keys(List<Row> rows, Predicate<Row> fits) {
    return rows.stream().filter(fits).map(Row::key).toList();
  }

  @Test
  default void rows_emptyStore_isEmpty() {
    TokenStore store = newStore();

    assertThat(store.rows(RowFilter.all(), null, 10)).isEmpty();
    assertThat(store.rows(RowFilter.all(), ada(), 10)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 20, 1_000})
  default void rows_pageByPage_holdEachRowOnceAsItIsRead(int limit) {
    TokenStore store = newStore();
    insertTwenty(store);

    List<Row> walked = walk(another(store), RowFilter.all(), limit);

    assertThat(walked).hasSize(20).extracting(Row::key).doesNotHaveDuplicates();
    assertThat(walked).allSatisfy(row -> assertUnchanged(store, row));
  }

  @Test
  default void rows_walkedTwice_haveOneOrder() {
    TokenStore store = newStore();
    insertTwenty(store);

    List<ConnectionKey> once = keys(walk(store, RowFilter.all(), 7), row -> true);
    List<ConnectionKey> again = keys(walk(another(store), RowFilter.all(), 3), row -> true);

    assertThat(again).isEqualTo(once);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ACTIVE", "BLOCKED", "active", "NONE", ""})
  default void rows_ofAState_holdThoseAlone(String state) {
    TokenStore store = newStore();
    List<Row> all = insertTwenty(store);

    List<Row> walked = walk(store, RowFilter.state(state), 3);

    assertThat(walked)
        .extracting(Row::key)
        .containsExactlyInAnyOrderElementsOf(keys(all, row -> row.state().equals(state)));
  }

  @Test
  default void rows_ofAGroup_holdThoseAlone() {
    TokenStore store = newStore();
    List<Row> all = insertTwenty(store);

    List<Row> walked = walk(store, RowFilter.group("salesforce", "g1"), 2);

    assertThat(walked)
        .isNotEmpty()
        .extracting(Row::key)
        .containsExactlyInAnyOrderElementsOf(
            keys(
                all,
                row ->
                    row.key().provider().equals("salesforce")
                        && row.key().groupRef().equals("g1")));
  }

  @Test
  default void rows_ofAllThatAFilterCanSay_fitEachOfIt() {
    TokenStore store = newStore();
    List<Row> all = insertTwenty(store);

    List<Row> walked = walk(store, new RowFilter("BLOCKED", "salesforce", "g1", false), 2);

    assertThat(walked)
        .isNotEmpty()
        .extracting(Row::key)
        .containsExactlyInAnyOrderElementsOf(
            keys(
                all,
                row ->
                    row.state().equals("BLOCKED")
                        && row.key().provider().equals("salesforce")
                        && row.key().groupRef().equals("g1")));
  }

  @Test
  default void rows_afterAStateChanged_areFoundByTheNewOne() {
    TokenStore store = newStore();
    Row row = insert(store, ada(), new Draft().state("ACTIVE"));

    update(another(store), row, new Draft().state("BLOCKED"));

    assertThat(store.rows(RowFilter.state("ACTIVE"), null, 10)).isEmpty();
    assertThat(store.rows(RowFilter.state("BLOCKED"), null, 10))
        .extracting(Row::key)
        .containsExactly(ada());
  }

  @Test
  default void rows_ofLapsedLeases_holdThoseAlone() {
    TokenStore store = newStore();
    Row free = insert(store, new ConnectionKey("salesforce", "acme", "free"));
    Row held = insert(store, ada(), new Draft().hold(1, "holder", Duration.ofHours(1)));
    List<Row> brief =
        IntStream.range(0, 5)
            .mapToObj(
                i -> insert(store, key(i), new Draft().hold(1, "holder", Duration.ofMillis(40))))
            .toList();
    brief.forEach(row -> readAfter(store, row.key(), plus(row.readAt(), Duration.ofMillis(40))));

    List<Row> walked = walk(another(store), RowFilter.lapsed(), 2);

    assertThat(walked)
        .extracting(Row::key)
        .doesNotContain(free.key(), held.key())
        .containsExactlyInAnyOrderElementsOf(keys(brief, row -> true));
    assertThat(walked).allSatisfy(row -> assertThat(lease(row).isOver(row.readAt())).isTrue());
  }

  @Test
  default void rows_afterAKeyThatIsGone_beginBehindIt() {
    TokenStore store = newStore();
    insertTwenty(store);
    List<Row> all = walk(store, RowFilter.all(), 100);

    for (Row row : all.subList(4, 6)) {
      store.write(row.key(), row.revision(), Change.remove());
    }

    assertThat(store.rows(RowFilter.all(), all.get(4).key(), 3).get(0).key())
        .isEqualTo(all.get(6).key());
  }

  @Test
  default void rows_afterTheLast_areNone() {
    TokenStore store = newStore();
    insertTwenty(store);
    List<Row> all = walk(store, RowFilter.all(), 100);

    assertThat(store.rows(RowFilter.all(), all.get(19).key(), 3)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  default void rows_othersInsertedChangedAndRemovedDuringAWalk_holdWhatStaysOnce(int limit) {
    TokenStore store = newStore();
    List<Row> stay = insertTwenty(store);
    TokenStore other = another(store);
    List<ConnectionKey> walked = new ArrayList<>();

    List<Row> page = store.rows(RowFilter.all(), null, limit);
    for (int i = 0; !page.isEmpty(); i++) {
      assertThat(i).as("pages of a walk that does not end").isLessThan(200);
      walked.addAll(keys(page, row -> true));
      Row last = page.get(page.size() - 1);
      if (i < 20) {
        insert(other, new ConnectionKey("salesforce", "late", "c" + i));
      }
      if (walked.size() % 2 == 0) {
        other.write(last.key(), other.read(last.key()).revision(), Change.remove());
      } else {
        update(other, other.read(last.key()), new Draft().state("OTHER"));
      }
      page = store.rows(RowFilter.all(), last.key(), limit);
    }

    assertThat(walked).doesNotHaveDuplicates().containsAll(keys(stay, row -> true));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  default void rows_limitBelowOne_isRefused(int limit) {
    TokenStore store = newStore();

    assertThatIllegalArgumentException().isThrownBy(() -> store.rows(RowFilter.all(), null, limit));
  }

  // Due rows

  private static List<Row> walkDue(TokenStore store, int limit) {
    List<Row> walked = new ArrayList<>();
    List<Row> page = store.due(null, limit);
    for (int pages = 0; !page.isEmpty(); pages++) {
      assertThat(page).hasSizeLessThanOrEqualTo(limit);
      assertThat(pages).as("pages of a walk that does not end").isLessThan(1_000);
      walked.addAll(page);
      page = store.due(page.get(page.size() - 1).cursor(), limit);
    }
    return walked;
  }

  @Test
  default void due_emptyStore_isEmpty() {
    TokenStore store = newStore();

    assertThat(store.due(null, 10)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1_000})
  default void due_pageByPage_holdsWhatIsDueOnceInOrder(int limit) {
    TokenStore store = newStore();
    IntStream.range(0, 20)
        .forEach(
            i ->
                insert(
                    store,
                    key(i),
                    draft(i).lookIn(i % 2 == 0 ? Duration.ZERO : Duration.ofHours(1))));

    List<Row> walked = walkDue(another(store), limit);

    assertThat(walked)
        .extracting(Row::leases)
        .containsExactlyInAnyOrder(0L, 2L, 4L, 6L, 8L, 10L, 12L, 14L, 16L, 18L);
    assertThat(walked)
        .isSortedAccordingTo(
            Comparator.comparing(Row::lookAt).thenComparing(row -> row.key().id()));
    assertThat(walked).allSatisfy(row -> assertUnchanged(store, row));
  }

  @Test
  default void due_oldestLast_comesByLookAtAndNotByTheOrderOfWrites() {
    TokenStore store = newStore();
    Row late = insert(store, ada(), new Draft().lookIn(Duration.ofMillis(60)));
    Row early = insert(store, bob(), new Draft().lookIn(Duration.ZERO));
    for (int millis = 240; late.lookAt().compareTo(early.lookAt()) <= 0; millis *= 4) {
      // The second write took longer than the first row has time.
      late = update(store, late, new Draft().lookIn(Duration.ofMillis(millis)));
      early = update(store, early, new Draft().lookIn(Duration.ZERO));
    }
    readAfter(store, ada(), late.lookAt());

    List<Row> due = store.due(null, 10);

    assertThat(early.lookAt()).isLessThan(late.lookAt());
    assertThat(due).extracting(Row::key).containsExactly(bob(), ada());
  }

  @Test
  default void due_beforeAndAfterItsInstant_beginsToHoldARow() {
    TokenStore store = newStore();
    Row row = insert(store, ada(), new Draft().lookIn(Duration.ofHours(1)));
    assertThat(store.due(null, 10)).isEmpty();

    row = update(store, row, new Draft().lookIn(Duration.ofMillis(40)));
    Row later = readAfter(store, ada(), row.lookAt());

    assertThat(another(store).due(null, 10)).extracting(Row::key).containsExactly(later.key());
  }

  @Test
  default void due_stone_isHeld() {
    TokenStore store = newStore();

    Row stone = insert(store, ada(), new Draft().sealed(null).lookIn(Duration.ZERO));

    assertThat(store.due(null, 10)).extracting(Row::revision).containsExactly(stone.revision());
  }

  @Test
  default void due_rowWrittenAgain_isDueByItsNewInstantAlone() {
    TokenStore store = newStore();
    Row row = insert(store, ada(), new Draft().lookIn(Duration.ZERO));
    assertThat(store.due(null, 10)).hasSize(1);

    update(another(store), row, new Draft().lookIn(Duration.ofHours(1)));

    assertThat(store.due(null, 10)).isEmpty();
  }

  @Test
  default void due_sameInstantAsTheCursor_isDecidedByTheId() {
    TokenStore store = newStore();
    Row row = insert(store, ada(), new Draft().lookIn(Duration.ZERO));
    String lower = someId(id -> id.compareTo(ada().id()) < 0);
    String higher = someId(id -> id.compareTo(ada().id()) > 0);

    assertThat(store.due(new Cursor(row.lookAt(), lower), 10)).hasSize(1);
    assertThat(store.due(row.cursor(), 10)).isEmpty();
    assertThat(store.due(new Cursor(row.lookAt(), higher), 10)).isEmpty();
  }

  @Test
  default void due_otherInstantThanTheCursor_isDecidedByTheInstant() {
    TokenStore store = newStore();
    Row row = insert(store, ada(), new Draft().lookIn(Duration.ZERO));
    String lower = someId(id -> id.compareTo(ada().id()) < 0);
    String higher = someId(id -> id.compareTo(ada().id()) > 0);
    StoreTime before = plus(row.lookAt(), Duration.ofMillis(-1));
    StoreTime after = plus(row.lookAt(), Duration.ofMillis(1));

    assertThat(store.due(new Cursor(before, higher), 10)).hasSize(1);
    assertThat(store.due(new Cursor(after, lower), 10)).isEmpty();
  }

  private static String someId(Predicate<String> fits) {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> new ConnectionKey("salesforce", "acme", "cursor-" + i).id())
        .filter(fits)
        .findFirst()
        .orElseThrow();
  }

  @Test
  default void due_rowsWrittenAndRemovedDuringAWalk_holdsWhatStaysOnce() {
    TokenStore store = newStore();
    Map<ConnectionKey, Integer> seen = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      insert(store, key(i), draft(i).lookIn(Duration.ZERO));
    }
    TokenStore other = another(store);

    List<Row> page = store.due(null, 2);
    for (int i = 0; !page.isEmpty(); i++) {
      assertThat(i).as("pages of a walk that does not end").isLessThan(200);
      page.forEach(row -> seen.merge(row.key(), 1, Integer::sum));
      Row last = page.get(page.size() - 1);
      if (i % 2 == 0) {
        other.write(last.key(), last.revision(), Change.remove());
      } else {
        update(other, last, new Draft().lookIn(Duration.ofHours(1)));
      }
      page = store.due(last.cursor(), 2);
    }

    assertThat(seen).hasSize(20);
    assertThat(seen.values()).containsOnly(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  default void due_limitBelowOne_isRefused(int limit) {
    TokenStore store = newStore();

    assertThatIllegalArgumentException().isThrownBy(() -> store.due(null, limit));
  }

  // Interrupts

  @Test
  default void write_interruptedThread_keepsTheFlagAndSaysWhetherItWrote() {
    TokenStore store = newStore();
    Row row = insert(store, ada());
    Change change = new Draft().change();

    Thread.currentThread().interrupt();
    @Nullable Boolean written = writtenIfKnown(store, row, change);
    boolean flag = Thread.interrupted();

    assertThat(flag).isTrue();
    if (written != null) {
      assertThat(store.read(ada()).revision())
          .isEqualTo(written ? change.revision() : row.revision());
    }
  }

  private static @Nullable Boolean writtenIfKnown(TokenStore store, Row row, Change change) {
    try {
      return store.write(row.key(), row.revision(), change);
    } catch (TokenStoreException e) {
      return e.isOutcomeUnknown() ? null : Boolean.FALSE;
    }
  }

  @Test
  default void read_interruptedThread_keepsTheFlag() {
    TokenStore store = newStore();
    Row row = insert(store, ada(), new Draft().lookIn(Duration.ZERO));

    List<Runnable> calls =
        List.of(
            () -> store.read(row.key()),
            () -> store.rows(RowFilter.all(), null, 10),
            () -> store.due(null, 10));
    List<Boolean> flags = calls.stream().map(TokenStoreContract::keepsTheFlag).toList();

    assertThat(flags).containsOnly(true);
    assertUnchanged(store, row);
  }

  private static boolean keepsTheFlag(Runnable call) {
    Thread.currentThread().interrupt();
    try {
      call.run();
    } catch (TokenStoreException e) {
      assertThat(e.isOutcomeUnknown()).isFalse();
    }
    return Thread.interrupted();
  }
}
