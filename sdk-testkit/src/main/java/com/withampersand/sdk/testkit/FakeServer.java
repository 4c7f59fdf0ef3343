package com.withampersand.sdk.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.ByteString;

/**
 * The server underneath: it remembers requests, and can lose or replace the answers to token
 * requests.
 */
final class FakeServer implements AutoCloseable {
  private final MockWebServer server = new MockWebServer();
  private final List<ReceivedRequest> requests = new CopyOnWriteArrayList<>();
  private final AtomicBoolean loseNext = new AtomicBoolean();
  private final Queue<Answer> scripted = new ConcurrentLinkedQueue<>();
  private final Clock clock;
  private final URI uri;

  /** Starts a server whose answers carry the time of this clock. */
  FakeServer(Clock clock) {
    this.clock = clock.withZone(ZoneOffset.UTC);
    server.setServerSocketFactory(new PromptServerSockets());
    try {
      server.start(InetAddress.getLoopbackAddress(), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.uri = URI.create("http://localhost:" + server.getPort());
  }

  URI uri() {
    return uri;
  }

  void serve(Function<ReceivedRequest, Answer> routes) {
    serveResponses(
        request ->
            request.path().equals(Routes.TOKEN)
                ? tokenResponse(request, routes)
                : dated(routes.apply(request)).build());
  }

  private MockResponse.Builder dated(Answer answer) {
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(clock));
    return response(answer).setHeader("Date", date);
  }

  /** Serves by routes that decide themselves what happens to the socket. */
  void serveResponses(Function<ReceivedRequest, MockResponse> routes) {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest recorded) {
            ReceivedRequest request = received(recorded);
            requests.add(request);
            return routes.apply(request);
          }
        });
  }

  private MockResponse tokenResponse(
      ReceivedRequest request, Function<ReceivedRequest, Answer> routes) {
    Answer script = scripted.poll();
    MockResponse.Builder response = dated(script != null ? script : routes.apply(request));
    if (loseNext.getAndSet(false)) {
      response.onResponseStart(new SocketEffect.CloseSocket());
    }
    return response.build();
  }

  private static ReceivedRequest received(RecordedRequest recorded) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    recorded
        .getHeaders()
        .names()
        .forEach(name -> headers.put(name, recorded.getHeaders().values(name)));
    String target = recorded.getTarget();
    int query = target.indexOf('?');
    ByteString body = recorded.getBody();
    return new ReceivedRequest(
        recorded.getMethod(),
        query < 0 ? target : target.substring(0, query),
        query < 0 ? Map.of() : Forms.decode(target.substring(query + 1)),
        headers,
        body == null ? "" : body.utf8());
  }

  static MockResponse.Builder response(Answer answer) {
    MockResponse.Builder response =
        new MockResponse.Builder().code(answer.status()).body(answer.body());
    if (!answer.contentType().isEmpty()) {
      response.setHeader("Content-Type", answer.contentType());
    }
    if (answer.location() != null) {
      response.setHeader("Location", answer.location());
    }
    return response;
  }

  void loseNextTokenAnswer() {
    loseNext.set(true);
  }

  void failNextTokenRequest(Answer answer) {
    scripted.add(answer);
  }

  List<ReceivedRequest> requests() {
    return List.copyOf(requests);
  }

  void clearRequests() {
    requests.clear();
  }

  @Override
  public void close() {
    server.close();
  }
}
