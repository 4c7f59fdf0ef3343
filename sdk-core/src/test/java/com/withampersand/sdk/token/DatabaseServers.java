package com.withampersand.sdk.token;

import static org.junit.jupiter.api.Assumptions.abort;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands real servers to tests: one of each kind for all of them, started by the first that asks.
 * Where MariaDB is not installed, the test is skipped.
 */
final class DatabaseServers implements ParameterResolver {
  private static final Namespace SERVERS = Namespace.create(DatabaseServers.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == PostgresServer.class || type == MariaDbServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ExtensionContext.Store servers = context.getRoot().getStore(SERVERS);
    return parameter.getParameter().getType() == MariaDbServer.class
        ? servers.computeIfAbsent("MariaDB", name -> mariaDb(), MariaDbServer.class)
        : servers.computeIfAbsent(
            "PostgreSQL", name -> PostgresServer.start(), PostgresServer.class);
  }

  private static MariaDbServer mariaDb() {
    return MariaDbServer.installed()
        .map(MariaDbServer::start)
        .orElseGet(
            () ->
                abort(
                    "MariaDB is not installed: put mariadbd and mariadb-install-db on the PATH, or"
                        + " name mariadbd by -Dmariadbd=..."));
  }
}
