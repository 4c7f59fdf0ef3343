package com.withampersand.sdk.token;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link JdbcTokenStore} does on every database that it speaks. */
abstract class JdbcTokenStoreContract implements TokenStoreContract {
  /** Returns a database. */
  abstract DataSource dataSource();

  /** Returns the same with new connections, to which anything may be done. */
  DataSource newConnections() {
    return dataSource();
  }

  /** Returns the statement that sets the time zone of a connection. */
  abstract String timeZone(String offset);

  /** Returns how many statements saving a new grant takes. */
  abstract int statementsToInsert();

  /** Returns how many statements a change takes. */
  abstract int statementsToUpdate();

  private @Nullable GrantTable contractsTable;

  @Override
  public final TokenStore newStore(Duration longestWait) {
    contractsTable = GrantTable.create(dataSource());
    return contractsTable.builder().longestWait(longestWait).build();
  }

  @Override
  public final TokenStore anotherOverTheSame(TokenStore store, Duration longestWait) {
    return requireNonNull(contractsTable).builder().longestWait(longestWait).build();
  }

  private static TokenSet tokens(String accessToken) {
    return TokenSet.builder(Secret.of(accessToken), Instant.parse("2026-11-24T12:00:00Z")).build();
  }

  private static String accessToken(TokenStore store, ConnectionKey key) {
    return store.find(key).orElseThrow().accessToken().reveal();
  }

  // The table

  @Test
  void createTableIfMissing_byManyAtOnceAndAgain_leavesOneThatKeepsItsGrants() throws Exception {
    GrantTable table = GrantTable.missing(dataSource());

    atOnce(
        8,
        i -> {
          table.store().createTableIfMissing();
          return true;
        });
    table.store().save(ADA, tokens("ada"));
    table.store().createTableIfMissing();

    assertThat(table.store().find(ADA)).contains(tokens("ada"));
  }

  @Test
  void update_absentGrantAndNoTimeToWait_isEmpty() {
    TokenStore store = newStore(Duration.ZERO);

    assertThat(store.update(ADA, old -> old)).isEmpty();
    assertThat(store.delete(ADA)).isFalse();
  }

  @Test
  void find_tableMissing_saysHowToCreateIt() {
    TokenStore store = GrantTable.missing(dataSource()).store();

    TokenStoreException thrown =
        catchThrowableOfType(TokenStoreException.class, () -> store.find(ADA));

    assertThat(thrown).hasMessageContaining("createTableIfMissing").hasMessageContaining("ada");
    assertThat(thrown.isRetryable()).isFalse();
  }

  // Keys and sizes

  @Test
  void save_keysThatCollationsTakeForOne_areDifferentGrants() {
    TokenStore store = GrantTable.create(dataSource()).store();
    List<ConnectionKey> keys =
        Stream.of(
                "müller",
                "muller",
                "MÜLLER",
                "Müller",
                "mu\u0308ller",
                "straße",
                "strasse",
                "müller ",
                " müller",
                "\ud83d\ude80",
                "\ud83d\ude81",
                "\u6771\u4eac",
                "%",
                "_",
                "'",
                "\\",
                "a".repeat(255))
            .map(name -> new ConnectionKey("salesforce", name, name))
            .toList();

    for (ConnectionKey key : keys) {
      store.save(key, tokens(key.groupRef()));
    }

    assertThat(keys)
        .allSatisfy(key -> assertThat(accessToken(store, key)).isEqualTo(key.groupRef()));
    assertThat(store.keys(null, 100)).containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void keys_partsOf255Characters_areKeptWhole() {
    TokenStore store = GrantTable.create(dataSource()).store();
    String longest = "\u6771".repeat(253) + "\ud83d\ude80";
    ConnectionKey key = new ConnectionKey(longest, longest, longest);

    store.save(key, tokens("long"));

    assertThat(store.keys(null, 10)).containsExactly(key);
    assertThat(store.find(key)).contains(tokens("long"));
  }

  @Test
  void save_partOf256Characters_isRefusedByName() {
    TokenStore store = GrantTable.create(dataSource()).store();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.save(new ConnectionKey("p", "g".repeat(256), "c"), tokens("long")))
        .withMessageStartingWith("groupRef must not be longer than 255");
  }

