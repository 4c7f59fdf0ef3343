package com.withampersand.sdk.examples.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves this machine over HTTP. Every response forbids scripts, frames and content of other hosts;
 * behind a proxy it may be served over https.
 */
final class Server implements AutoCloseable {
  private static final Logger log = System.getLogger(Server.class.getName());

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private Server(HttpServer server) {
    this.server = server;
  }

  private static Map<String, String> headers(String formTargets) {
    return Map.of(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
            + " frame-ancestors 'none'; form-action 'self' "
            + formTargets,
        "Referrer-Policy",
        "no-referrer",
        "X-Content-Type-Options",
        "nosniff",
        "Cross-Origin-Opener-Policy",
        "same-origin");
  }

  /** Answers requests. */
  interface Handler {
    Response answer(Request request) throws WebError, InterruptedException;

    Response error(WebError error);
  }

  /**
   * Takes a port.
   *
   * @param port the port; 0 for a free one
   * @throws IOException if the port is taken
   */
  static Server bind(int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return new Server(HttpServer.create(address, 0));
  }

  int port() {
    return server.getAddress().getPort();
  }

  /**
   * Starts to answer.
   *
   * @param formTargets where a form may lead beside this server, in the words of a Content Security
   *     Policy: browsers apply that to the redirects that follow as well
   */
  void start(String formTargets, Handler handler) {
    Map<String, String> headers = headers(formTargets);
    server.setExecutor(threads);
    server.createContext("/", exchange -> serve(exchange, headers, handler));
    server.start();
  }

  private static void serve(HttpExchange exchange, Map<String, String> headers, Handler handler)
      throws IOException {
    try (exchange) {
      headers.forEach(exchange.getResponseHeaders()::set);
      send(exchange, answer(exchange, handler));
    }
  }

  private static Response answer(HttpExchange exchange, Handler handler) throws IOException {
    try {
      return handler.answer(Request.read(exchange));
    } catch (WebError e) {
      return handler.error(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return handler.error(new WebError(503, "Closing", "This server stops. Try again later."));
    } catch (RuntimeException e) {
      log.log(Level.ERROR, "a request failed", e);
      return handler.error(
          new WebError(500, "Something went wrong here", "It is not your fault. Try again."));
    }
  }

  private static void send(HttpExchange exchange, Response response) throws IOException {
    response.headers().forEach(exchange.getResponseHeaders()::set);
    response.cookies().forEach(cookie -> exchange.getResponseHeaders().add("Set-Cookie", cookie));
    byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
    if (exchange.getRequestMethod().equals("HEAD") || body.length == 0) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
      exchange.sendResponseHeaders(response.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(response.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
