package com.withampersand.sdk.token.storm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A stretch of network before a server on this machine, which can be cut or go silent. */
final class Relay implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger arrived = new AtomicInteger();
  private final ServerSocket entrance;
  private final int target;
  private volatile State state = State.WHOLE;

  private enum State {
    WHOLE,
    CUT,
    SILENT
  }

  Relay(int target) {
    this.target = target;
    try {
      this.entrance = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  int port() {
    return entrance.getLocalPort();
  }

  /** Returns how many connections have arrived. */
  int arrived() {
    return arrived.get();
  }

  /** Ends all connections, and each new one at once. */
  void cut() {
    state = State.CUT;
    endAll();
  }

  /** Carries nothing, and tells no one. */
  void goSilent() {
    state = State.SILENT;
  }

  /** Works again, for new connections; ends those that were silent. */
  void restore() {
    endAll();
    state = State.WHOLE;
  }

  private void endAll() {
    for (Socket socket : sockets) {
      end(socket);
    }
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket client = entrance.accept();
        arrived.incrementAndGet();
        if (state == State.CUT) {
          end(client);
        } else {
          connect(client);
        }
      } catch (IOException e) {
        if (!entrance.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
    sockets.add(client);
    sockets.add(server);
    threads.execute(() -> carry(client, server));
    threads.execute(() -> carry(server, client));
  }

  private void carry(Socket from, Socket to) {
    byte[] bytes = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        if (state == State.WHOLE) {
          out.write(bytes, 0, count);
          out.flush();
        }
      }
    } catch (IOException e) {
      // One of them was closed: this is how a connection ends here.
      end(to);
    } finally {
      sockets.remove(from);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    endAll();
    threads.shutdownNow();
  }
}
