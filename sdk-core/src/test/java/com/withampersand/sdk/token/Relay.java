package com.withampersand.sdk.token;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** A stretch of network before a server on this machine, which can be cut or go silent. */
final class Relay implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ServerSocket entrance;
  private final int target;
  private volatile boolean whole = true;
  private final CountDownLatch answer = new CountDownLatch(1);
  private volatile boolean silent;
  private volatile boolean holdsAnswers;

  Relay(int target) throws IOException {
    this.target = target;
    this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return entrance.getLocalPort();
  }

  /** Ends all connections, and each new one at once. */
  void cut() {
    whole = false;
    sockets.forEach(Relay::close);
    sockets.clear();
  }

  /** Carries nothing any more, and tells nobody. */
  void goSilent() {
    silent = true;
  }

  /**
   * Carries nothing back any more.
   *
   * @return opened by the first answer that is held
   */
  CountDownLatch holdAnswers() {
    holdsAnswers = true;
    return answer;
  }

  /** Works again, for new connections. */
  void mend() {
    cut();
    silent = false;
    whole = true;
  }

  private void accept() throws IOException {
    while (!entrance.isClosed()) {
      Socket client = entrance.accept();
      if (whole) {
        connect(client);
      } else {
        close(client);
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
    sockets.add(client);
    sockets.add(server);
    start(() -> carry(client, server, false), client, server);
    start(() -> carry(server, client, true), client, server);
  }

  private void carry(Socket from, Socket to, boolean back) throws IOException {
    byte[] bytes = new byte[8192];
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    int count = in.read(bytes);
    while (count >= 0) {
      if (back && holdsAnswers) {
        answer.countDown();
      } else if (!silent) {
        out.write(bytes, 0, count);
        out.flush();
      }
      count = in.read(bytes);
    }
    close(to);
  }

  private interface Work {
    void run() throws IOException;
  }

  /** Runs until a socket is closed, which is how all of this ends, and closes the others. */
  private void start(Work work, Socket... others) {
    threads.execute(
        () -> {
          try {
            work.run();
          } catch (IOException e) {
            Stream.of(others).forEach(Relay::close);
          }
        });
  }

  private static void close(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    close(entrance);
    cut();
    threads.shutdownNow();
  }
}
