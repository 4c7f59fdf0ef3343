package com.withampersand.sdk.token.jdbc;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands real servers to tests: one of each kind for all of them, started by the first that asks.
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
        ? servers.computeIfAbsent("MariaDB", name -> MariaDbServer.start(), MariaDbServer.class)
        : servers.computeIfAbsent(
            "PostgreSQL", name -> PostgresServer.start(), PostgresServer.class);
  }
}
