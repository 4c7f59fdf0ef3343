package com.withampersand.sdk.token.jdbc;

import static com.withampersand.sdk.token.jdbc.Rows.ADA;
import static com.withampersand.sdk.token.jdbc.Rows.BOB;
import static com.withampersand.sdk.token.jdbc.Rows.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.TokenStore;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A table whose columns others have allowed to be NULL. */
class NullColumnTest {
  private final JdbcDataSource dataSource = new JdbcDataSource();

  @ParameterizedTest
  @ValueSource(strings = {"provider", "group_ref", "consumer_ref", "rev", "version", "state"})
  void read_columnThatBecameNull_isNamedAndOtherRowsAreRead(String column) {
    dataSource.setURL("jdbc:h2:mem:nulls;DB_CLOSE_DELAY=-1");
    GrantTable table = GrantTable.create(dataSource);
    TokenStore store = table.store();
    insert(store, ADA);
    insert(store, BOB);
    table.run("ALTER TABLE # ALTER COLUMN " + column + " DROP NOT NULL");
    table.run("UPDATE # SET " + column + " = NULL WHERE grant_id = '" + ADA.id() + "'");

    TokenStoreException thrown =
        catchThrowableOfType(TokenStoreException.class, () -> store.read(ADA));

    assertThat(thrown).hasMessageContaining(column + " is NULL");
    assertThat(thrown.isRetryable()).isFalse();
    assertThat(store.rows(RowFilter.all(), null, 10)).extracting(Row::key).containsExactly(BOB);
  }
}
