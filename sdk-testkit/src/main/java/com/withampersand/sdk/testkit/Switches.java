package com.withampersand.sdk.testkit;

import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.jspecify.annotations.Nullable;

/** Lets requests to the API meet what happens on a bad day, each in its turn. */
final class Switches implements Function<ReceivedRequest, MockResponse> {
  private final Function<ReceivedRequest, Answer> routes;
  private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Duration delay = Duration.ZERO;
  private volatile boolean extend;

  Switches(Function<ReceivedRequest, Answer> routes) {
    this.routes = routes;
  }

  /** Where the connection is cut. */
  enum Cut {
    NOWHERE,
    BEFORE_THE_ANSWER,
    IN_THE_BODY
  }

  /**
   * What one request meets.
   *
   * @param before what is done before anything else
   * @param instead the answer in place of carrying the request out
   */
  private record Script(
      Runnable before, @Nullable Answer instead, Map<String, String> headers, Cut cut) {
    static final Script NONE = new Script(() -> {}, null, Map.of(), Cut.NOWHERE);
  }

  void answerNext(Answer answer, Map<String, String> headers) {
    scripts.add(new Script(() -> {}, answer, Map.copyOf(headers), Cut.NOWHERE));
  }

  /** Cuts the next connection without carrying the request out. */
  void dropNext() {
    scripts.add(new Script(() -> {}, Json.nothing(), Map.of(), Cut.BEFORE_THE_ANSWER));
  }

  /** Carries the next request out, and cuts the connection. */
  void cutNext(Cut cut) {
    scripts.add(new Script(() -> {}, null, Map.of(), cut));
  }

  void beforeNext(Runnable action) {
    scripts.add(new Script(action, null, Map.of(), Cut.NOWHERE));
  }

  void holdNext(CountDownLatch latch) {
    beforeNext(() -> await(latch));
  }

  private void await(CountDownLatch latch) {
    try {
      while (!latch.await(20, TimeUnit.MILLISECONDS)) {
        if (closed.getCount() == 0) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void delay(Duration duration) {
    delay = duration;
  }

  void extend(boolean on) {
    extend = on;
  }

  void close() {
    closed.countDown();
  }

  @Override
  public MockResponse apply(ReceivedRequest request) {
    Script script = isForTheApi(request) ? next() : Script.NONE;
    script.before().run();
    Answer answer = script.instead() != null ? script.instead() : carriedOut(request);
    MockResponse.Builder response = FakeServer.response(answer);
    script.headers().forEach(response::setHeader);
    response.headersDelay(delay.toMillis(), TimeUnit.MILLISECONDS);
    return cut(response, script.cut()).build();
  }

  private static boolean isForTheApi(ReceivedRequest request) {
    return request.path().startsWith(AmpersandRoutes.API + "/");
  }

  private Script next() {
    Script script = scripts.poll();
    return script != null ? script : Script.NONE;
  }

  private Answer carriedOut(ReceivedRequest request) {
    Answer answer = routes.apply(request);
    return extend ? Extension.extend(request, answer) : answer;
  }

  private static MockResponse.Builder cut(MockResponse.Builder response, Cut cut) {
    return switch (cut) {
      case NOWHERE -> response;
      case BEFORE_THE_ANSWER -> response.onResponseStart(new SocketEffect.CloseSocket());
      case IN_THE_BODY -> response.onResponseBody(new SocketEffect.CloseSocket());
    };
  }
}
