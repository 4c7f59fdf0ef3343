package com.withampersand.sdk.examples.web;

import java.net.URI;
import java.time.Clock;

/** The product while it runs. */
final class Site implements AutoCloseable {
  private final Salesforce salesforce;
  private final Connections connections;
  private final Server server;

  private Site(Salesforce salesforce, Connections connections, Server server) {
    this.salesforce = salesforce;
    this.connections = connections;
    this.server = server;
  }

  /**
   * Starts to serve. What it is given is closed with it, or if it cannot start.
   *
   * @throws IllegalArgumentException if the app's callback is the address of another page
   */
  static Site start(Salesforce salesforce, Server server) {
    Connections connections = new Connections(salesforce);
    try {
      boolean secure = salesforce.app().callbackUri().getScheme().equals("https");
      Sessions sessions = new Sessions(secure);
      Routes routes = new Routes(salesforce, connections, sessions, Clock.systemUTC());
      server.start(salesforce.formTargets(), routes);
      return new Site(salesforce, connections, server);
    } catch (RuntimeException e) {
      server.close();
      connections.close();
      salesforce.close();
      throw e;
    }
  }

  /** Returns the address to open. */
  URI address() {
    return salesforce.app().callbackUri().resolve("/");
  }

  @Override
  public void close() {
    server.close();
    connections.close();
    salesforce.close();
  }
}
