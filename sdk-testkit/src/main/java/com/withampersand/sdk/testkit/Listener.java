package com.withampersand.sdk.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Accepts connections on a port of the loopback address. Each connection has a daemon thread of its
 * own, so that any number of requests can be held at once.
 */
final class Listener implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final ServerSocket server;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private volatile Thread acceptor = new Thread("not started");

  /** What is done with a connection, which is closed afterwards. */
  @FunctionalInterface
  interface Service {
    /**
     * Serves a connection until one of both sides ends it.
     *
     * @throws IOException if the client is gone, or breaks the protocol
     */
    void serve(Socket connection) throws IOException;
  }

  /**
   * Binds the port; connections wait until {@link #start(Service)}.
   *
   * @param port the port; 0 for a free one
   * @throws UncheckedIOException if the port is taken
   */
  Listener(int port) {
    try {
      server = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + " cannot be bound", e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  void start(Service service) {
    acceptor = daemon("accept", () -> accept(service));
    acceptor.start();
  }

  private Thread daemon(String task, Runnable work) {
    Thread thread = new Thread(work, "fake-" + port() + "-" + task);
    thread.setDaemon(true);
    return thread;
  }

  private void accept(Service service) {
    while (!server.isClosed()) {
      next().ifPresent(connection -> begin(service, connection));
    }
  }

  private Optional<Socket> next() {
    try {
      return Optional.of(server.accept());
    } catch (IOException e) {
      // Either this listener was closed, or a client gave up before it was served.
      return Optional.empty();
    }
  }

  private void begin(Service service, Socket connection) {
    connections.add(connection);
    if (server.isClosed()) {
      end(connection);
    } else {
      daemon("connection", () -> serve(service, connection)).start();
    }
  }

  private void serve(Service service, Socket connection) {
    try {
      // Else an answer in several pieces waits for an acknowledgement between them.
      connection.setTcpNoDelay(true);
      service.serve(connection);
    } catch (IOException e) {
      // The client is gone, the fake has stopped, or what came is not HTTP: nothing can be
      // answered.
      return;
    } finally {
      end(connection);
    }
  }

  private void end(Socket connection) {
    connections.remove(connection);
    try {
      connection.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitAcceptor();
    connections.forEach(this::end);
  }

  /** The port is not free before the thread has noticed that it was closed. */
  private void awaitAcceptor() {
    try {
      acceptor.join(LONGEST_WAIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
