package com.withampersand.sdk.testkit;

import java.net.URI;

/** The HTTP server underneath, on a port of the loopback address. */
final class FakeServer implements AutoCloseable {
  private final Listener listener;
  private final Shutdown shutdown;
  private final URI uri;

  /**
   * Binds a port.
   *
   * @param port the port; 0 for a free one
   * @param shutdown ends the waits of requests as the server stops
   */
  FakeServer(int port, Shutdown shutdown) {
    this.listener = new Listener(port);
    this.shutdown = shutdown;
    this.uri = URI.create("http://localhost:" + listener.port());
  }

  URI uri() {
    return uri;
  }

  /** Starts to serve. */
  void serve(HttpService service) {
    listener.start(socket -> new HttpConnection(socket, uri, shutdown, service).serve());
  }

  @Override
  public void close() {
    shutdown.stop();
    listener.close();
  }
}