  @ParameterizedTest
  @ValueSource(ints = {64 * 1024, 500_000})
  void save_bigTokens_areFoundWhole(int length) {
    TokenStore store = GrantTable.create(dataSource()).store();
    TokenSet big = tokens("\u00fc".repeat(length / 2));

    store.save(ADA, big);
    store.update(ADA, same -> same);

    assertThat(store.find(ADA)).contains(big);
  }

  // Rows that somebody tampered with

  @ParameterizedTest
  @EnumSource
  void update_rowTamperedWith_failsAndLeavesItAsItIs(Tampering tampering) {
    GrantTable table = GrantTable.create(dataSource());
    TokenStore store = table.store();
    store.save(ADA, tokens("ada"));
    store.save(BOB, tokens("bob"));
    tampering.done(table);
    List<String> before = table.envelopes();
    AtomicInteger changes = new AtomicInteger();

    TokenStoreException found =
        catchThrowableOfType(TokenStoreException.class, () -> store.find(ADA));
    TokenStoreException updated =
        catchThrowableOfType(
            TokenStoreException.class,
            () ->
                store.update(
                    ADA,
                    tokens -> {
                      changes.incrementAndGet();
                      return tokens;
                    }));

    assertThat(Stream.of(found, updated))
        .allSatisfy(
            e -> assertThat(e).hasMessageContaining("ada").returns(false, x -> x.isRetryable()));
    assertThat(changes).hasValue(0);
    assertThat(table.envelopes()).isEqualTo(before);
    assertThat(table.leases()).isZero();
  }

  @Test
  void save_rowTamperedWith_putsItRight() {
    GrantTable table = GrantTable.create(dataSource());
    TokenStore store = table.store();
    store.save(ADA, tokens("ada"));
    Tampering.CUT.done(table);

    store.save(ADA, tokens("new"));

    assertThat(store.find(ADA)).contains(tokens("new"));
  }

  /** What may have happened to rows behind the store's back. */
  enum Tampering {
    MOVED {
      @Override
      void done(GrantTable table) {
        table.run("UPDATE # SET grant_id = 'x' WHERE consumer_ref = 'ada'");
        table.run(
            "UPDATE # SET grant_id = '"
                + HexFormat.of().formatHex(ADA.sha256())
                + "' WHERE consumer_ref = 'bob'");
      }
    },
    FLIPPED {
      @Override
      void done(GrantTable table) {
        for (String envelope : table.envelopes()) {
          char[] flipped = envelope.toCharArray();
          flipped[20] = flipped[20] == 'A' ? 'B' : 'A';
          table.run(
              "UPDATE # SET tokens = '"
                  + new String(flipped)
                  + "' WHERE tokens = '"
                  + envelope
                  + "'");
        }
      }
    },
    CUT {
      @Override
      void done(GrantTable table) {
        table.run("UPDATE # SET tokens = SUBSTRING(tokens, 1, 40)");
      }
    },
    EMPTIED {
      @Override
      void done(GrantTable table) {
        table.run("UPDATE # SET tokens = ''");
      }
    };

    abstract void done(GrantTable table);
  }

  // A change of keys

