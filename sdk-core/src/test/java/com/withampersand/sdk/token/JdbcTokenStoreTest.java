package com.withampersand.sdk.token;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not depend on the database. */
class JdbcTokenStoreTest {
  private static final ConnectionKey ADA = new ConnectionKey("salesforce", "acme", "ada");
  private static final TokenSet TOKENS =
      TokenSet.builder(Secret.of("CanaryAccess!AQcAQH0"), Instant.parse("2026-11-24T12:00:00Z"))
          .refreshToken(Secret.of("CanaryRefresh!861"))
          .build();

  private final DataSource dataSource = h2();

  private static DataSource h2() {
    JdbcDataSource dataSource = new JdbcDataSource();
    dataSource.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    return dataSource;
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
        "a123456789012345678901234567890123456789012345678901234567890123"
      })
  void table_noPlainName_isRefused(String table) {
    JdbcTokenStore.Builder builder = JdbcTokenStore.builder(dataSource, GrantTable.CIPHER);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.table(table))
        .withMessageContaining("table");
  }

  @Test
  void table_withSchema_isUsed() {
    GrantTable other = new GrantTable(dataSource, "vault.grants");
    other.run("CREATE SCHEMA vault");
    JdbcTokenStore store = other.store();

    store.createTableIfMissing();
    store.save(ADA, TOKENS);

    assertThat(store.update(ADA, same -> same)).contains(TOKENS);
    assertThat(other.read("SELECT group_ref FROM #")).containsExactly("acme");
  }

  @Test
  void of_withoutMore_usesTheTableThatTheDocumentationNames() {
    JdbcTokenStore store = JdbcTokenStore.of(dataSource, GrantTable.CIPHER);

    store.createTableIfMissing();
    store.save(ADA, TOKENS);

    assertThat(new GrantTable(dataSource, "ampersand_grant").envelopes()).hasSize(1);
  }

  @Test
  void build_connectsToNothing() {
    DataSource none = new TappedDataSource(dataSource, new Failing("08001"));

    JdbcTokenStore store = JdbcTokenStore.of(none, GrantTable.CIPHER);

    assertThat(catchThrowable(() -> store.find(ADA))).isInstanceOf(TokenStoreException.class);
  }

  @Test
  void leaseLength_belowASecond_isRefused() {
    JdbcTokenStore.Builder builder = JdbcTokenStore.builder(dataSource, GrantTable.CIPHER);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.leaseLength(Duration.ofMillis(999)))
        .withMessageContaining("outlast");
  }

  @Test
  void longestWait_negative_isRefused() {
    JdbcTokenStore.Builder builder = JdbcTokenStore.builder(dataSource, GrantTable.CIPHER);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.longestWait(Duration.ofNanos(-1)));
  }

  @Test
  void update_leaseLengthNotSet_leasesFor90Seconds() {
    assertThat(secondsLeased(GrantTable.create(dataSource).builder())).isBetween(80L, 90L);
  }

  @Test
  void update_leaseLengthSet_leasesForAsLong() {
    JdbcTokenStore.Builder builder =
        GrantTable.create(dataSource).builder().leaseLength(Duration.ofHours(1));

    assertThat(secondsLeased(builder)).isBetween(3590L, 3600L);
  }

  private long secondsLeased(JdbcTokenStore.Builder builder) {
    JdbcTokenStore store = builder.build();
    store.save(ADA, TOKENS);
    List<String> seconds = new ArrayList<>();
    GrantTable table = new GrantTable(dataSource, tableOf(dataSource));
    store.update(
        ADA,
        tokens -> {
          seconds.addAll(
              table.read("SELECT DATEDIFF('SECOND', CURRENT_TIMESTAMP, lease_until) FROM #"));
          return tokens;
        });
    return Long.parseLong(seconds.get(0));
  }

  private static String tableOf(DataSource dataSource) {
    return new GrantTable(dataSource, "INFORMATION_SCHEMA.TABLES")
        .read("SELECT table_name FROM # WHERE table_schema = 'PUBLIC'")
        .get(0);
  }

  // Databases and drivers

  @Test
  void find_databaseThatIsNotSpoken_isRefusedByItsName() {
    DataSource oracle = new RenamedDataSource(dataSource, "Oracle");
    JdbcTokenStore store = JdbcTokenStore.of(oracle, GrantTable.CIPHER);

    TokenStoreException thrown =
        catchThrowableOfType(TokenStoreException.class, () -> store.find(ADA));

    assertThat(thrown).hasMessageContaining("Oracle").hasMessageContaining("PostgreSQL");
    assertThat(thrown.isRetryable()).isFalse();
  }

  @Test
  void createTableIfMissing_mayNotButTableIsThere_isContent() {
    GrantTable table = GrantTable.create(dataSource);
    DataSource restricted = new TappedDataSource(dataSource, new NoCreation());

    table.builder(restricted).build().createTableIfMissing();

    assertThat(table.store().keys(null, 1)).isEmpty();
  }

  @Test
  void createTableIfMissing_mayNotAndNoTable_saysSo() {
    GrantTable table = GrantTable.missing(dataSource);
    DataSource restricted = new TappedDataSource(dataSource, new NoCreation());

    Throwable thrown =
        catchThrowable(() -> table.builder(restricted).build().createTableIfMissing());

    assertThat(thrown)
        .isInstanceOf(TokenStoreException.class)
        .hasMessageContaining("created")
        .hasMessageContaining("42501");
  }

  private static final class NoCreation implements TappedDataSource.Tap {
    @Override
    public void before(PreparedStatement statement, String sql) throws SQLException {
      if (sql.startsWith("CREATE")) {
        throw new SQLException("may not", "42501");
      }
    }
  }

  @Test
  void find_driverWithoutNetworkTimeout_worksAllTheSame() {
    GrantTable table = GrantTable.create(dataSource);
    table.store().save(ADA, TOKENS);
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

    assertThat(table.builder(old).build().find(ADA)).contains(TOKENS);
  }

  @Test
  void statements_ofAnyKind_areBoundedInTime() {
    GrantTable table = GrantTable.create(dataSource);
    List<Integer> seconds = new ArrayList<>();
    TappedDataSource.Tap tap =
        new TappedDataSource.Tap() {
          @Override
          public void before(PreparedStatement statement, String sql) throws SQLException {
            seconds.add(statement.getQueryTimeout());
          }
        };
    JdbcTokenStore store = table.builder(new TappedDataSource(dataSource, tap)).build();

    store.createTableIfMissing();
    store.save(ADA, TOKENS);
    store.find(ADA);
    store.keys(null, 1);
    store.update(ADA, same -> same);
    store.delete(ADA);

    assertThat(seconds).hasSizeGreaterThan(8).containsOnly(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "22001"})
  void connections_whateverFails_areGivenBack(String state) throws SQLException {
    GrantTable table = GrantTable.create(dataSource);
    table.store().save(ADA, TOKENS);
    try (SmallPool pool = new SmallPool(dataSource, 1)) {
      DataSource failing = new TappedDataSource(pool, new Failing(state));
      JdbcTokenStore store = table.builder(failing).time(new MovableTime()).build();

      List<@Nullable Throwable> thrown = new ArrayList<>();
      thrown.add(catchThrowable(() -> store.find(ADA)));
      thrown.add(catchThrowable(() -> store.save(ADA, TOKENS)));
      thrown.add(catchThrowable(() -> store.delete(ADA)));
      thrown.add(catchThrowable(() -> store.update(ADA, same -> same)));
      thrown.add(catchThrowable(() -> store.keys(null, 1)));
      thrown.add(catchThrowable(store::createTableIfMissing));

      assertThat(thrown).hasSize(6).hasOnlyElementsOfType(TokenStoreException.class);
      assertThat(thrown).allSatisfy(e -> assertThat(e).hasMessageContaining(state));
      assertThat(pool.isComplete()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01", "90131"})
  void changes_inConflictWithAnother_areTriedAgain(String state) {
    GrantTable table = GrantTable.create(dataSource);
    Conflicts conflicts = new Conflicts(state);
    MovableTime time = new MovableTime();
    JdbcTokenStore store =
        table.builder(new TappedDataSource(dataSource, conflicts)).time(time).build();

    conflicts.next(3);
    store.save(ADA, TOKENS);
    conflicts.next(3);
    Optional<TokenSet> updated = store.update(ADA, same -> same);
    conflicts.next(3);
    boolean deleted = store.delete(ADA);

    assertThat(updated).contains(TOKENS);
    assertThat(deleted).isTrue();
    assertThat(time.pauses()).hasSize(9);
  }

  /** Lets changes fail since another was faster. */
  private static final class Conflicts implements TappedDataSource.Tap {
    private final String state;
    private int left;

    Conflicts(String state) {
      this.state = state;
    }

    void next(int count) {
      left = count;
    }

    @Override
    public void before(PreparedStatement statement, String sql) throws SQLException {
      if (left > 0 && !sql.startsWith("SELECT")) {
        left--;
        throw new SQLException("another was faster", state);
      }
    }
  }

  /** Lets each statement fail. */
  private record Failing(String state) implements TappedDataSource.Tap {
    @Override
    public void before(PreparedStatement statement, String sql) throws SQLException {
      throw new SQLException("fails", state);
    }
  }

  @Test
  void save_connectionCannotBeRestored_isSavedAllTheSame() {
    GrantTable table = GrantTable.create(dataSource);
    DataSource broken =
        new TestDataSource() {
          @Override
          public Connection getConnection() throws SQLException {
            Connection real = dataSource.getConnection();
            real.setAutoCommit(false);
            return proxy(
                Connection.class,
                (method, arguments) -> {
                  if (method.getName().equals("setAutoCommit") && arguments[0].equals(false)) {
                    throw new SQLException("broken", "08006");
                  }
                  return call(real, method, arguments);
                });
          }
        };

    table.builder(broken).build().save(ADA, TOKENS);

    assertThat(table.store().find(ADA)).contains(TOKENS);
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

  // Secrets

  @Test
  void save_driverQuotesTheRow_saysNothingOfIt() {
    GrantTable table = GrantTable.create(dataSource);
    table.run("ALTER TABLE # ALTER COLUMN tokens CHARACTER VARYING(8)");
    JdbcTokenStore store =
        JdbcTokenStore.builder(dataSource, TokenCipher.storingPlainText())
            .table(table.name())
            .build();
    String plain = TokenCipher.storingPlainText().seal(ADA, TOKENS);

    Throwable byDriver =
        catchThrowable(
            () ->
                table.run(
                    "INSERT INTO # (grant_id, provider, group_ref, consumer_ref, tokens, version) VALUES ('i', 'p', 'g', 'c', '"
                        + plain
                        + "', 1)"));
    Throwable byStore = catchThrowable(() -> store.save(ADA, TOKENS));

    assertThat(printed(byDriver)).contains(plain.substring(0, 30));
    assertThat(byStore).isInstanceOf(TokenStoreException.class).hasMessageContaining("22001");
    assertThat(printed(byStore)).doesNotContain(plain.substring(0, 30)).doesNotContain("Canary");
  }

  private static String printed(@Nullable Throwable thrown) {
    StringWriter text = new StringWriter();
    if (thrown != null) {
      thrown.printStackTrace(new PrintWriter(text));
    }
    return text.toString();
  }

  // Time

  @Test
  void leases_areJudgedByTheDatabasesClockAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Clock.class, Instant.class, Date.class)
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(
            new ClassFileImporter()
                .importClasses(
                    JdbcTokenStore.class,
                    GrantLeases.class,
                    GrantRows.class,
                    GrantSql.class,
                    SqlDialect.class,
                    SqlSession.class,
                    Patience.class,
                    Lease.class));
  }
}
