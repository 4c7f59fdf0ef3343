package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

@ExtendWith(DatabaseServers.class)
class PostgresJdbcTokenStoreTest extends JdbcTokenStoreContract {
  private final PostgresServer server;

  PostgresJdbcTokenStoreTest(PostgresServer server) {
    this.server = server;
  }

  @Override
  DataSource dataSource() {
    return server.pool();
  }

  @Override
  DataSource newConnections() {
    return server.dataSource();
  }

  @Override
  String timeZone(String offset) {
    return "SET TIME ZONE INTERVAL '" + offset + "' HOUR TO MINUTE";
  }

  @Override
  int statementsToInsert() {
    return 1;
  }

  @Override
  int statementsToUpdate() {
    return 2;
  }

  @Test
  void update_networkCutAfterTheChange_isStoredWhenItIsMended() throws IOException {
    GrantTable table = GrantTable.create(server.pool());
    table.store().save(ADA, tokens("old"));
    try (Relay relay = new Relay(server.port())) {
      AtomicInteger pauses = new AtomicInteger();
      MovableTime time =
          new MovableTime()
              .during(
                  () -> {
                    if (pauses.incrementAndGet() == 3) {
                      relay.mend();
                    }
                  });
      TokenStore store = table.builder(behind(relay)).time(time).build();

      Optional<TokenSet> stored =
          store.update(
              ADA,
              old -> {
                relay.cut();
                return tokens("new");
              });

      assertThat(stored).contains(tokens("new"));
      assertThat(pauses).hasValue(3);
      assertThat(table.store().find(ADA)).contains(tokens("new"));
    }
  }

  @Test
  @Tag("storm") // the driver needs 15 s to find out
  void update_networkSilentAfterTheChange_isStoredWhenItIsMended() throws Exception {
    GrantTable table = GrantTable.create(server.pool());
    table.store().save(ADA, tokens("old"));
    try (Relay relay = new Relay(server.port())) {
      DataSource pool = new KeptConnection(behind(relay));
      TokenStore store = table.builder(pool).time(new MovableTime().during(relay::mend)).build();

      Optional<TokenSet> stored =
          store.update(
              ADA,
              old -> {
                relay.goSilent();
                return tokens("new");
              });

      assertThat(stored).contains(tokens("new"));
      assertThat(table.store().find(ADA)).contains(tokens("new"));
    }
  }

  /** Keeps its connection, as pools do, until that fails. */
  private static final class KeptConnection extends TestDataSource {
    private final DataSource real;
    private Connection kept;

    KeptConnection(DataSource real) throws SQLException {
      this.real = real;
      this.kept = real.getConnection();
    }

    @Override
    public Connection getConnection() throws SQLException {
      if (kept.isClosed()) {
        kept = real.getConnection();
      }
      return proxy(
          Connection.class,
          (method, arguments) ->
              method.getName().equals("close") ? kept : call(kept, method, arguments));
    }
  }

  private static TokenSet tokens(String accessToken) {
    return TokenSet.builder(Secret.of(accessToken), Instant.parse("2026-11-24T12:00:00Z")).build();
  }

  private static DataSource behind(Relay relay) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl("jdbc:postgresql://127.0.0.1:" + relay.port() + "/postgres?user=postgres");
    return dataSource;
  }

  @Test
  void connections_duringAStatement_areNotSilentForEverAndGivenBackAsTheyWere() {
    GrantTable table = GrantTable.create(server.pool());
    SilenceLog log = new SilenceLog();

    table.builder(new TappedDataSource(server.dataSource(), log)).build().keys(null, 1);

    assertThat(log.during).containsExactly(15_000);
    assertThat(log.after).containsExactly(0);
  }

  /** Notes how long connections may be silent. */
  private static final class SilenceLog implements TappedDataSource.Tap {
    private final List<Integer> during = new ArrayList<>();
    private final List<Integer> after = new ArrayList<>();

    @Override
    public void before(PreparedStatement statement, String sql) throws SQLException {
      during.add(statement.getConnection().getNetworkTimeout());
    }

    @Override
    public void closing(Connection connection) throws SQLException {
      after.add(connection.getNetworkTimeout());
    }
  }
}
