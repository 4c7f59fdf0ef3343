package com.withampersand.sdk.token.jdbc;

import static java.util.Objects.requireNonNull;

import com.withampersand.sdk.contract.TokenStoreContract;
import com.withampersand.sdk.token.TokenStore;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What {@link JdbcTokenStore} does on every database that it supports. */
abstract class JdbcTokenStoreContract implements TokenStoreContract {
  private @Nullable GrantTable contractsTable;

  /** Returns a database. */
  abstract DataSource dataSource();

  /** Returns the same with new connections, to which anything may be done. */
  DataSource newConnections() {
    return dataSource();
  }

  @Override
  public final TokenStore newStore() {
    contractsTable = GrantTable.create(dataSource());
    return contractsTable.store();
  }

  @Override
  public final TokenStore another(TokenStore store) {
    return requireNonNull(contractsTable).store();
  }
}
