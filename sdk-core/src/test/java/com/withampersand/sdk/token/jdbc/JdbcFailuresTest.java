package com.withampersand.sdk.token.jdbc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.withampersand.sdk.token.jdbc.Rows.ADA;
import static com.withampersand.sdk.token.jdbc.Rows.change;
import static com.withampersand.sdk.token.jdbc.Rows.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.TokenStore;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of failures, and other things that do not depend on the database. */
@SuppressWarnings("CheckReturnValue")
class JdbcFailuresTest {
  private final DataSource dataSource = Database.h2(UUID.randomUUID().toString());
  private final GrantTable table = GrantTable.create(dataSource);

  private TokenStore tapped(TappedDataSource.Tap tap) {
    return table.builder(new TappedDataSource(dataSource, tap)).build();
  }

  /** Fails at the next statements. */
  private static final class Failing implements TappedDataSource.Tap {
    private final SQLException error;
    private final boolean afterwards;
    private int left;

    Failing(String state, int code, int times, boolean afterwards) {
      this.error = new SQLException("reason", state.isEmpty() ? null : state, code);
      this.left = times;
      this.afterwards = afterwards;
    }

    @Override
    public void before(PreparedStatement statement, String sql) throws SQLException {
      if (!afterwards && left-- > 0) {
        throw error;
      }
    }

    @Override
    public void after(String sql) throws SQLException {
      if (afterwards && left-- > 0) {
        throw error;
      }
    }
  }

