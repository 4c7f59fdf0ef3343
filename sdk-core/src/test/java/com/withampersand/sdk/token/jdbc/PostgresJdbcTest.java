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
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is PostgreSQL's own. */
@ExtendWith(Servers.Resolver.class)
class PostgresJdbcTest {
  private final PostgresServer server;
  private final GrantTable table;

  PostgresJdbcTest(Servers servers) {
    server = servers.postgres();
    table = GrantTable.create(server.pool());
  }

  private TokenStore tapped(TappedDataSource.Tap tap) {
    return table.builder(new TappedDataSource(server.dataSource(), tap)).build();
  }

  @Test
  void write_serverIsReadOnly_isRetryableAndKnownNotToHaveHappened() {
    TokenStore store =
        tapped(
            new TappedDataSource.Tap() {
              @Override
              public void opened(Connection connection) throws SQLException {
                execute(connection, "SET default_transaction_read_only = on");
              }
            });

    TokenStoreException thrown =
        catchThrowableOfType(
            TokenStoreException.class, () -> store.write(ADA, Revision.ABSENT, change("x")));

    assertThat(thrown).hasMessageContaining("25006");
    assertThat(thrown.isRetryable()).isTrue();
    assertThat(thrown.isOutcomeUnknown()).isFalse();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void write_backendIsEnded_isRetryableWithAnUnknownOutcome() {
    TokenStore store =
        tapped(
            new TappedDataSource.Tap() {
              @Override
              public void before(PreparedStatement statement, String sql) throws SQLException {
                table.read("SELECT pg_terminate_backend(" + pid(statement.getConnection()) + ")");
              }
            });

    TokenStoreException thrown =
        catchThrowableOfType(
            TokenStoreException.class, () -> store.write(ADA, Revision.ABSENT, change("x")));

    assertThat(thrown.isRetryable()).isTrue();
    assertThat(thrown.isOutcomeUnknown()).isTrue();
  }

  private static int pid(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT pg_backend_pid()")) {
      result.next();
      return result.getInt(1);
    }
  }

  @Test
  void write_rowLockedByOthers_endsWithTheStatementsLimit() throws SQLException {
    Row row = insert(table.store(), ADA);
    try (Connection other = server.dataSource().getConnection()) {
      other.setAutoCommit(false);
      execute(other, "SELECT * FROM " + table.name() + " FOR UPDATE");
      TokenStore store =
          tapped(
              new TappedDataSource.Tap() {
                @Override
                public void before(PreparedStatement statement, String sql) throws SQLException {
                  execute(statement.getConnection(), "SET statement_timeout = 100");
                }
              });

      TokenStoreException thrown =
          catchThrowableOfType(
              TokenStoreException.class, () -> store.write(ADA, row.revision(), change("x")));
      other.rollback();

      assertThat(thrown).hasMessageContaining("57014");
      assertThat(thrown.isRetryable()).isTrue();
      assertThat(thrown.isOutcomeUnknown()).isFalse();
      assertThat(table.store().read(ADA).revision()).isEqualTo(row.revision());
    }
  }

  @Test
  void connections_duringAStatement_mayBeSilentFor15SecondsAndGoBackAsTheyWere() {
    List<Integer> during = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    TokenStore store =
        tapped(
            new TappedDataSource.Tap() {
              @Override
              public void before(PreparedStatement statement, String sql) throws SQLException {
                during.add(statement.getConnection().getNetworkTimeout());
              }

              @Override
              public void closing(Connection connection) throws SQLException {
                after.add(connection.getNetworkTimeout());
              }
            });

    store.rows(RowFilter.all(), null, 1);

    assertThat(during).containsExactly(15_000);
    assertThat(after).containsExactly(0);
  }

  // Plans

  @Test
  void pages_ofEachKind_areFoundByAnIndex() throws SQLException {
    table.run(
        "INSERT INTO # SELECT md5(CAST(i AS text)), 'salesforce', 'group-' || i % 200, 'user-' || i,"
            + " 'r', 'v', NULL, CASE WHEN i % 100 = 0 THEN 'BLOCKED' ELSE 'ACTIVE' END, NULL, 0, 0,"
            + " 0, CASE WHEN i % 100 = 0 THEN 0 ELSE 9000000000000 END,"
            + " CASE WHEN i % 500 = 0 THEN 1 END, CASE WHEN i % 500 = 0 THEN 'h' END,"
            + " CASE WHEN i % 500 = 0 THEN 5 END, 0, 'sealed' FROM generate_series(1, 20000) AS i");
    table.run("ANALYZE #");

    assertThat(plan(sql -> sql.page(RowFilter.all(), "a", 50)))
        .contains(table.name() + "_pkey")
        .doesNotContain("Seq Scan");
    assertThat(plan(sql -> sql.page(RowFilter.state("BLOCKED"), "a", 50)))
        .contains(table.name() + "_state")
        .doesNotContain("Seq Scan");
    assertThat(plan(sql -> sql.page(RowFilter.group("salesforce", "group-7"), "", 50)))
        .contains(table.name() + "_group")
        .doesNotContain("Seq Scan");
    assertThat(plan(sql -> sql.page(RowFilter.lapsed(), "", 50)))
        .contains(table.name() + "_lease")
        .doesNotContain("Seq Scan");
    assertThat(plan(sql -> sql.due(null, 50)))
        .contains("Index Cond: (look_at <=")
        .contains(table.name() + "_due")
        .doesNotContain("Seq Scan");
    assertThat(plan(sql -> sql.due(new Row.Cursor(new StoreTime(0), "a"), 50)))
        .contains("Index Cond: ((look_at <=")
        .contains("ROW(look_at,")
        .doesNotContain("Seq Scan");
    assertThat(plan(sql -> sql.read("a"))).contains(table.name() + "_pkey");
  }

  private String plan(Function<GrantSql, Command> command) throws SQLException {
    GrantSql sql = new GrantSql(SqlDialect.POSTGRESQL, table.name());
    Command explained = command.apply(sql);
    try (SqlSession session = SqlSession.open(server.pool(), 10, false)) {
      List<String> lines =
          session.query(
              new Command("EXPLAIN " + explained.sql(), explained.values()),
              result -> result.getString(1));
      return String.join("\n", lines);
    }
  }
}
