package com.withampersand.sdk.token.jdbc;

import static com.withampersand.sdk.token.jdbc.Rows.ADA;
import static com.withampersand.sdk.token.jdbc.Rows.BOB;
import static com.withampersand.sdk.token.jdbc.Rows.change;
import static com.withampersand.sdk.token.jdbc.Rows.dueChange;
import static com.withampersand.sdk.token.jdbc.Rows.insert;
import static com.withampersand.sdk.token.jdbc.Rows.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.LogLines;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.LeaseChange.Hold;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.TokenStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is the same on every database, and no part of the contract. */
@ExtendWith(Servers.Resolver.class)
@ParameterizedClass
@EnumSource
class JdbcTokenStoreTest {
  private final Database database;
  private final DataSource dataSource;
  private final DataSource newConnections;

  JdbcTokenStoreTest(Database database, Servers servers) {
    this.database = database;
    this.dataSource = database.dataSource(servers);
    this.newConnections = database.newConnections(servers);
  }

  // Statements

  @Test
  void operations_ofEachKind_takeOneConnectionAndOneStatement() {
    StatementCount count = new StatementCount();
    GrantTable table = GrantTable.create(dataSource);
    TokenStore store = table.builder(count.of(dataSource)).build();

    List<String> counts = new ArrayList<>();
    counts.add(count.of(() -> store.read(ADA)));
    counts.add(count.of(() -> store.write(ADA, Revision.ABSENT, change("one"))));
    counts.add(count.of(() -> store.write(ADA, Revision.ABSENT, change("two"))));
    counts.add(count.of(() -> store.read(ADA)));
    Row first = store.read(ADA);
    counts.add(count.of(() -> store.write(ADA, first.revision(), dueChange("three"))));
    counts.add(count.of(() -> store.write(ADA, first.revision(), change("four"))));
    Row last = store.read(ADA);
    counts.add(count.of(() -> store.rows(RowFilter.all(), null, 10)));
    counts.add(count.of(() -> store.due(null, 10)));
    counts.add(count.of(() -> store.due(last.cursor(), 10)));
    counts.add(count.of(() -> store.write(ADA, last.revision(), Row.Change.remove())));

    assertThat(counts).hasSize(10).containsOnly("1 connections, 1 statements");
    assertThat(store.read(ADA).isAbsent()).isTrue();
  }

  @Test
  void due_manyRowsOfWhichFewAreDue_takesAStatementForEachPage() {
    StatementCount count = new StatementCount();
    TokenStore store = GrantTable.create(dataSource).builder(count.of(dataSource)).build();
    IntStream.range(0, 60)
        .forEach(i -> insert(store, key(i), i % 10 == 0 ? dueChange("due") : change("not due")));
    List<Row> walked = new ArrayList<>();

    String statements =
        count.of(
            () -> {
              List<Row> page = store.due(null, 4);
              while (!page.isEmpty()) {
                walked.addAll(page);
                page = store.due(page.get(page.size() - 1).cursor(), 4);
              }
            });

    assertThat(walked).hasSize(6);
    assertThat(statements).isEqualTo("3 connections, 3 statements");
  }

  // Keys and sizes

  @Test
  void keys_partsOf255Characters_areKeptWhole() {
    TokenStore store = GrantTable.create(dataSource).store();
    String longest = "\u6771".repeat(253) + "\ud83d\ude80";
    ConnectionKey key = new ConnectionKey(longest, longest, longest);

    insert(store, key);

    assertThat(store.rows(RowFilter.group(longest, longest), null, 10))
        .extracting(Row::key)
        .containsExactly(key);
  }

  @Test
  void keys_partsOf256Characters_areRefusedBeforeTheyAreSent() {
    StatementCount count = new StatementCount();
    TokenStore store = GrantTable.create(dataSource).builder(count.of(dataSource)).build();
    ConnectionKey key = new ConnectionKey("salesforce", "acme", "x".repeat(256));

    String statements =
        count.of(
            () -> {
              assertThatIllegalArgumentException()
                  .isThrownBy(() -> store.read(key))
                  .withMessageContaining("consumerRef");
              assertThatIllegalArgumentException()
                  .isThrownBy(() -> store.write(key, Revision.ABSENT, change("x")));
            });

    assertThat(statements).isEqualTo("0 connections, 0 statements");
  }

