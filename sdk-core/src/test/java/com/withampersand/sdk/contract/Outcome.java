package com.withampersand.sdk.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.http.HttpTransport.Request;
import com.withampersand.sdk.http.HttpTransport.Response;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * What came of a request: a response or a failure, and whether the thread was interrupted behind
 * it.
 */
record Outcome(@Nullable Response response, @Nullable Throwable failure, boolean interrupted) {
  private static final List<Class<? extends IOException>> PROMISES =
      List.of(
          ConnectException.class,
          UnknownHostException.class,
          NoRouteToHostException.class,
          HttpConnectTimeoutException.class,
          SSLHandshakeException.class,
          SSLPeerUnverifiedException.class);

  /** Sends a request on this thread, and takes the thread's interrupt status. */
  static Outcome of(HttpTransport transport, Request request) {
    try {
      Response response = transport.send(request);
      return new Outcome(response, null, Thread.interrupted());
    } catch (Exception | LinkageError e) {
      return new Outcome(null, e, Thread.interrupted());
    }
  }

  /** Sends a request on a thread of its own. */
  static Pending pending(HttpTransport transport, Request request) {
    FutureTask<Outcome> task = new FutureTask<>(() -> of(transport, request));
    Thread thread = new Thread(task, "sender");
    thread.setDaemon(true);
    thread.start();
    return new Pending(thread, task);
  }

  /** A request that is under way. */
  record Pending(Thread thread, FutureTask<Outcome> task) {
    void interrupt() {
      thread.interrupt();
    }

    Outcome await() throws InterruptedException, ExecutionException {
      return task.get();
    }
  }

  int bodyLength() {
    return response == null ? 0 : response.body().length;
  }

  void assertFailed() {
    assertThat(response).as("an answer that was not whole").isNull();
    assertThat(failure).isInstanceOf(IOException.class);
  }

  void assertTooLongOrFailed() {
    if (response == null) {
      assertThat(failure).isInstanceOf(IOException.class);
    } else {
      assertThat(bodyLength()).isGreaterThan(Requests.MOST_BYTES);
    }
  }

  void assertPromisesNothing() {
    assertThat(promisesThatNothingWasSent())
        .as("promises that nothing was sent: " + failure)
        .isFalse();
  }

  void assertPromisesThatNothingWasSent() {
    assertThat(promisesThatNothingWasSent())
        .as("promises that nothing was sent: " + failure)
        .isTrue();
  }

  private boolean promisesThatNothingWasSent() {
    return PROMISES.stream().anyMatch(promise -> promise.isInstance(failure));
  }
}
