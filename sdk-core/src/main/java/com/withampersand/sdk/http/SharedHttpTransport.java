package com.withampersand.sdk.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends by a client that is replaced when it is half a minute old. So no request meets a connection
 * that was idle for longer, and that a server or a firewall may have forgotten without a word: a
 * refresh would wait there for its whole timeout, and leave a doubt. On JDK 17 a client keeps idle
 * connections for 20 minutes.
 *
 * <p>A replaced client finishes what it has begun. Then it is closed, where the JDK can do that:
 * from version 21 on. Older ones end a client when it is garbage collected. A client that is still
 * there after {@link #REST} has closed its connections, and is used again. This bounds the number
 * of clients in a process that seldom collects garbage.
 *
 * <p>The clients speak HTTP/1.1: a connection that breaks costs one request. With HTTP/2 it costs
 * all that share the connection, which on JDK 17 is kept without limit.
 */
final class SharedHttpTransport implements HttpTransport {
  static final Duration LIFETIME = Duration.ofSeconds(30);

  /** Longer than a client keeps its last connection. */
  static final Duration REST = Duration.ofMinutes(25);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(SharedHttpTransport.class);

  private final LongSupplier nanoTime;
  private final Supplier<HttpClient> newClient;
  private final Predicate<HttpClient> close;

  private final Lock lock = new ReentrantLock();
  private final List<Turn> replaced = new ArrayList<>();
  private final Deque<Resting> resting = new ArrayDeque<>();
  private @Nullable Turn current;

  /**
   * Creates a transport.
   *
   * @param nanoTime the time, counted as {@link System#nanoTime()} does
   * @param close closes a client, or returns false if it cannot
   */
  SharedHttpTransport(
      LongSupplier nanoTime, Supplier<HttpClient> newClient, Predicate<HttpClient> close) {
    this.nanoTime = nanoTime;
    this.newClient = newClient;
    this.close = close;
  }

  static SharedHttpTransport create() {
    return new SharedHttpTransport(
        System::nanoTime,
        () ->
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build(),
        SharedHttpTransport::close);
  }

  @Override
  public Response send(Request request) throws IOException, InterruptedException {
    Turn turn = enter();
    try {
      return turn.transport.send(request);
    } finally {
      leave(turn);
    }
  }

  private Turn enter() throws ConnectException {
    lock.lock();
    try {
      long now = nanoTime.getAsLong();
      Turn turn = current;
      if (turn == null || now - turn.start >= LIFETIME.toNanos()) {
        turn = replace(turn, now);
        current = turn;
      }
      turn.users++;
      return turn;
    } finally {
      lock.unlock();
    }
  }

  private Turn replace(@Nullable Turn before, long now) throws ConnectException {
    Turn turn = new Turn(client(now), now);
    if (before != null) {
      replaced.add(before);
    }
    return turn;
  }

  private HttpClient client(long now) throws ConnectException {
    resting.removeIf(client -> client.reference.get() == null);
    Resting oldest = resting.peekFirst();
    if (oldest != null && now - oldest.since >= REST.toNanos()) {
      HttpClient client = oldest.reference.get();
      if (client != null) {
        resting.removeFirst();
        return client;
      }
    }
    return newClient();
  }

  private HttpClient newClient() throws ConnectException {
    try {
      return newClient.get();
    } catch (UncheckedIOException e) {
      ConnectException nothingSent = new ConnectException("no HTTP client could be made");
      nothingSent.initCause(e);
      throw nothingSent;
    }
  }

  private void leave(Turn turn) {
    List<HttpClient> unused;
    lock.lock();
    try {
      turn.users--;
      unused = takeUnused();
    } finally {
      lock.unlock();
    }
    unused.forEach(this::end);
  }

  private List<HttpClient> takeUnused() {
    List<HttpClient> unused = new ArrayList<>();
    for (Iterator<Turn> turns = replaced.iterator(); turns.hasNext(); ) {
      Turn turn = turns.next();
      if (turn.users == 0) {
        turns.remove();
        unused.add(turn.client);
      }
    }
    return unused;
  }

  private void end(HttpClient client) {
    if (close.test(client)) {
      return;
    }
    lock.lock();
    try {
      resting.addLast(new Resting(new WeakReference<>(client), nanoTime.getAsLong()));
    } finally {
      lock.unlock();
    }
  }

  private static boolean close(HttpClient client) {
    if (!(client instanceof AutoCloseable closeable)) {
      return false;
    }
    try {
      closeable.close();
    } catch (Exception e) {
      log.debug("An HTTP client could not be closed.", e);
    }
    return true;
  }

  /** The time in which one client is used; {@link #users} is guarded by the lock. */
  private static final class Turn {
    private final HttpClient client;
    private final HttpTransport transport;
    private final long start;
    private int users;

    Turn(HttpClient client, long start) {
      this.client = client;
      this.transport = new JdkHttpTransport(client);
      this.start = start;
    }
  }

  /** Made by the first call that needs it. */
  static final class Instance {
    static final HttpTransport VALUE = create();

    private Instance() {}
  }

  /** A client without a close method, left to the garbage collector. */
  private record Resting(WeakReference<HttpClient> reference, long since) {}
}