  @Test
  void write_sealedTextOfFourMebibytesAndAnyCharacters_comesBack() {
    TokenStore store = GrantTable.create(dataSource).store();
    String sealed = "\u6771\ud83d\ude80\u00fc'\\x".repeat(1 << 19);

    Row row = insert(store, ADA, change(sealed));

    assertThat(row.sealed()).isEqualTo(sealed);
  }

  @Test
  void write_clientLongerThanItsColumn_isRefusedBeforeItIsSent() {
    TokenStore store = GrantTable.create(dataSource).store();
    Row.Change fits = change("x");
    Row.Change tooLong =
        new Row.Change(
            fits.revision(),
            fits.version(),
            fits.consent(),
            fits.state(),
            "c".repeat(2001),
            fits.lease(),
            fits.leases(),
            fits.lookIn(),
            fits.stamps(),
            fits.sentAgo(),
            fits.sealed());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.write(ADA, Revision.ABSENT, tooLong))
        .withMessageContaining("client");
  }

  @ParameterizedTest
  @ValueSource(strings = {"grant", "ORDER", "User", "table", "Select", "Mixed_Case"})
  void table_wordOfSql_isAName(String word) {
    GrantTable table = new GrantTable(dataSource, word);
    TokenStore store = table.store();

    table.store().migrate();
    Row row = insert(store, key(store.rows(RowFilter.all(), null, 10).size()), dueChange("x"));

    assertThat(store.due(null, 10)).extracting(Row::key).contains(row.key());
  }

  @Test
  void table_nameOf56Characters_hasItsOwnIndexes() {
    String name = "a".repeat(55);
    TokenStore one = new GrantTable(dataSource, name + "b").store();
    TokenStore other = new GrantTable(dataSource, name + "c").store();

    ((JdbcTokenStore) one).migrate();
    ((JdbcTokenStore) other).migrate();
    insert(one, key(one.rows(RowFilter.all(), null, 10).size()));

    assertThat(one.rows(RowFilter.all(), null, 10)).isNotEmpty();
    assertThat(other.rows(RowFilter.all(), null, 10)).isEmpty();
  }

  // Time

  @ParameterizedTest
  @ValueSource(strings = {"+13:00", "-12:00", "+00:00"})
  void times_ofConnectionsInAnyTimeZone_areTheSame(String offset) {
    GrantTable table = GrantTable.create(dataSource);
    TokenStore here = table.store();
    TokenStore there =
        table
            .builder(
                new TappedDataSource(newConnections, new InTimeZone(database.timeZone(offset))))
            .build();

    Row before = here.read(ADA);
    insert(there, ADA, change("x", new Hold(1, "holder", Duration.ofMinutes(5)), Duration.ZERO));
    Row row = here.read(ADA);
    List<Row> due = here.due(null, 10);

    Duration passed = Duration.ofMillis(row.readAt().millis() - before.readAt().millis());
    assertThat(passed).isBetween(Duration.ZERO, Duration.ofMinutes(1));
    assertThat(row.tokensAt()).isBetween(before.readAt(), row.readAt());
    assertThat(row.stateAt()).isEqualTo(row.tokensAt());
    assertThat(row.lookAt()).isEqualTo(row.tokensAt());
    assertThat(row.lease())
        .isEqualTo(
            new Row.Lease(1, "holder", new StoreTime(row.tokensAt().millis() + 5 * 60 * 1000)));
    assertThat(due).hasSize(1);
    assertThat(there.read(ADA).readAt()).isGreaterThanOrEqualTo(row.readAt());
  }

  /** Sets the time zone of each connection. */
  private record InTimeZone(String statement) implements TappedDataSource.Tap {
    @Override
    public void opened(Connection connection) throws SQLException {
      try (Statement set = connection.createStatement()) {
        set.execute(statement);
      }
    }
  }

  @Test
  void times_ofTheServer_areThoseOfThisMachine() {
    TokenStore store = GrantTable.create(dataSource).store();

    long before = System.currentTimeMillis();
    long told = store.read(ADA).readAt().millis();

    assertThat(Duration.ofMillis(told - before))
        .isBetween(Duration.ofHours(-1), Duration.ofHours(1));
  }

  @Test
  void write_lengthsOfCenturiesAndMore_areLaterThanAnything() {
    TokenStore store = GrantTable.create(dataSource).store();
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    Row row = insert(store, ADA, change("x", new Hold(1, "holder", endless), endless));
    Row back =
        insert(
            store, BOB, change("x", new Hold(1, "holder", endless.negated()), endless.negated()));

    assertThat(row.lookAt().millis()).isGreaterThan(Long.MAX_VALUE / 8);
    assertThat(row.lease()).returns(false, lease -> lease.isOver(row.readAt()));
    assertThat(back.lease()).returns(true, lease -> lease.isOver(back.readAt()));
    assertThat(store.due(null, 10)).extracting(Row::key).containsExactly(BOB);
  }

  // Races

  @Test
  void write_byManyAtOnce_losesNoChange() throws Exception {
    GrantTable table = GrantTable.create(dataSource);

    countUp(table, List.of(table.store(), table.store()));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Connection.TRANSACTION_READ_COMMITTED,
        Connection.TRANSACTION_REPEATABLE_READ,
        Connection.TRANSACTION_SERIALIZABLE
      })
  void write_inAnyIsolationWithoutAutoCommit_losesNoChangeAndLeavesConnectionsAsTheyWere(
      int isolation) throws Exception {
    GrantTable table = GrantTable.create(dataSource);
    DataSource configured = new TappedDataSource(newConnections, new Configured(isolation));

    try (SmallPool manual = new SmallPool(configured, 4)) {
      countUp(
          table,
          Stream.generate(() -> (TokenStore) table.builder(manual).withManualCommit().build())
              .limit(2)
              .toList());

      for (int i = 0; i < 4; i++) {
        assertThat(manual.getConnection().getAutoCommit()).isFalse();
      }
    }
  }

  /** Makes connections of some isolation without auto-commit. */
  private record Configured(int isolation) implements TappedDataSource.Tap {
    @Override
    public void opened(Connection connection) throws SQLException {
      connection.setTransactionIsolation(isolation);
      connection.setAutoCommit(false);
    }
  }

  /** Four threads count up what is sealed, eight times each. */
  private static void countUp(GrantTable table, List<TokenStore> stores) throws Exception {
    insert(table.store(), ADA, change("0"));

    List<Integer> tries =
        Crowd.of(
            4,
            thread ->
                IntStream.range(0, 8).map(round -> countUpOnce(stores.get(thread % 2))).sum());

    assertThat(table.store().read(ADA).sealed()).isEqualTo("32");
    assertThat(tries).allSatisfy(count -> assertThat(count).isGreaterThanOrEqualTo(8));
  }

  /** Returns how many tries it took. */
  private static int countUpOnce(TokenStore store) {
    int tries = 0;
    boolean written = false;
    while (!written) {
      tries++;
      Row row = store.read(ADA);
      int next = Integer.parseInt(String.valueOf(row.sealed())) + 1;
      written = store.write(ADA, row.revision(), change(String.valueOf(next)));
    }
    return tries;
  }

  @Test
  void write_insertsOfTheSameKeysByMany_happenOnceEach() throws Exception {
    GrantTable table = GrantTable.create(dataSource);
    List<TokenStore> stores = List.of(table.store(), table.store());

    List<Long> inserted =
        Crowd.of(
            8,
            thread ->
                IntStream.range(0, 20)
                    .filter(
                        i ->
                            stores
                                .get(thread % 2)
                                .write(key(i), Revision.ABSENT, change("by " + thread)))
                    .count());

    assertThat(inserted.stream().mapToLong(Long::longValue).sum()).isEqualTo(20);
    assertThat(table.store().rows(RowFilter.all(), null, 100)).hasSize(20);
  }

  // Rows that others changed

  /** What SQL of others may do to Ada's row. */
  enum Damage {
    RENAMED("group_ref = 'other'"),
    BLANK_NAME("consumer_ref = ' '"),
    CONTROL_CHARACTER("consumer_ref = 'ada\u0007'"),
    NO_VERSION("version = 'seven'"),
    NUMBER_OUT_OF_RANGE(
        "version = '9999999999999999999.0000000000000000001.0000000000000000000.0000000000000000000.0000000000'"),
    NO_REVISION("rev = ''"),
    HALF_A_LEASE("lease_until = 5");

    private final String assignment;

    Damage(String assignment) {
      this.assignment = assignment;
    }

    void doneTo(GrantTable table) {
      table.run("UPDATE # SET " + assignment + " WHERE consumer_ref = 'ada'");
    }
  }

  @ParameterizedTest
  @EnumSource
  void read_rowThatOthersDamaged_saysSoAndLeavesIt(Damage damage) {
    GrantTable table = GrantTable.create(dataSource);
    TokenStore store = table.store();
    insert(store, ADA);
    insert(store, BOB);
    damage.doneTo(table);

    TokenStoreException thrown =
        catchThrowableOfType(TokenStoreException.class, () -> store.read(ADA));

    assertThat(thrown).hasMessageContaining("ada").hasMessageContaining("restore it");
    assertThat(thrown.isRetryable()).isFalse();
    assertThat(store.read(BOB).sealed()).isEqualTo("v2.k1.c2VhbGVk");
    assertThat(table.read("SELECT COUNT(*) FROM #")).containsExactly("2");
  }

  @ParameterizedTest
  @EnumSource
  void walks_overRowsThatOthersDamaged_leaveThemOutAndEnd(Damage damage) {
    GrantTable table = GrantTable.create(dataSource);
    TokenStore store = table.store();
    List<ConnectionKey> keys = IntStream.range(0, 12).mapToObj(Rows::key).toList();
    keys.forEach(key -> insert(store, key, dueChange("x")));
    List<ConnectionKey> bad = store.rows(RowFilter.all(), null, 12).stream().map(Row::key).toList();
    for (ConnectionKey key : List.of(bad.get(0), bad.get(4), bad.get(5), bad.get(6), bad.get(11))) {
      table.run("UPDATE # SET consumer_ref = 'ada' WHERE grant_id = '" + key.id() + "'");
    }
    damage.doneTo(table);
    LogLines log = new LogLines();

    log.start();
    List<ConnectionKey> all;
    List<ConnectionKey> due;
    try {
      all = walk(store, 2);
      due = walkDue(store, 2);
    } finally {
      log.stop();
    }

    assertThat(all)
        .containsExactlyElementsOf(
            List.of(
                bad.get(1),
                bad.get(2),
                bad.get(3),
                bad.get(7),
                bad.get(8),
                bad.get(9),
                bad.get(10)));
    assertThat(due).containsExactlyInAnyOrderElementsOf(all);
    assertThat(log.lines()).anyMatch(line -> line.contains(bad.get(5).id()));
  }

  private static List<ConnectionKey> walk(TokenStore store, int limit) {
    List<ConnectionKey> walked = new ArrayList<>();
    List<Row> page = store.rows(RowFilter.all(), null, limit);
    for (int i = 0; !page.isEmpty() && i < 50; i++) {
      page.forEach(row -> walked.add(row.key()));
      page = store.rows(RowFilter.all(), page.get(page.size() - 1).key(), limit);
    }
    return walked;
  }

  private static List<ConnectionKey> walkDue(TokenStore store, int limit) {
    List<ConnectionKey> walked = new ArrayList<>();
    List<Row> page = store.due(null, limit);
    for (int i = 0; !page.isEmpty() && i < 50; i++) {
      page.forEach(row -> walked.add(row.key()));
      page = store.due(page.get(page.size() - 1).cursor(), limit);
    }
    return walked;
  }

  @Test
  void rows_ofAGroupBehindManyThatOnlyACollationTakesForIt_areFound() {
    TokenStore store = GrantTable.create(dataSource).store();
    List<ConnectionKey> ours = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      insert(store, new ConnectionKey("salesforce", "acme ", "user-" + i));
      if (i % 4 == 0) {
        ours.add(insert(store, new ConnectionKey("salesforce", "acme", "user-" + i)).key());
      }
    }
    List<ConnectionKey> walked = new ArrayList<>();

    List<Row> page = store.rows(RowFilter.group("salesforce", "acme"), null, 1);
    while (!page.isEmpty()) {
      walked.add(page.get(0).key());
      page = store.rows(RowFilter.group("salesforce", "acme"), page.get(0).key(), 1);
    }

    assertThat(walked).containsExactlyInAnyOrderElementsOf(ours);
  }

  // Transactions

  @Test
  void connections_withoutAutoCommit_areRefusedAndNotCommitted() throws SQLException {
    GrantTable table = GrantTable.create(dataSource);
    table.run("CREATE TABLE #_orders (id INT)");
    try (Connection transaction = newConnections.getConnection()) {
      transaction.setAutoCommit(false);
      execute(transaction, "INSERT INTO " + table.name() + "_orders VALUES (1)");
      TokenStore store = table.builder(new JoinedDataSource(transaction)).build();

      TokenStoreException read =
          catchThrowableOfType(TokenStoreException.class, () -> store.read(ADA));
      TokenStoreException write =
          catchThrowableOfType(
              TokenStoreException.class, () -> store.write(ADA, Revision.ABSENT, change("x")));
      transaction.rollback();

      assertThat(List.of(read, write))
          .allSatisfy(
              thrown ->
                  assertThat(thrown)
                      .hasMessageContaining("auto-commit")
                      .hasMessageContaining("withManualCommit()")
                      .returns(false, TokenStoreException::isRetryable)
                      .returns(false, TokenStoreException::isOutcomeUnknown));
      assertThat(table.read("SELECT COUNT(*) FROM #_orders")).containsExactly("0");
      assertThat(table.read("SELECT COUNT(*) FROM #")).containsExactly("0");
    }
  }

  @Test
  void connections_withoutAutoCommitThatMayBeCommitted_seeAndKeepEachWrite() throws SQLException {
    GrantTable table = GrantTable.create(dataSource);
    try (Connection transaction = newConnections.getConnection()) {
      transaction.setAutoCommit(false);
      TokenStore store =
          table.builder(new JoinedDataSource(transaction)).withManualCommit().build();

      Row first = insert(store, ADA);
      Row others = table.store().read(ADA);
      table.store().write(ADA, others.revision(), change("others"));
      boolean late = store.write(ADA, first.revision(), change("late"));
      Row seen = store.read(ADA);
      boolean written = store.write(ADA, seen.revision(), change("ours"));
      transaction.rollback();

      assertThat(late).isFalse();
      assertThat(seen.sealed()).isEqualTo("others");
      assertThat(written).isTrue();
      assertThat(table.store().read(ADA).sealed()).isEqualTo("ours");
      assertThat(transaction.getAutoCommit()).isFalse();
    }
  }

  /** Hands out one connection, as data sources do that join a transaction. */
  private static final class JoinedDataSource extends TestDataSource {
    private final Connection connection;

    JoinedDataSource(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Connection getConnection() {
      return proxy(
          Connection.class,
          (method, arguments) ->
              method.getName().equals("close") ? connection : call(connection, method, arguments));
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void connections_withLimitsOfTheirOwn_areGivenBackWithThem() throws SQLException {
    GrantTable table = GrantTable.create(dataSource);
    try (Connection shared = newConnections.getConnection()) {
      int silence = shared.getNetworkTimeout();
      int limit = queryTimeout(shared);
      TokenStore store = table.builder(new JoinedDataSource(shared)).build();

      store.read(ADA);
      insert(store, ADA);
      store.rows(RowFilter.all(), null, 1);

      assertThat(shared.getNetworkTimeout()).isEqualTo(silence);
      assertThat(queryTimeout(shared)).isEqualTo(limit).isZero();
      assertThat(shared.getAutoCommit()).isTrue();
    }
  }

  private static int queryTimeout(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.getQueryTimeout();
    }
  }

  // The table is not what it should be

  @Test
  void read_tableMissing_saysHowToCreateIt() {
    TokenStore store = GrantTable.missing(dataSource).store();

    TokenStoreException thrown =
        catchThrowableOfType(TokenStoreException.class, () -> store.read(ADA));

    assertThat(thrown).hasMessageContaining("migrate()").hasMessageContaining("ada");
    assertThat(thrown.isRetryable()).isFalse();
  }

  @Test
  void write_tableMissing_isKnownNotToHaveHappened() {
    TokenStore store = GrantTable.missing(dataSource).store();

    TokenStoreException thrown =
        catchThrowableOfType(
            TokenStoreException.class, () -> store.write(ADA, Revision.ABSENT, change("x")));

    assertThat(thrown).hasMessageContaining("migrate()").hasMessageContaining("ada");
    assertThat(thrown.isRetryable()).isFalse();
    assertThat(thrown.isOutcomeUnknown()).isFalse();
  }

  @Test
  void write_refusedByTheDatabase_quotesNoData() {
    GrantTable table = GrantTable.create(dataSource);
    table.run(
        "ALTER TABLE # ADD CONSTRAINT " + table.name() + "_short CHECK (client <> 'client-1')");
    TokenStore store = table.store();

    TokenStoreException thrown =
        catchThrowableOfType(
            TokenStoreException.class, () -> store.write(ADA, Revision.ABSENT, change("Canary!")));

    assertThat(thrown).hasStackTraceContaining("messages left out");
    assertThat(stackTrace(thrown)).doesNotContain("Canary!").doesNotContain("client-1");
    assertThat(thrown.isRetryable()).isFalse();
    assertThat(thrown.isOutcomeUnknown()).isFalse();
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
