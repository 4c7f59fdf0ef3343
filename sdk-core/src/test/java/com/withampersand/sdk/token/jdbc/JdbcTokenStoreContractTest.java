package com.withampersand.sdk.token.jdbc;

import static java.util.Objects.requireNonNull;

import com.withampersand.sdk.contract.TokenStoreContract;
import com.withampersand.sdk.token.TokenStore;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Servers.Resolver.class)
@ParameterizedClass
@EnumSource
class JdbcTokenStoreContractTest implements TokenStoreContract {
  private final DataSource dataSource;
  private @Nullable GrantTable table;

  JdbcTokenStoreContractTest(Database database, Servers servers) {
    dataSource = database.dataSource(servers);
  }

  @Override
  public TokenStore newStore() {
    table = GrantTable.create(dataSource);
    return table.store();
  }

  @Override
  public TokenStore another(TokenStore store) {
    return requireNonNull(table).store();
  }
}