  // Building

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "grants; DROP TABLE users",
        "grants--",
        "a b",
        "a\n",
        "\na",
        "1a",
        "a'",
        "\"a\"",
        "`a`",
        "\u00e4",
        "a.b.c",
        "a.",
        ".a",
        "a12345678901234567890123456789012345678901234567890123456"
      })
  void table_noPlainName_isRefused(String name) {
    JdbcTokenStore.Builder builder = JdbcTokenStore.builder(dataSource);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.table(name))
        .withMessageContaining("table");
  }

  @Test
  void of_withoutMore_usesTheTableThatTheDocumentationNames() {
    JdbcTokenStore store = JdbcTokenStore.of(dataSource);

    store.migrate();
    insert(store, ADA);

    assertThat(new GrantTable(dataSource, "ampersand_grant").read("SELECT group_ref FROM #"))
        .containsExactly("acme");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DATABASE_TO_LOWER=TRUE",
        "DATABASE_TO_UPPER=FALSE",
        "MODE=MySQL",
        "IGNORECASE=TRUE"
      })
  void migrate_h2ThatFoldsNamesOtherwise_isTheSameTableAsWithoutQuotes(String setting) {
    DataSource h2 = Database.h2(UUID.randomUUID() + ";" + setting);
    GrantTable mixed = new GrantTable(h2, "My_Grants");

    mixed.store().migrate();
    insert(mixed.store(), ADA);

    assertThat(mixed.read("SELECT group_ref FROM #")).containsExactly("acme");
    assertThat(mixed.store().rows(RowFilter.group("salesforce", "ACME"), null, 10)).isEmpty();
  }

  @Test
  void build_connectsToNothing() {
    StatementCount count = new StatementCount();

    String statements = count.of(() -> table.builder(count.of(dataSource)).build());

    assertThat(statements).isEqualTo("0 connections, 0 statements");
  }

  // Writes that fail

  @Test
  void write_noConnection_isRetryableAndKnownNotToHaveHappened() {
    TokenStore store =
        tapped(
            new TappedDataSource.Tap() {
              @Override
              public void opened(Connection connection) throws SQLException {
                throw new SQLException("no connection", "08001");
              }
            });

    TokenStoreException thrown = failingInsert(store);

    assertThat(thrown.isRetryable()).isTrue();
    assertThat(thrown.isOutcomeUnknown()).isFalse();
    assertThat(thrown).hasMessageContaining("ada").hasMessageContaining("08001");
  }

  private static TokenStoreException failingInsert(TokenStore store) {
    return catchThrowableOfType(
        TokenStoreException.class, () -> store.write(ADA, Revision.ABSENT, change("x")));
  }

  @ParameterizedTest
  @CsvSource({"08006, 0", "40003, 0", "57P01, 0", "'', 0"})
  void write_answerLostAfterItHappened_hasAnUnknownOutcomeThatTheRevisionTells(
      String state, int code) {
    TokenStore store = tapped(new Failing(state, code, 1, true));
    Row.Change next = change("x");

    TokenStoreException thrown =
        catchThrowableOfType(
            TokenStoreException.class, () -> store.write(ADA, Revision.ABSENT, next));

    assertThat(thrown.isRetryable()).isTrue();
    assertThat(thrown.isOutcomeUnknown()).isTrue();
    assertThat(store.read(ADA).revision()).isEqualTo(next.revision());
    assertThat(store.write(ADA, Revision.ABSENT, next)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"40001, 0", "40P01, 0", "HYT00, 50200", "90131, 90131", "HY000, 1020"})
  void write_inConflictWithAnother_saysFalse(String state, int code) {
    TokenStore store = tapped(new Failing(state, code, 1, false));

    boolean first = store.write(ADA, Revision.ABSENT, change("x"));
    boolean again = store.write(ADA, Revision.ABSENT, change("x"));

    assertThat(first).isFalse();
    assertThat(again).isTrue();
  }

  @Test
  void write_duplicateOfAnotherKindThanTheRow_isNoReasonToReadAgain() {
    insert(table.store(), ADA);
    Revision revision = table.store().read(ADA).revision();
    TokenStore store = tapped(new Failing("23505", 0, 1, false));

    Throwable thrown = catchThrowable(() -> store.write(ADA, revision, change("x")));

    assertThat(thrown).isInstanceOf(TokenStoreException.class).hasMessageContaining("23505");
  }

  @Test
  void write_driverThrowsWhatItShouldNot_isRetryableWithAnUnknownOutcome() {
    TokenStore store =
        tapped(
            new TappedDataSource.Tap() {
              @Override
              public void before(PreparedStatement statement, String sql) {
                throw new IllegalStateException("v2.k1.secret");
              }
            });

    TokenStoreException thrown = failingInsert(store);

    assertThat(thrown.isRetryable()).isTrue();
    assertThat(thrown.isOutcomeUnknown()).isTrue();
    assertThat(thrown).hasStackTraceContaining("IllegalStateException");
    assertThat(String.valueOf(thrown.getCause())).doesNotContain("secret");
  }

  @Test
  void write_dataSourceThrowsWhatItShouldNot_isRetryableAndKnownNotToHaveHappened() {
    DataSource closed =
        new TestDataSource() {
          @Override
          public Connection getConnection() {
            throw new IllegalStateException("pool is closed");
          }
        };

    TokenStoreException thrown = failingInsert(table.builder(closed).build());

    assertThat(thrown.isRetryable()).isTrue();
    assertThat(thrown.isOutcomeUnknown()).isFalse();
  }

  @Test
  void write_connectionCannotBeRestored_happenedAllTheSame() {
    DataSource broken =
        new TestDataSource() {
          @Override
          public Connection getConnection() throws SQLException {
            Connection real = dataSource.getConnection();
            return proxy(
                Connection.class,
                (method, arguments) -> {
                  if (method.getName().equals("createStatement")) {
                    throw new SQLException("broken", "08006");
                  }
                  return call(real, method, arguments);
                });
          }
        };

    boolean written = table.builder(broken).build().write(ADA, Revision.ABSENT, change("x"));

    assertThat(written).isTrue();
  }

  // Reads that fail

  @ParameterizedTest
  @CsvSource({"40001, 0", "HYT00, 50200"})
  void reads_inConflictWithOthers_areRepeated(String state, int code) {
    insert(table.store(), ADA);

    assertThat(tapped(new Failing(state, code, 9, false)).read(ADA).isAbsent()).isFalse();
    assertThat(tapped(new Failing(state, code, 9, false)).rows(RowFilter.all(), null, 5))
        .hasSize(1);
    assertThat(tapped(new Failing(state, code, 9, false)).due(null, 5)).isEmpty();
  }

  @Test
  void read_inConflictWithoutAnEnd_failsAndIsRetryable() {
    TokenStore store = tapped(new Failing("40001", 0, 1000, false));

    TokenStoreException thrown =
        catchThrowableOfType(TokenStoreException.class, () -> store.read(ADA));

    assertThat(thrown.isRetryable()).isTrue();
  }

  @Test
  void read_connectionBroken_isNotRepeated() {
    StatementCount count = new StatementCount();
    Failing broken = new Failing("08006", 0, 1000, false);
    TokenStore store = table.builder(count.of(new TappedDataSource(dataSource, broken))).build();

    String statements =
        count.of(
            () ->
                assertThat(catchThrowable(() -> store.read(ADA)))
                    .isInstanceOf(TokenStoreException.class));

    assertThat(statements).isEqualTo("1 connections, 1 statements");
  }

  // Connections

  @ParameterizedTest
  @ValueSource(strings = {"08006", "22001", "40001"})
  void connections_ofAnyFailure_areGivenBack(String state) throws SQLException {
    try (SmallPool pool = new SmallPool(dataSource, 1)) {
      DataSource failing = new TappedDataSource(pool, new Failing(state, 0, 1000, false));
      JdbcTokenStore store = table.builder(failing).build();

      List<@Nullable Throwable> thrown = new ArrayList<>();
      thrown.add(catchThrowable(() -> store.read(ADA)));
      thrown.add(catchThrowable(() -> store.rows(RowFilter.all(), null, 1)));
      thrown.add(catchThrowable(() -> store.due(null, 1)));
      thrown.add(catchThrowable(store::migrate));
      catchThrowable(() -> store.write(ADA, Revision.ABSENT, change("x")));

      assertThat(thrown).hasOnlyElementsOfType(TokenStoreException.class);
      assertThat(thrown).allSatisfy(e -> assertThat(e).hasMessageContaining(state));
      assertThat(pool.isComplete()).isTrue();
    }
  }

  @Test
  void statements_ofEachOperation_areStoppedAfterTenSeconds() {
    List<Integer> seconds = new ArrayList<>();
    TokenStore store =
        tapped(
            new TappedDataSource.Tap() {
              @Override
              public void before(PreparedStatement statement, String sql) throws SQLException {
                seconds.add(statement.getQueryTimeout());
              }
            });

    Row row = insert(store, ADA);
    store.rows(RowFilter.all(), null, 1);
    store.due(null, 1);
    store.write(ADA, row.revision(), Row.Change.remove());

    assertThat(seconds).hasSize(5).containsOnly(10);
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "30, 10", "3, 3"})
  void statements_ofASessionWithALimitOfItsOwn_areStoppedByTheStricterAndLeaveIt(
      int own, int during) throws SQLException {
    List<Integer> seconds = new ArrayList<>();
    try (SmallPool pool = new SmallPool(dataSource, 1)) {
      limit(pool, own);
      TappedDataSource.Tap tap =
          new TappedDataSource.Tap() {
            @Override
            public void before(PreparedStatement statement, String sql) throws SQLException {
              seconds.add(statement.getQueryTimeout());
            }
          };

      table.builder(new TappedDataSource(pool, tap)).build().read(ADA);

      assertThat(seconds).containsExactly(during);
      assertThat(limit(pool)).isEqualTo(own);
    }
  }

  private static void limit(DataSource pool, int seconds) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(seconds);
    }
  }

  private static int limit(DataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      return statement.getQueryTimeout();
    }
  }

  @Test
  void read_driverWithoutNetworkTimeout_works() {
    insert(table.store(), ADA);
    DataSource old =
        new TestDataSource() {
          @Override
          public Connection getConnection() throws SQLException {
            Connection real = dataSource.getConnection();
            return proxy(
                Connection.class,
                (method, arguments) -> {
                  if (method.getName().endsWith("NetworkTimeout")) {
                    throw new SQLFeatureNotSupportedException();
                  }
                  return call(real, method, arguments);
                });
          }
        };

    assertThat(table.builder(old).build().read(ADA).isAbsent()).isFalse();
  }

  @Test
  void read_databaseThatIsNotSupported_isRefusedByItsName() {
    TokenStore store = table.builder(new RenamedDataSource(dataSource, "Oracle")).build();

    TokenStoreException thrown =
        catchThrowableOfType(TokenStoreException.class, () -> store.read(ADA));

    assertThat(thrown).hasMessageContaining("Oracle").hasMessageContaining("PostgreSQL");
    assertThat(thrown.isRetryable()).isFalse();
  }

  /** A database that says it is another. */
  private static final class RenamedDataSource extends TestDataSource {
    private final DataSource real;
    private final String product;

    RenamedDataSource(DataSource real, String product) {
      this.real = real;
      this.product = product;
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection connection = real.getConnection();
      return proxy(
          Connection.class,
          (method, arguments) ->
              method.getName().equals("getMetaData")
                  ? renamed(connection.getMetaData())
                  : call(connection, method, arguments));
    }

    private DatabaseMetaData renamed(DatabaseMetaData metaData) {
      return proxy(
          DatabaseMetaData.class,
          (method, arguments) ->
              method.getName().equals("getDatabaseProductName")
                  ? product
                  : call(metaData, method, arguments));
    }
  }

  // Time

  @Test
  void times_areTheDatabasesAlone() {
    // States expire by the clock of the node that signed them.
    noClasses()
        .that()
        .doNotHaveSimpleName("JdbcReplayGuard")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Clock.class, Instant.class, Date.class)
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(JdbcTokenStore.class.getPackageName()));
  }
}
