package com.withampersand.sdk.token.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.ReplayGuard;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Servers.Resolver.class)
class JdbcReplayGuardTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final Instant END = NOON.plusSeconds(1800);

  private final Servers servers;
  private final String table = "used_" + UUID.randomUUID().toString().replace("-", "");

  JdbcReplayGuardTest(Servers servers) {
    this.servers = servers;
  }

  private JdbcReplayGuard guard(Database database, Instant now) {
    return new JdbcReplayGuard(
        database.dataSource(servers), table, Clock.fixed(now, ZoneOffset.UTC));
  }

  private JdbcReplayGuard migrated(Database database) {
    JdbcReplayGuard guard = guard(database, NOON);
    guard.migrate();
    return guard;
  }

  private long rows(Database database) throws SQLException {
    DataSource dataSource = database.dataSource(servers);
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet count =
            statement.executeQuery(
                "SELECT COUNT(*) FROM "
                    + TableName.of(table).quoted(SqlDialect.of(connection), connection))) {
      count.next();
      return count.getLong(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void markUsed_onTwoNodes_isFirstOnce(Database database) {
    ReplayGuard one = migrated(database);
    ReplayGuard other = migrated(database);

    assertThat(one.markUsed("nonce", END)).isTrue();
    assertThat(other.markUsed("nonce", END)).isFalse();
    assertThat(one.markUsed("nonce", END)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void markUsed_noncesThatACollationTakesForOne_areTwo(Database database) {
    ReplayGuard guard = migrated(database);

    assertThat(guard.markUsed("aBc", END)).isTrue();
    assertThat(guard.markUsed("AbC", END)).isTrue();
    assertThat(guard.markUsed("aBc ", END)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void markUsed_byManyThreads_isFirstOnce(Database database) throws Exception {
    ReplayGuard guard = migrated(database);
    AtomicInteger firsts = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int i = 0; i < 200; i++) {
      String nonce = "n" + i / 4;
      threads.execute(() -> firsts.addAndGet(guard.markUsed(nonce, END) ? 1 : 0));
    }
    threads.shutdown();

    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(firsts).hasValue(50);
  }

  @ParameterizedTest
  @EnumSource
  void markUnused_afterwards_isFirstAgain(Database database) {
    ReplayGuard guard = migrated(database);
    guard.markUsed("nonce", END);

    guard.markUnused("nonce");
    guard.markUnused("never marked");

    assertThat(guard.markUsed("nonce", END)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void markUsed_longAfterOthers_deletesThem(Database database) throws SQLException {
    migrated(database).markUsed("old", END);

    guard(database, END.plus(Duration.ofMinutes(59))).markUsed("kept", END.plusSeconds(7200));
    long before = rows(database);
    guard(database, END.plus(Duration.ofMinutes(61))).markUsed("new", END.plusSeconds(7200));

    assertThat(before).isEqualTo(2);
    assertThat(rows(database)).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void markUsed_withoutTable_saysWhatToCall(Database database) {
    JdbcReplayGuard guard = guard(database, NOON);

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> guard.markUsed("nonce", END))
        .withMessageContaining("migrate()")
        .withMessageNotContaining("nonce")
        .returns(false, TokenStoreException::isRetryable);
  }

  @ParameterizedTest
  @EnumSource
  void migrate_byManyAtOnce_createsOneTable(Database database) throws Exception {
    AtomicInteger done = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int i = 0; i < 8; i++) {
      threads.execute(
          () -> {
            guard(database, NOON).migrate();
            done.incrementAndGet();
          });
    }
    threads.shutdown();

    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(done).hasValue(8);
    assertThat(rows(database)).isZero();
  }
}
