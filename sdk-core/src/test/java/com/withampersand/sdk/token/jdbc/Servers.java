package com.withampersand.sdk.token.jdbc;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Real servers: one of each kind for all tests, started by the first that asks. */
public final class Servers implements AutoCloseable {
  private @Nullable PostgresServer postgres;
  private @Nullable MariaDbServer mariaDb;

  public PostgresServer postgres() {
    if (postgres == null) {
      postgres = PostgresServer.start();
    }
    return postgres;
  }

  MariaDbServer mariaDb() {
    if (mariaDb == null) {
      mariaDb = MariaDbServer.start();
    }
    return mariaDb;
  }

  @Override
  public void close() throws SQLException, IOException {
    if (postgres != null) {
      postgres.close();
    }
    if (mariaDb != null) {
      mariaDb.close();
    }
  }

  /** Hands the servers to constructors and methods of tests. */
  public static final class Resolver implements ParameterResolver {
    private static final Namespace SERVERS = Namespace.create(Servers.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Servers.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(SERVERS)
          .computeIfAbsent("servers", name -> new Servers(), Servers.class);
    }
  }
}
