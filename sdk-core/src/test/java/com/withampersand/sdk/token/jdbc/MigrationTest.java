package com.withampersand.sdk.token.jdbc;

import static com.withampersand.sdk.token.jdbc.Rows.ADA;
import static com.withampersand.sdk.token.jdbc.Rows.change;
import static com.withampersand.sdk.token.jdbc.Rows.insert;
import static com.withampersand.sdk.token.jdbc.Rows.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Servers.Resolver.class)
@ParameterizedClass
@EnumSource
class MigrationTest {
  private final Database database;
  private final DataSource dataSource;

  MigrationTest(Database database, Servers servers) {
    this.database = database;
    this.dataSource = database.dataSource(servers);
  }

  // A new table

  @Test
  void migrate_byManyAtOnceAndAgain_leavesOneTableThatKeepsItsRows() throws Exception {
    GrantTable table = GrantTable.missing(dataSource);

    migrateByMany(table);
    insert(table.store(), ADA);
    table.store().migrate();

    assertThat(table.store().read(ADA).sealed()).isEqualTo("v2.k1.c2VhbGVk");
    assertThat(table.read("SELECT version FROM #_schema")).containsExactly("2");
  }

  private static void migrateByMany(GrantTable table) throws Exception {
    Crowd.of(
        6,
        i -> {
          table.store().migrate();
          return i;
        });
  }

  @Test
  void migrate_upToDate_readsOneRow() {
    GrantTable table = GrantTable.create(dataSource);
    StatementCount count = new StatementCount();
    JdbcTokenStore store = table.builder(count.of(dataSource)).build();

    String statements = count.of(store::migrate);

    assertThat(statements).isEqualTo("1 connections, 1 statements");
  }

  @Test
  void migrate_tableOfALaterVersion_isRefused() {
    GrantTable table = GrantTable.create(dataSource);
    table.run("INSERT INTO #_schema (version) VALUES (3)");

    TokenStoreException thrown =
        catchThrowableOfType(TokenStoreException.class, () -> table.store().migrate());

    assertThat(thrown).hasMessageContaining("version 3").hasMessageContaining("later");
    assertThat(thrown.isRetryable()).isFalse();
  }

  @Test
  void migrate_tableWithoutItsVersion_recordsIt() {
    GrantTable table = GrantTable.create(dataSource);
    insert(table.store(), ADA);
    table.run("DROP TABLE #_schema");

    table.store().migrate();

    assertThat(table.read("SELECT version FROM #_schema")).containsExactly("2");
    assertThat(table.store().read(ADA).isAbsent()).isFalse();
  }

  @Test
  void migrate_tableInASchema_createsAllOfItThere() {
    String schema = "vault_" + database.name();
    GrantTable any = GrantTable.missing(dataSource);
    any.run("CREATE SCHEMA IF NOT EXISTS " + schema);
    GrantTable table = new GrantTable(dataSource, schema + "." + any.name());

    table.store().migrate();
    insert(table.store(), ADA);

    assertThat(table.read("SELECT group_ref FROM #")).containsExactly("acme");
    assertThat(table.read("SELECT version FROM #_schema")).containsExactly("2");
  }

  // A table of the first version

  @Test
  void migrate_tableOfTheFirstVersion_keepsWhatIsSealedAndStartsItAsOld() {
    GrantTable table = FirstVersion.create(database, dataSource);
    TokenStore store = table.store();
    StoreTime before = GrantTable.create(dataSource).store().read(ADA).readAt();

    table.store().migrate();

    for (FirstVersion.Sample sample : FirstVersion.samples()) {
      Row row = store.read(sample.key());
      assertThat(row)
          .isEqualTo(
              new Row(
                  sample.key(),
                  row.revision(),
                  Version.OLD,
                  null,
                  "OLD",
                  null,
                  null,
                  0,
                  row.tokensAt(),
                  row.tokensAt(),
                  row.tokensAt(),
                  new StoreTime(0),
                  row.readAt(),
                  sample.tokens()));
      assertThat(row.tokensAt()).isBetween(before, row.readAt());
    }
    assertThat(store.due(null, 100)).hasSize(6);
    assertThat(revisions(store)).hasSize(6).allMatch(revision -> revision.text().length() == 36);
  }

  private static Set<Revision> revisions(TokenStore store) {
    return store.rows(RowFilter.all(), null, 100).stream()
        .map(Row::revision)
        .collect(Collectors.toSet());
  }

