package com.withampersand.sdk.contract;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on a port of the loopback address that runs a script for each connection. The script
 * reads requests and writes bytes, so it can break off, stall or misbehave at any of them.
 */
final class LoopbackServer implements AutoCloseable {
  private static final int BACKLOG = 200;
  private static final int SECONDS_FOR_A_HANG_UP = 20;
  private static final int MILLIS_BETWEEN_BYTES = 20;

  private final ServerSocket socket;
  private final Script script;
  private final Queue<Received> requests = new ConcurrentLinkedQueue<>();
  private final Queue<Closeable> connections = new ConcurrentLinkedQueue<>();
  private final AtomicInteger heads = new AtomicInteger();
  private final Semaphore arrivals = new Semaphore(0);
  private final CountDownLatch hangUp = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /** What is done to a connection, on a thread of its own. The connection is closed after it. */
  @FunctionalInterface
  interface Script {
    void run(Connection connection) throws IOException, InterruptedException;
  }

  /**
   * A request that arrived whole.
   *
   * @param headers the values of each header, by its name in any case
   * @param body a character for each byte
   */
  record Received(String method, String target, Map<String, List<String>> headers, String body) {
    List<String> header(String name) {
      return headers.getOrDefault(name, List.of());
    }
  }

  LoopbackServer(Script script) throws IOException {
    this.script = script;
    this.socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  /** Answers every request alike, on connections that it keeps. */
  static LoopbackServer answering(String answer) throws IOException {
    return new LoopbackServer(
        connection -> {
          while (connection.readRequest().isPresent()) {
            connection.write(answer);
          }
        });
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "loopback-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (true) {
      try {
        Socket accepted = socket.accept();
        connections.add(accepted);
        start(() -> serve(accepted));
      } catch (IOException e) {
        // The server was closed.
        return;
      }
    }
  }

  private void serve(Socket accepted) {
    try (Socket connection = accepted) {
      connection.setTcpNoDelay(true);
      script.run(new Connection(connection));
    } catch (IOException e) {
      hangUp.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  URI uri(String pathAndQuery) {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + pathAndQuery);
  }

  /** Returns the requests that have arrived whole. */
  List<Received> requests() {
    return List.copyOf(requests);
  }

  /** Returns how many requests have arrived up to their bodies, or whole. */
  int begun() {
    return heads.get();
  }

  /** Waits until so many more requests have arrived whole. */
  void awaitRequests(int count) throws InterruptedException {
    arrivals.acquire(count);
  }

  /** Waits until a client closes a connection that its script still uses. */
  boolean sawHangUp() throws InterruptedException {
    return hangUp.await(SECONDS_FOR_A_HANG_UP, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    socket.close();
    for (Closeable connection : connections) {
      connection.close();
    }
  }

  /** A connection to a client. */
  final class Connection {
    private final Socket connection;
    private final InputStream in;
    private final OutputStream out;

    private Connection(Socket connection) throws IOException {
      this.connection = connection;
      this.in = new BufferedInputStream(connection.getInputStream());
      this.out = connection.getOutputStream();
    }

    /** Reads a whole request; empty if the client closed the connection before. */
    Optional<Received> readRequest() throws IOException {
      Optional<Received> head = readHead();
      if (head.isEmpty()) {
        return head;
      }
      if (!head.get().header("Expect").isEmpty()) {
        write("HTTP/1.1 100 Continue\r\n\r\n");
      }
      String body = new String(readBody(head.get()), StandardCharsets.ISO_8859_1);
      Received request =
          new Received(head.get().method(), head.get().target(), head.get().headers(), body);
      requests.add(request);
      arrivals.release();
      return Optional.of(request);
    }

    /** Reads a whole request, and ends the script if the client closed the connection before. */
    Received request() throws IOException {
      return readRequest().orElseThrow(() -> new EOFException("the client closed the connection"));
    }

    /** Reads a request up to its body. */
    Optional<Received> readHead() throws IOException {
      in.mark(1);
      if (in.read() < 0) {
        hangUp.countDown();
        return Optional.empty();
      }
      in.reset();
      String[] parts = readLine().split(" ", -1);
      Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      for (String line = readLine(); !line.isEmpty(); line = readLine()) {
        int colon = line.indexOf(':');
        headers
            .computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
            .add(line.substring(colon + 1).strip());
      }
      heads.incrementAndGet();
      return Optional.of(new Received(parts[0], parts[1], headers, ""));
    }

    private byte[] readBody(Received head) throws IOException {
      if (!head.header("Transfer-Encoding").isEmpty()) {
        return readChunks();
      }
      List<String> length = head.header("Content-Length");
      return readBytes(length.isEmpty() ? 0 : Integer.parseInt(length.get(0)));
    }

    private byte[] readChunks() throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (int size = readChunkSize(); size > 0; size = readChunkSize()) {
        body.writeBytes(readBytes(size));
        readLine();
      }
      readLine();
      return body.toByteArray();
    }

    private int readChunkSize() throws IOException {
      return Integer.parseInt(readLine().split(";", -1)[0].strip(), 16);
    }

    private byte[] readBytes(int length) throws IOException {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException("the client sent less than it said");
      }
      return bytes;
    }

    private String readLine() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException("the client broke off");
        }
        line.write(c);
      }
      return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Writes a text again and again, with a pause before each, until one side hangs up. */
    void trickle(String text) throws IOException, InterruptedException {
      while (!closed.await(MILLIS_BETWEEN_BYTES, TimeUnit.MILLISECONDS)) {
        write(text);
      }
    }

    /** Waits until one side hangs up. */
    void awaitHangUp() throws IOException {
      in.transferTo(OutputStream.nullOutputStream());
      hangUp.countDown();
    }

    /** Reads nothing until the server is closed. */
    void stall() throws InterruptedException {
      closed.await();
    }

    /** Ends the connection by a reset, as a server does that crashes. */
    void reset() throws IOException {
      connection.setSoLinger(true, 0);
      connection.close();
    }
  }
}