  @Test
  void reseal_afterAChangeOfKeys_sealsEachGrantAnewAndOnce() {
    GrantTable table = GrantTable.create(dataSource());
    Secret oldKey = TokenCipher.newKey();
    TokenCipher old = TokenCipher.builder("old", oldKey).build();
    TokenCipher both =
        TokenCipher.builder("new", TokenCipher.newKey()).alsoReads("old", oldKey).build();
    JdbcTokenStore before = JdbcTokenStore.builder(dataSource(), old).table(table.name()).build();
    JdbcTokenStore after = JdbcTokenStore.builder(dataSource(), both).table(table.name()).build();
    before.save(ADA, tokens("ada"));
    before.save(BOB, tokens("bob"));
    before.save(new ConnectionKey("salesforce", "acme", "eve"), tokens("eve"));
    after.save(BOB, tokens("bob 2"));

    Resealed first = after.reseal(null, 2);
    Resealed second = after.reseal(first.last().orElseThrow(), 2);
    Resealed third = after.reseal(second.last().orElseThrow(), 2);

    assertThat(first.seen() + second.seen()).isEqualTo(3);
    assertThat(first.resealed() + second.resealed()).isEqualTo(2);
    assertThat(third.last()).isEmpty();
    assertThat(table.envelopes()).hasSize(3).noneMatch(both::isOutdated);
    assertThat(after.find(ADA)).contains(tokens("ada"));
    assertThat(after.find(BOB)).contains(tokens("bob 2"));
    assertThat(after.reseal(null, 10).resealed()).isZero();
  }

  @Test
  void reseal_grantThatDoesNotOpen_isLeftAndNamed() {
    GrantTable table = GrantTable.create(dataSource());
    TokenCipher another = TokenCipher.builder("k2", TokenCipher.newKey()).build();
    JdbcTokenStore store =
        JdbcTokenStore.builder(dataSource(), another).table(table.name()).build();
    table.store().save(ADA, tokens("ada"));
    store.save(BOB, tokens("bob"));

    Resealed page = store.reseal(null, 10);

    assertThat(page.unreadable()).containsExactly(ADA);
    assertThat(table.store().find(ADA)).contains(tokens("ada"));
  }

  // Leases

