package com.withampersand.sdk.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A token endpoint on this machine, which counts requests and may rotate refresh tokens. */
public final class TokenServer implements AutoCloseable {
  private static final int BAD_REQUEST = 400;
  private static final int OK = 200;

  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger generation = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Duration delay;
  private final boolean rotates;
  private final HttpServer server;

  private TokenServer(Duration delay, boolean rotates) throws IOException {
    this.delay = delay;
    this.rotates = rotates;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** Starts a server that always gives the same answer, at once. */
  public static TokenServer constant() throws IOException {
    return start(Duration.ZERO, false);
  }

  /** Starts a server that takes its time, and takes each refresh token once. */
  public static TokenServer rotating(Duration delay) throws IOException {
    return start(delay, true);
  }

  private static TokenServer start(Duration delay, boolean rotates) throws IOException {
    // Without it, each answer waits for an acknowledgment.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    return new TokenServer(delay, rotates);
  }

  /** Returns its base URL. */
  public URI uri() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  /** Returns how many requests it got. */
  public int requests() {
    return requests.get();
  }

  /** Returns how many it refused. */
  public int refused() {
    return refused.get();
  }

  /** Begins anew: no request, and the first refresh token is the good one. */
  public void reset() {
    requests.set(0);
    refused.set(0);
    generation.set(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      requests.incrementAndGet();
      byte[] body = answerTo(form);
      LockSupport.parkNanos(delay.toNanos());
      exchange.getResponseHeaders().set("Content-Type", "application/json;charset=UTF-8");
      exchange.sendResponseHeaders(body.length > 100 ? OK : BAD_REQUEST, body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  private byte[] answerTo(String form) {
    if (!rotates || form.contains("grant_type=authorization_code")) {
      return Fixture.answer();
    }
    int current = generation.get();
    if (!refreshToken(current).equals(parameter(form, "refresh_token"))
        || !generation.compareAndSet(current, current + 1)) {
      refused.incrementAndGet();
      return "{\"error\":\"invalid_grant\",\"error_description\":\"expired token\"}"
          .getBytes(StandardCharsets.UTF_8);
    }
    return new Fixture.Answer(Fixture.ACCESS_TOKEN, refreshToken(current + 1)).bytes();
  }

  private static String refreshToken(int generation) {
    return generation == 0 ? Fixture.REFRESH_TOKEN : Fixture.REFRESH_TOKEN + generation;
  }

  private static String parameter(String form, String name) {
    for (String pair : form.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
