package com.withampersand.sdk.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Waits on this machine for the browser to come back. A back end has a route of its own for this.
 *
 * <p>Any program on this machine can connect and use up the one arrival, and see the authorization
 * URL that is printed: run this where you are the only user. The flow checks the state.
 */
final class CallbackListener implements AutoCloseable {
  private final HttpServer server;
  private final BlockingQueue<URI> arrivals = new ArrayBlockingQueue<>(1);

  private CallbackListener(HttpServer server) {
    this.server = server;
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if the port is taken
   */
  static CallbackListener listen(URI callback) throws IOException {
    int port = callback.getPort() == -1 ? 80 : callback.getPort();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    CallbackListener listener = new CallbackListener(server);
    server.createContext("/", exchange -> listener.answer(exchange, callback.getPath()));
    server.start();
    return listener;
  }

  private void answer(HttpExchange exchange, String path) throws IOException {
    boolean expected = exchange.getRequestURI().getPath().equals(path);
    byte[] page =
        (expected ? "Back in the program. This page can be closed." : "Nothing is expected here.")
            .getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer"); // the URL has a code
      exchange.sendResponseHeaders(expected ? 200 : 404, page.length);
      exchange.getResponseBody().write(page);
    }
    if (expected && !arrivals.offer(exchange.getRequestURI())) {
      throw new IOException("the browser came back twice");
    }
  }

  /**
   * Returns the address that the browser came back to; empty if it did not within {@code patience}.
   */
  Optional<URI> await(Duration patience) throws InterruptedException {
    return Optional.ofNullable(arrivals.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  public void close() {
    server.stop(1);
  }
}