  @Test
  void update_holderDied_isTakenOverWhenTheLeaseHasRunOut() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));

    try (Change dead = new Change(table.store(), "dead")) {
      table.endLeases();
      Optional<TokenSet> taken = table.store().update(ADA, old -> tokens("taken"));

      assertThat(taken).contains(tokens("taken"));
      assertThat(dead.end()).isInstanceOf(TokenStoreException.class);
      assertThat(table.store().find(ADA)).contains(tokens("taken"));
      assertThat(table.leases()).isZero();
    }
  }

  @Test
  void saveAndDelete_holderDied_goThroughWhenTheLeaseHasRunOut() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    TokenStore store = table.store();
    store.save(ADA, tokens("old"));
    store.save(BOB, tokens("bob"));

    try (Change dead = new Change(table.store(), "dead")) {
      table.endLeases();
      store.save(ADA, tokens("saved"));
      TokenSet saved = store.find(ADA).orElseThrow();
      boolean deleted = store.delete(ADA);

      assertThat(saved).isEqualTo(tokens("saved"));
      assertThat(deleted).isTrue();
      assertThat(dead.end()).isInstanceOf(TokenStoreException.class);
      assertThat(store.keys(null, 10)).containsExactly(BOB);
    }
  }

  @ParameterizedTest
  @EnumSource
  void update_somebodyElseChangedTheGrantMeanwhile_isNotStoredAndSaysSo(Meanwhile meanwhile)
      throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));

    try (Change late = new Change(table.store(), "late")) {
      table.endLeases();
      meanwhile.doTo(table.store());
      Optional<TokenSet> theirs = table.store().find(ADA);
      Throwable thrown = late.end();

      assertThat(thrown)
          .isInstanceOfSatisfying(
              TokenStoreException.class, e -> assertThat(e.isRetryable()).isFalse())
          .hasMessageContaining("ada")
          .hasMessageContaining("lease");
      assertThat(table.store().find(ADA)).isEqualTo(theirs);
      assertThat(table.leases()).isZero();
    }
  }

  /** What may happen to a grant while somebody takes too long over a change. */
  enum Meanwhile {
    UPDATED,
    SAVED,
    DELETED,
    DELETED_AND_SAVED_AGAIN;

    void doTo(TokenStore store) {
      switch (this) {
        case UPDATED -> store.update(ADA, old -> tokens("theirs"));
        case SAVED -> store.save(ADA, tokens("theirs"));
        case DELETED -> store.delete(ADA);
        case DELETED_AND_SAVED_AGAIN -> {
          store.delete(ADA);
          store.save(ADA, tokens("theirs"));
        }
      }
    }
  }

  @Test
  void update_lateButNobodyChangedTheGrant_isStored() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));

    try (Change late = new Change(table.store(), "late")) {
      table.endLeases();
      Throwable thrown = late.end();

      assertThat(thrown).isNull();
      assertThat(table.store().find(ADA)).contains(tokens("late"));
      assertThat(table.leases()).isZero();
    }
  }

  @Test
  void update_lateWhileAnotherIsAtIt_isStoredAndTheOtherIsNot() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));

    try (Change late = new Change(table.store(), "late")) {
      table.endLeases();
      try (Change other = new Change(table.store(), "other")) {
        Throwable thrown = late.end();
        long leases = table.leases();
        Throwable thrownByOther = other.end();

        assertThat(thrown).isNull();
        assertThat(leases).as("the other's lease").isOne();
        assertThat(thrownByOther).isInstanceOf(TokenStoreException.class);
        assertThat(table.store().find(ADA)).contains(tokens("late"));
        assertThat(table.leases()).isZero();
      }
    }
  }

  @Test
  void update_changeThrowsAfterItsLeaseWasTakenOver_leavesTheOthersLease() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));

    Throwable thrown =
        catchThrowable(
            () ->
                table
                    .store()
                    .update(
                        ADA,
                        old -> {
                          table.run("UPDATE # SET lease_owner = 'another'");
                          throw new UnsupportedOperationException();
                        }));

    assertThat(thrown)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasNoSuppressedExceptions();
    assertThat(table.leases()).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"+13:00", "-12:00", "+00:00"})
  void update_connectionsInAnyTimeZone_respectEachOthersLeases(String offset) throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));
    DataSource elsewhere = new TappedDataSource(newConnections(), new InTimeZone(timeZone(offset)));

    try (Change here = new Change(table.store(), "here")) {
      Throwable thrown = impatientUpdate(table.builder(elsewhere));

      assertThat(thrown).isInstanceOf(TokenStoreException.class).hasMessageContaining("locked");
      assertThat(here.end()).isNull();
    }
    try (Change there = new Change(table.builder(elsewhere).build(), "there")) {
      Throwable thrown = impatientUpdate(table.builder());

      assertThat(thrown).isInstanceOf(TokenStoreException.class).hasMessageContaining("locked");
      assertThat(there.end()).isNull();
    }
  }

  private static @Nullable Throwable impatientUpdate(JdbcTokenStore.Builder builder) {
    TokenStore store = builder.longestWait(Duration.ZERO).build();
    return catchThrowable(() -> store.update(ADA, old -> tokens("intruder")));
  }

  /** Sets the time zone of each connection. */
  record InTimeZone(String statement) implements TappedDataSource.Tap {
    @Override
    public void opened(Connection connection) throws SQLException {
      try (Statement set = connection.createStatement()) {
        set.execute(statement);
      }
    }
  }

  @Test
  void update_byTwoStoresAtOnce_losesNoChange() throws Exception {
    GrantTable table = GrantTable.create(dataSource());

    countedAtOnce(table, dataSource());
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Connection.TRANSACTION_READ_COMMITTED,
        Connection.TRANSACTION_REPEATABLE_READ,
        Connection.TRANSACTION_SERIALIZABLE
      })
  void update_inAnyIsolationWithoutAutoCommit_losesNoChange(int isolation) throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    Configured configured = new Configured(isolation);

    countedAtOnce(table, new TappedDataSource(newConnections(), configured));

    assertThat(configured.givenBackOtherwise).as("connections given back otherwise").hasValue(0);
  }

  /** Hands out connections in some isolation and without auto-commit, and wants them back so. */
  static final class Configured implements TappedDataSource.Tap {
    private final AtomicInteger givenBackOtherwise = new AtomicInteger();
    private final int isolation;

    Configured(int isolation) {
      this.isolation = isolation;
    }

    @Override
    public void opened(Connection connection) throws SQLException {
      connection.setTransactionIsolation(isolation);
      connection.setAutoCommit(false);
    }

    @Override
    public void closing(Connection connection) throws SQLException {
      if (connection.getAutoCommit()) {
        givenBackOtherwise.incrementAndGet();
      }
    }
  }

  private static void countedAtOnce(GrantTable table, DataSource dataSource) throws Exception {
    List<TokenStore> stores =
        Stream.generate(() -> (TokenStore) table.builder(dataSource).build()).limit(2).toList();
    stores.get(0).save(ADA, tokens("ada").toBuilder().attribute("count", "0").build());
    AtomicInteger inside = new AtomicInteger();
    int rounds = 10;

    List<Integer> most =
        atOnce(
            6,
            i ->
                IntStream.range(0, rounds)
                    .map(round -> counted(stores.get(i % 2), inside))
                    .max()
                    .orElseThrow());

    assertThat(most).as("threads within a change").containsOnly(1);
    assertThat(table.store().find(ADA).orElseThrow().attribute("count"))
        .contains(String.valueOf(6 * rounds));
  }

  /** Returns how many threads were within a change of Ada's grant. */
  private static int counted(TokenStore store, AtomicInteger inside) {
    AtomicInteger seen = new AtomicInteger();
    store.update(
        ADA,
        tokens -> {
          seen.set(inside.incrementAndGet());
          int count = Integer.parseInt(tokens.attribute("count").orElseThrow());
          inside.decrementAndGet();
          return tokens.toBuilder().attribute("count", String.valueOf(count + 1)).build();
        });
    return seen.get();
  }

  @Test
  void save_newGrantByManyAtOnce_failsForNobodyAndLeavesOne() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    int rounds = 5;

    for (int round = 0; round < rounds; round++) {
      ConnectionKey key = new ConnectionKey("salesforce", "acme", "user-" + round);
      atOnce(
          8,
          i -> {
            table.store().save(key, tokens("token-" + i));
            return true;
          });
      assertThat(accessToken(table.store(), key)).startsWith("token-");
    }

    assertThat(table.store().keys(null, 100)).hasSize(rounds);
  }

  /** Returns what the work returned in each of so many threads, which start together. */
  private static <T> List<T> atOnce(int threads, IntFunction<T> work) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    try (Crew crew = new Crew()) {
      List<Future<T>> running =
          IntStream.range(0, threads)
              .mapToObj(
                  i ->
                      crew.run(
                          () -> {
                            start.await();
                            return work.apply(i);
                          }))
              .toList();
      start.countDown();
      List<T> results = new ArrayList<>();
      for (Future<T> one : running) {
        results.add(one.get());
      }
      return results;
    }
  }

  // Connections and statements

  @Test
  void update_poolOfOneConnection_lendsItToTheChange() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    try (SmallPool pool = new SmallPool(newConnections(), 1)) {
      TokenStore store = table.builder(pool).build();
      store.save(ADA, tokens("ada"));
      store.save(BOB, tokens("bob"));

      Optional<TokenSet> stored =
          store.update(
              ADA,
              old -> {
                assertThat(pool.isComplete()).as("nothing is held during the change").isTrue();
                return store.update(BOB, bob -> tokens("bob 2")).orElseThrow();
              });

      assertThat(stored).contains(tokens("bob 2"));
      assertThat(pool.isComplete()).isTrue();
    }
  }

  @Test
  void update_interruptedChange_isStoredAndTheFlagKept() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    try (SmallPool pool = new SmallPool(newConnections(), 1)) {
      TokenStore store = table.builder(pool).build();
      store.save(ADA, tokens("old"));

      store.update(
          ADA,
          old -> {
            Thread.currentThread().interrupt();
            return tokens("new");
          });
      boolean flag = Thread.interrupted();

      assertThat(flag).isTrue();
      assertThat(store.find(ADA)).contains(tokens("new"));
    }
  }

  @Test
  void update_interruptedChangeThrows_endsTheLeaseAndKeepsTheFlag() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    try (SmallPool pool = new SmallPool(newConnections(), 1)) {
      TokenStore store = table.builder(pool).build();
      store.save(ADA, tokens("old"));

      Throwable thrown =
          catchThrowable(
              () ->
                  store.update(
                      ADA,
                      old -> {
                        Thread.currentThread().interrupt();
                        throw new UnsupportedOperationException();
                      }));
      boolean flag = Thread.interrupted();

      assertThat(thrown).isInstanceOf(UnsupportedOperationException.class);
      assertThat(flag).isTrue();
      assertThat(table.leases()).isZero();
    }
  }

  @Test
  void operations_inTheirUsualCase_takeAsManyStatementsAsNeeded() {
    GrantTable table = GrantTable.create(dataSource());
    StatementLog log = new StatementLog();
    TokenStore store = table.builder(new TappedDataSource(dataSource(), log)).build();

    assertThat(log.during(() -> store.save(ADA, tokens("new")))).hasSize(statementsToInsert());
    assertThat(log.during(() -> store.save(ADA, tokens("again")))).hasSize(1);
    assertThat(log.during(() -> store.find(ADA))).hasSize(1);
    assertThat(log.during(() -> store.keys(ADA, 5))).hasSize(1);
    assertThat(log.during(() -> store.update(ADA, old -> old))).hasSize(statementsToUpdate());
    assertThat(log.during(() -> store.delete(ADA))).hasSize(1);
    assertThat(log.during(() -> store.delete(ADA))).hasSize(2);
    assertThat(log.during(() -> store.update(ADA, old -> old))).hasSize(2);
  }

  // The database goes away

  @Test
  void update_databaseAwayForAMomentAfterTheChange_isStoredInTheEnd() {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));
    Away away = new Away("08006");
    MovableTime time = new MovableTime();
    TokenStore store = table.builder(new TappedDataSource(dataSource(), away)).time(time).build();

    Optional<TokenSet> stored =
        store.update(
            ADA,
            old -> {
              away.connects(7);
              return tokens("new");
            });

    assertThat(stored).contains(tokens("new"));
    assertThat(table.store().find(ADA)).contains(tokens("new"));
    assertThat(table.leases()).isZero();
    assertThat(time.pauses()).hasSize(7);
  }

  @Test
  void update_storedButTheAnswerWasLost_isRecognized() {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));
    Away away = new Away("08006");
    TokenStore store =
        table.builder(new TappedDataSource(dataSource(), away)).time(new MovableTime()).build();

    Optional<TokenSet> stored =
        store.update(
            ADA,
            old -> {
              away.answers(1);
              return tokens("new");
            });

    assertThat(stored).contains(tokens("new"));
    assertThat(table.store().find(ADA)).contains(tokens("new"));
  }

  @Test
  void update_databaseAwayForLongerThanTheLease_failsRetryablyWithinIt() {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));
    Away away = new Away("08006");
    MovableTime time = new MovableTime();
    TokenStore store = table.builder(new TappedDataSource(dataSource(), away)).time(time).build();

    TokenStoreException thrown =
        catchThrowableOfType(
            TokenStoreException.class,
            () ->
                store.update(
                    ADA,
                    old -> {
                      time.pass(Duration.ofSeconds(60).toNanos());
                      away.connects(Integer.MAX_VALUE);
                      return tokens("new");
                    }));

    assertThat(thrown.isRetryable()).isTrue();
    assertThat(thrown).hasMessageContaining("ada").hasMessageContaining("08006");
    assertThat(time.pauses().stream().mapToLong(pause -> pause).sum())
        .isEqualTo(Duration.ofSeconds(30).toNanos());
    assertThat(table.leases()).as("nobody shall use the old tokens for now").isOne();
  }

  @Test
  void update_databaseRefusesTheResultForGood_failsAtOnceAndLeavesTheLease() {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));
    Away away = new Away("22001");
    MovableTime time = new MovableTime();
    TokenStore store = table.builder(new TappedDataSource(dataSource(), away)).time(time).build();

    TokenStoreException thrown =
        catchThrowableOfType(
            TokenStoreException.class,
            () ->
                store.update(
                    ADA,
                    old -> {
                      away.connects(1);
                      return tokens("new");
                    }));

    assertThat(thrown.isRetryable()).isFalse();
    assertThat(time.pauses()).isEmpty();
    assertThat(table.leases()).isOne();
  }

  @Test
  void update_leasedButTheAnswerWasLost_failsAndEndsTheLease() {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));
    Away away = new Away("08006");
    TokenStore store = table.builder(new TappedDataSource(dataSource(), away)).build();
    away.answers(1);

    TokenStoreException thrown =
        catchThrowableOfType(
            TokenStoreException.class, () -> store.update(ADA, old -> tokens("new")));

    assertThat(thrown.isRetryable()).isTrue();
    assertThat(table.leases()).isZero();
    assertThat(table.store().find(ADA)).contains(tokens("old"));
  }

  @Test
  void update_interruptedWhileTheDatabaseIsAway_stopsTryingWithTheFlagSet() {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));
    Away away = new Away("08006");
    MovableTime time = new MovableTime().during(Thread.currentThread()::interrupt);
    TokenStore store = table.builder(new TappedDataSource(dataSource(), away)).time(time).build();

    TokenStoreException thrown =
        catchThrowableOfType(
            TokenStoreException.class,
            () ->
                store.update(
                    ADA,
                    old -> {
                      away.connects(Integer.MAX_VALUE);
                      return tokens("new");
                    }));
    boolean flag = Thread.interrupted();

    assertThat(thrown.isRetryable()).isTrue();
    assertThat(flag).isTrue();
    assertThat(time.pauses()).hasSize(1);
  }

  // Waiting

  @Test
  void update_grantHeldForLong_isLookedAtSeldomAndTouchedNever() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));
    StatementLog log = new StatementLog();
    MovableTime time = new MovableTime();
    TokenStore store = table.builder(new TappedDataSource(dataSource(), log)).time(time).build();

    try (Change held = new Change(table.store(), "held")) {
      List<String> statements =
          log.during(() -> catchThrowable(() -> store.update(ADA, old -> tokens("late"))));

      assertThat(time.pauses().stream().mapToLong(pause -> pause).sum())
          .as("the lease and a minute more")
          .isEqualTo(Duration.ofSeconds(150).toNanos());
      assertThat(statements).hasSizeBetween(300, 700);
      assertThat(statements.subList(1, statements.size()))
          .allMatch(sql -> sql.startsWith("SELECT"));
      assertThat(held.end()).isNull();
    }
  }

  @Test
  void update_grantFreedAtLast_goesThrough() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));

    try (Change held = new Change(table.store(), "held")) {
      AtomicInteger pauses = new AtomicInteger();
      MovableTime time = new MovableTime();
      time.during(
          () -> {
            if (pauses.incrementAndGet() == 5) {
              assertThat(held.end()).isNull();
            }
          });
      TokenStore store = table.builder().time(time).build();
      List<TokenSet> seen = new ArrayList<>();
      store.update(
          ADA,
          tokens -> {
            seen.add(tokens);
            return tokens("next");
          });

      assertThat(seen).containsExactly(tokens("held"));
      assertThat(pauses).hasValue(5);
      assertThat(store.find(ADA)).contains(tokens("next"));
    }
  }

  @Test
  void update_grantDeletedWhileWaiting_isEmpty() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));

    try (Change held = new Change(table.store(), "held")) {
      TokenStore store =
          table.builder().time(new MovableTime().during(() -> table.run("DELETE FROM #"))).build();

      assertThat(store.update(ADA, old -> tokens("late"))).isEmpty();
      assertThat(held.end()).isInstanceOf(TokenStoreException.class);
    }
  }

  @Test
  void update_interruptedWhileAnotherProcessHasTheGrant_failsWithTheFlagSet() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));

    try (Change held = new Change(table.store(), "held")) {
      MovableTime time = new MovableTime().during(Thread.currentThread()::interrupt);
      TokenStore store = table.builder().time(time).build();
      TokenStoreException thrown =
          catchThrowableOfType(
              TokenStoreException.class, () -> store.update(ADA, old -> tokens("late")));
      boolean flag = Thread.interrupted();

      assertThat(thrown.isRetryable()).isTrue();
      assertThat(thrown).hasMessageContaining("interrupted").hasMessageContaining("ada");
      assertThat(flag).isTrue();
      assertThat(held.end()).isNull();
      assertThat(table.store().find(ADA)).contains(tokens("held"));
    }
  }

  @Test
  void update_byManyThreadsOfOneStore_asksTheDatabaseForOneAtATime() throws Exception {
    GrantTable table = GrantTable.create(dataSource());
    table.store().save(ADA, tokens("old"));
    StatementLog log = new StatementLog();
    TokenStore store =
        table
            .builder(new TappedDataSource(dataSource(), log))
            .longestWait(Duration.ofMillis(50))
            .build();

    List<String> statements;
    try (Change held = new Change(store, "held")) {
      statements =
          log.during(
              () -> {
                List<@Nullable Throwable> thrown =
                    atOnce(8, i -> catchThrowable(() -> store.update(ADA, old -> tokens("late"))));
                assertThat(thrown).hasOnlyElementsOfType(TokenStoreException.class);
              });
      assertThat(held.end()).isNull();
    }

    assertThat(statements).isEmpty();
  }

  /** Notes the statements that are run. */
  static final class StatementLog implements TappedDataSource.Tap {
    private final List<String> statements = new CopyOnWriteArrayList<>();

    /** Returns what was run while somebody did something. */
    List<String> during(Executable something) {
      statements.clear();
      assertDoesNotThrow(something);
      return List.copyOf(statements);
    }

    @Override
    public void before(PreparedStatement statement, String sql) {
      statements.add(sql);
    }
  }

  /** A database that lets so many connections or answers fail. */
  static final class Away implements TappedDataSource.Tap {
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final String state;

    Away(String state) {
      this.state = state;
    }

    /** Refuses the next so many connections. */
    void connects(int count) {
      connections.set(count);
    }

    /** Loses the next so many answers. */
    void answers(int count) {
      answers.set(count);
    }

    @Override
    public void opened(Connection connection) throws SQLException {
      failOneOf(connections);
    }

    @Override
    public void after(String sql) throws SQLException {
      failOneOf(answers);
    }

    private void failOneOf(AtomicInteger failures) throws SQLException {
      if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new SQLException("away", state);
      }
    }
  }

  /** A change that somebody is in the middle of, in a thread of its own. */
  static final class Change implements AutoCloseable {
    private final Crew crew = new Crew();
    private final HeldGrant held;

    Change(TokenStore store, String result) throws InterruptedException {
      held = new HeldGrant(crew, store, tokens(result));
    }

    /** Lets the change return its result, and returns what the update threw. */
    @Nullable Throwable end() {
      try {
        held.letGo();
        return null;
      } catch (ExecutionException e) {
        return e.getCause();
      } catch (InterruptedException e) {
        throw new IllegalStateException("the test was stopped", e);
      }
    }

    @Override
    public void close() {
      held.close();
      crew.close();
    }
  }
}
