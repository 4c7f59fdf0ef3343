package com.withampersand.sdk.token.jdbc;

import static com.withampersand.sdk.token.jdbc.Rows.ADA;
import static com.withampersand.sdk.token.jdbc.Rows.change;
import static com.withampersand.sdk.token.jdbc.Rows.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.TokenStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is MariaDB's own, with both drivers. */
@ExtendWith(Servers.Resolver.class)
@ParameterizedClass
@EnumSource(names = {"MARIADB", "MYSQL_DRIVER"})
class MariaDbJdbcTest {
  private final Database database;
  private final MariaDbServer server;
  private final DataSource newConnections;
  private final GrantTable table;

  MariaDbJdbcTest(Database database, Servers servers) {
    this.database = database;
    server = servers.mariaDb();
    newConnections = database.newConnections(servers);
    table = GrantTable.create(database.dataSource(servers));
  }

  @Test
  void write_serverIsReadOnly_isRetryableAndKnownNotToHaveHappened() {
    Row row = insert(table.store(), ADA);
    table.run("CREATE USER IF NOT EXISTS application");
    table.run("GRANT ALL ON grants.* TO application");
    TokenStore store = table.builder(asApplication()).build();

    TokenStoreException thrown;
    table.run("SET GLOBAL read_only = 1");
    try {
      thrown =
          catchThrowableOfType(
              TokenStoreException.class, () -> store.write(ADA, row.revision(), change("x")));
    } finally {
      table.run("SET GLOBAL read_only = 0");
    }

    assertThat(thrown).hasMessageContaining("error 1290");
    assertThat(thrown.isRetryable()).isTrue();
    assertThat(thrown.isOutcomeUnknown()).isFalse();
    assertThat(store.write(ADA, row.revision(), change("x"))).isTrue();
  }

  /** Root may write to a server that is read-only. */
  private DataSource asApplication() {
    return database == Database.MARIADB
        ? server.dataSource("application")
        : server.mysqlDataSource("application");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void write_rowLockedByOthers_isRetryableAndKnownNotToHaveHappened() throws SQLException {
    Row row = insert(table.store(), ADA);
    TappedDataSource.Tap impatient =
        new TappedDataSource.Tap() {
          @Override
          public void opened(Connection connection) throws SQLException {
            execute(connection, "SET innodb_lock_wait_timeout = 0");
          }
        };
    try (Connection other = newConnections.getConnection()) {
      other.setAutoCommit(false);
      execute(other, "SELECT * FROM " + table.name() + " FOR UPDATE");

      TokenStoreException thrown =
          catchThrowableOfType(
              TokenStoreException.class,
              () ->
                  table
                      .builder(new TappedDataSource(newConnections, impatient))
                      .build()
                      .write(ADA, row.revision(), change("x")));
      other.rollback();

      assertThat(thrown).hasMessageContaining("error 1205");
      assertThat(thrown.isRetryable()).isTrue();
      assertThat(thrown.isOutcomeUnknown()).isFalse();
      assertThat(table.store().read(ADA).revision()).isEqualTo(row.revision());
    }
  }

  @Test
  void write_inAModeThatCutsWhatIsTooLong_cutsNothing() {
    TappedDataSource.Tap lenient =
        new TappedDataSource.Tap() {
          @Override
          public void opened(Connection connection) throws SQLException {
            execute(connection, "SET sql_mode = ''");
          }
        };
    TokenStore store = table.builder(new TappedDataSource(newConnections, lenient)).build();
    String sealed = "x".repeat(3 << 20);

    boolean written = store.write(ADA, Revision.ABSENT, change(sealed));

    assertThat(written).isTrue();
    assertThat(store.read(ADA).sealed()).isEqualTo(sealed);
  }

  // Plans

  @Test
  void pages_ofEachKind_areFoundByAnIndex() throws SQLException {
    table.run(
        "INSERT INTO # SELECT SHA2(seq, 256), 'salesforce', CONCAT('group-', seq % 200),"
            + " CONCAT('user-', seq), 'r', 'v', NULL, IF(seq % 100 = 0, 'BLOCKED', 'ACTIVE'), NULL,"
            + " 0, 0, 0, IF(seq % 100 = 0, 0, 9000000000000), IF(seq % 500 = 0, 1, NULL),"
            + " IF(seq % 500 = 0, 'h', NULL), IF(seq % 500 = 0, 5, NULL), 0, 'sealed'"
            + " FROM seq_1_to_20000");
    table.run("ANALYZE TABLE #");

    assertThat(keys(sql -> sql.page(RowFilter.all(), "a", 50))).containsExactly("PRIMARY");
    assertThat(keys(sql -> sql.page(RowFilter.state("BLOCKED"), "a", 50)))
        .containsExactly(table.name() + "_state");
    assertThat(keys(sql -> sql.page(RowFilter.group("salesforce", "group-7"), "", 50)))
        .containsExactly(table.name() + "_group");
    assertThat(keys(sql -> sql.page(RowFilter.lapsed(), "", 50)))
        .containsExactly(table.name() + "_lease");
    assertThat(keys(sql -> sql.due(null, 50))).containsExactly(table.name() + "_due");
    assertThat(keys(sql -> sql.due(new Row.Cursor(new StoreTime(0), "a"), 50)))
        .containsExactly(table.name() + "_due");
    assertThat(keys(sql -> sql.read("a"))).contains("PRIMARY");
  }

  @Test
  void due_behindACursorAmongManyOfOneInstant_readsNoneBeforeIt() throws SQLException {
    table.run(
        "INSERT INTO # SELECT SHA2(seq, 256), 'p', 'g', CONCAT('user-', seq), 'r', 'v', NULL, 'OLD',"
            + " NULL, 0, 0, 0, 0, NULL, NULL, NULL, 0, 'sealed' FROM seq_1_to_5000");
    GrantSql sql = new GrantSql(SqlDialect.MYSQL, table.name());
    Command command = sql.due(new Row.Cursor(new StoreTime(0), "e"), 50);

    try (SqlSession session = SqlSession.open(newConnections, 10, false)) {
      session.query(command, result -> "");
      long read =
          session
              .query(
                  Command.of("SHOW SESSION STATUS LIKE 'Handler_read_next'"),
                  result -> result.getLong(2))
              .get(0);

      assertThat(read).isBetween(1L, 200L);
    }
  }

  /** Returns the indexes that a query uses. */
  private List<String> keys(Function<GrantSql, Command> command) throws SQLException {
    Command explained = command.apply(new GrantSql(SqlDialect.MYSQL, table.name()));
    try (SqlSession session = SqlSession.open(newConnections, 10, false)) {
      return session.query(
          new Command("EXPLAIN " + explained.sql(), explained.values()),
          result -> String.valueOf(result.getString("key")));
    }
  }
}