  @Test
  void migrate_tableOfTheFirstVersion_canBeWrittenToFromThenOn() {
    GrantTable table = FirstVersion.create(database, dataSource);
    TokenStore store = table.store();

    table.store().migrate();
    Row old = store.read(ADA);
    boolean updated = store.write(ADA, old.revision(), change("v2.new"));
    boolean late = store.write(ADA, old.revision(), change("v2.late"));
    insert(store, key(1), change("\u00e9".repeat(1 << 21)));

    assertThat(updated).isTrue();
    assertThat(late).isFalse();
    assertThat(store.read(ADA).sealed()).isEqualTo("v2.new");
    assertThat(store.read(key(1)).sealed()).hasSize(1 << 21);
    assertThat(store.rows(RowFilter.state("OLD"), null, 100)).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT tokens FROM #",
        "INSERT INTO # (grant_id, provider, group_ref, consumer_ref, tokens, version)"
            + " VALUES ('i', 'p', 'g', 'c', 't', 1)",
        "UPDATE # SET tokens = 'old', version = version + 1, lease_until = NULL, lease_owner = NULL",
        "UPDATE # SET lease_owner = 'old', lease_until = NULL",
        "DELETE FROM # WHERE lease_owner IS NULL"
      })
  void migrate_tableOfTheFirstVersion_makesTheFirstVersionFail(String statement) {
    GrantTable table = FirstVersion.create(database, dataSource);

    table.store().migrate();

    assertThat(catchThrowable(() -> table.run(statement)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(table.store().rows(RowFilter.state("OLD"), null, 100)).hasSize(6);
  }

  @Test
  void migrate_tableOfTheFirstVersionByManyAtOnce_happensOnce() throws Exception {
    GrantTable table = FirstVersion.create(database, dataSource);

    Set<Set<Revision>> seen =
        Set.copyOf(
            Crowd.of(
                6,
                i -> {
                  table.store().migrate();
                  return revisions(table.store());
                }));

    assertThat(seen).hasSize(1);
    assertThat(table.store().rows(RowFilter.state("OLD"), null, 100)).hasSize(6);
  }

  @Test
  void migrate_stoppedBeforeAnyStatement_isCompletedByTheNext() throws SQLException {
    GrantTable expected = FirstVersion.create(database, dataSource);
    expected.store().migrate();
    int stop = 1;
    boolean stopped = true;

    while (stopped) {
      GrantTable table = FirstVersion.create(database, dataSource);
      Stop tap = new Stop(stop);
      JdbcTokenStore dies = table.builder(new TappedDataSource(dataSource, tap)).build();
      stopped = catchThrowable(dies::migrate) != null;
      table.store().migrate();

      assertThat(columns(table)).as("stopped at %s", tap.at).isEqualTo(columns(expected));
      assertThat(table.store().rows(RowFilter.state("OLD"), null, 100)).hasSize(6);
      stop++;
    }
    assertThat(stop).isGreaterThan(5);
  }

  /** Fails at a change of the table, as if the process died. */
  private static final class Stop implements TappedDataSource.Tap {
    private int left;
    private String at = "none";

    Stop(int number) {
      left = number;
    }

    @Override
    public void before(PreparedStatement statement, String sql) throws SQLException {
      if (!sql.startsWith("SELECT") && --left == 0) {
        at = sql;
        throw new SQLException("stopped", "08006");
      }
    }
  }

  @Test
  void migrate_anotherProcessWasFaster_beginsAgain() {
    GrantTable table = FirstVersion.create(database, dataSource);
    AtomicInteger failures = new AtomicInteger();
    TappedDataSource.Tap faster =
        new TappedDataSource.Tap() {
          @Override
          public void after(String sql) throws SQLException {
            if (sql.startsWith("ALTER") && failures.getAndIncrement() == 0) {
              throw new SQLException("there is such a column", "42S21");
            }
          }
        };

    table.builder(new TappedDataSource(dataSource, faster)).build().migrate();

    assertThat(failures).hasValueGreaterThan(1);
    assertThat(table.store().rows(RowFilter.state("OLD"), null, 100)).hasSize(6);
  }

  @Test
  void migrate_mayNotChangeTheTable_givesUpAtOnce() {
    GrantTable table = GrantTable.missing(dataSource);
    StatementCount count = new StatementCount();
    TappedDataSource.Tap forbidden =
        new TappedDataSource.Tap() {
          @Override
          public void before(PreparedStatement statement, String sql) throws SQLException {
            if (sql.startsWith("CREATE")) {
              throw new SQLException("may not", "42501");
            }
          }
        };
    DataSource source = count.of(new TappedDataSource(dataSource, forbidden));

    TokenStoreException thrown =
        catchThrowableOfType(
            TokenStoreException.class, () -> table.builder(source).build().migrate());

    assertThat(thrown).hasMessageContaining("migrated").hasMessageContaining("42501");
    assertThat(thrown.isRetryable()).isFalse();
    assertThat(count.statements()).filteredOn(sql -> sql.startsWith("CREATE")).hasSize(1);
  }

  @Test
  void migrate_tableOfTheFirstVersion_makesItLikeANewOneButForWhatIsLeftOver() throws SQLException {
    GrantTable old = FirstVersion.create(database, dataSource);
    GrantTable fresh = GrantTable.create(dataSource);

    old.store().migrate();

    Set<String> migrated = columns(old);
    migrated.removeIf(column -> column.startsWith("old_"));
    assertThat(migrated).isEqualTo(columns(fresh));
    assertThat(columns(old)).hasSize(columns(fresh).size() + 2);
    assertThat(indexes(old)).isEqualTo(indexes(fresh)).hasSize(5);
  }

  /** Returns names, types, sizes and nullability. */
  private static Set<String> columns(GrantTable table) throws SQLException {
    try (Connection connection = table.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement("SELECT * FROM " + table.name());
        ResultSet result = statement.executeQuery()) {
      ResultSetMetaData data = result.getMetaData();
      Set<String> columns = new TreeSet<>();
      for (int i = 1; i <= data.getColumnCount(); i++) {
        columns.add(
            "%s %s %d %d"
                .formatted(
                    data.getColumnName(i).toLowerCase(Locale.ROOT),
                    data.getColumnTypeName(i),
                    data.getPrecision(i),
                    data.isNullable(i)));
      }
      return columns;
    }
  }

  /** Returns the columns of each index. */
  private Set<String> indexes(GrantTable table) throws SQLException {
    try (Connection connection = table.dataSource().getConnection()) {
      String name =
          connection.getMetaData().storesUpperCaseIdentifiers()
              ? table.name().toUpperCase(Locale.ROOT)
              : table.name();
      try (ResultSet result =
          connection.getMetaData().getIndexInfo(connection.getCatalog(), null, name, false, true)) {
        Map<String, String> indexes = new TreeMap<>();
        while (result.next()) {
          indexes.merge(
              result.getString("INDEX_NAME"),
              result.getString("COLUMN_NAME").toLowerCase(Locale.ROOT),
              (one, other) -> one + ", " + other);
        }
        return new TreeSet<>(indexes.values());
      }
    }
  }

  @Test
  void read_tableOfTheFirstVersion_saysHowToMigrateIt() {
    GrantTable table = FirstVersion.create(database, dataSource);

    TokenStoreException thrown =
        catchThrowableOfType(TokenStoreException.class, () -> table.store().read(ADA));

    assertThat(thrown).hasMessageContaining("migrate()");
    assertThat(thrown.isRetryable()).isFalse();
  }

  @Test
  void migrate_withoutAutoCommit_worksIfThatIsAllowed() throws SQLException {
    GrantTable table = FirstVersion.create(database, dataSource);
    TappedDataSource.Tap manual =
        new TappedDataSource.Tap() {
          @Override
          public void opened(Connection connection) throws SQLException {
            connection.setAutoCommit(false);
          }

          @Override
          public void closing(Connection connection) throws SQLException {
            assertThat(connection.getAutoCommit()).isFalse();
            connection.rollback();
            connection.setAutoCommit(true);
          }
        };
    DataSource source = new TappedDataSource(dataSource, manual);

    Throwable refused = catchThrowable(() -> table.builder(source).build().migrate());
    table.builder(source).withManualCommit().build().migrate();

    assertThat(refused).hasMessageContaining("withManualCommit()");
    assertThat(table.store().rows(RowFilter.state("OLD"), null, 100)).hasSize(6);
  }

  @Test
  void scripts_haveTheVersionOfOldRows() {
    assertThat(Script.read(database.scripts() + "-from-1.sql"))
        .extracting(Script.Step::statement)
        .filteredOn(statement -> statement.startsWith("UPDATE"))
        .singleElement()
        .asString()
        .contains("'" + Version.OLD + "'");
  }

  @Test
  void scripts_ofEveryKind_holdNoSemicolonWithinAStatement() {
    assertThat(List.of(".sql", "-from-1.sql"))
        .flatExtracting(kind -> Script.read(database.scripts() + kind))
        .extracting(Script.Step::statement)
        .allMatch(statement -> statement.matches("(?s)(CREATE|ALTER|UPDATE|INSERT|MERGE) .*"));
  }
}
