package com.withampersand.sdk.token.jdbc;

import static com.withampersand.sdk.token.jdbc.Rows.ADA;
import static com.withampersand.sdk.token.jdbc.Rows.change;
import static com.withampersand.sdk.token.jdbc.Rows.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.TokenStore;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pools that applications use, with one connection and little patience. */
class JdbcPoolsTest {
  private static final Duration PATIENCE = Duration.ofMillis(250);

  private final String name = UUID.randomUUID().toString();
  private final String url = "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1";
  private final GrantTable table = GrantTable.create(Database.h2(name));

  /** A pool. */
  enum Pool {
    HIKARI {
      @Override
      DataSource open(String url) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setMaximumPoolSize(1);
        pool.setConnectionTimeout(PATIENCE.toMillis());
        return pool;
      }
    },
    DBCP2 {
      @Override
      DataSource open(String url) {
        BasicDataSource pool = new BasicDataSource();
        pool.setUrl(url);
        pool.setMaxTotal(1);
        pool.setMaxWait(PATIENCE);
        return pool;
      }
    },
    AGROAL {
      @Override
      DataSource open(String url) throws SQLException {
        return AgroalDataSource.from(
            new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(
                    pool ->
                        pool.maxSize(1)
                            .acquisitionTimeout(PATIENCE)
                            .connectionFactoryConfiguration(factory -> factory.jdbcUrl(url))));
      }
    };

    abstract DataSource open(String url) throws SQLException;
  }

  @ParameterizedTest
  @EnumSource
  void operations_poolExhausted_areRetryableAndKnownNotToHaveHappened(Pool kind) throws Exception {
    DataSource pool = kind.open(url);
    TokenStore store = table.builder(pool).build();
    Row row = insert(store, ADA);
    try (AutoCloseable closing = (AutoCloseable) pool) {
      TokenStoreException read;
      TokenStoreException write;
      try (Connection taken = pool.getConnection()) {
        assertThat(taken.isClosed()).isFalse();
        read = catchThrowableOfType(TokenStoreException.class, () -> store.read(ADA));
        write =
            catchThrowableOfType(
                TokenStoreException.class, () -> store.write(ADA, row.revision(), change("x")));
      }
      boolean afterwards = store.write(ADA, row.revision(), change("x"));

      assertThat(read.isRetryable()).isTrue();
      assertThat(write.isRetryable()).isTrue();
      assertThat(write.isOutcomeUnknown()).isFalse();
      assertThat(write).hasMessageContaining("try again");
      assertThat(afterwards).isTrue();
      assertThat(closing).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void operations_poolClosed_areRetryable(Pool kind) throws Exception {
    DataSource pool = kind.open(url);
    TokenStore store = table.builder(pool).build();
    store.read(ADA);

    ((AutoCloseable) pool).close();
    TokenStoreException read =
        catchThrowableOfType(TokenStoreException.class, () -> store.read(ADA));

    assertThat(read.isRetryable()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void operations_threadInterrupted_keepTheFlag(Pool kind) throws Exception {
    DataSource pool = kind.open(url);
    TokenStore store = table.builder(pool).build();
    insert(store, ADA);
    try (AutoCloseable closing = (AutoCloseable) pool;
        Connection taken = pool.getConnection()) {
      Thread.currentThread().interrupt();
      @Nullable Throwable read = catchThrowable(() -> store.read(ADA));
      boolean flagAfterRead = Thread.interrupted();
      Thread.currentThread().interrupt();
      TokenStoreException write =
          catchThrowableOfType(
              TokenStoreException.class, () -> store.write(ADA, Revision.ABSENT, change("x")));
      boolean flagAfterWrite = Thread.interrupted();

      assertThat(read).isInstanceOf(TokenStoreException.class);
      assertThat(flagAfterRead).isTrue();
      assertThat(write.isRetryable()).isTrue();
      assertThat(write.isOutcomeUnknown()).isFalse();
      assertThat(flagAfterWrite).isTrue();
      assertThat(taken.isClosed()).isFalse();
      assertThat(closing).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void connections_ofAPool_goBackAsTheyWere(Pool kind) throws Exception {
    DataSource pool = kind.open(url);
    try (AutoCloseable closing = (AutoCloseable) pool) {
      TokenStore store = table.builder(pool).build();

      insert(store, ADA);

      try (Connection connection = pool.getConnection();
          var statement = connection.createStatement()) {
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(statement.getQueryTimeout()).isZero();
        assertThat(connection.getNetworkTimeout()).isZero();
      }
      assertThat(closing).isNotNull();
    }
  }
}
