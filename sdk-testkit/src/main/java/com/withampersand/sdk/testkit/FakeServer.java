package com.withampersand.sdk.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.BufferedSink;
import okio.ByteString;

/** The server underneath: it remembers requests, and sends replies. */
final class FakeServer implements AutoCloseable {
  private final MockWebServer server = new MockWebServer();
  private final RequestLog requests = new RequestLog();
  private final Shutdown shutdown;
  private final URI uri;

  /** Starts a server that ends the waits of its requests as it stops. */
  FakeServer(Shutdown shutdown) {
    this.shutdown = shutdown;
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

  RequestLog requests() {
    return requests;
  }

  /**
   * Starts to serve.
   *
   * @param arrivals is told of each request before it counts as received
   */
  void serve(Consumer<ReceivedRequest> arrivals, Function<ReceivedRequest, Reply> replies) {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest recorded) {
            ReceivedRequest request = received(recorded);
            arrivals.accept(request);
            requests.add(request);
            return response(replies.apply(request));
          }
        });
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

  private MockResponse response(Reply reply) {
    Answer answer = reply.answer();
    MockResponse.Builder response =
        new MockResponse.Builder().code(answer.status()).body(answer.body());
    if (!reply.trickle().isZero()) {
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      response.body(new TricklingBody(body, reply.trickle()));
    }
    if (!answer.contentType().isEmpty()) {
      response.setHeader("Content-Type", answer.contentType());
    }
    answer.headers().forEach(response::setHeader);
    return cut(response, reply.cut()).build();
  }

  private static MockResponse.Builder cut(MockResponse.Builder response, Reply.Cut cut) {
    return switch (cut) {
      case NOWHERE -> response;
      case BEFORE_THE_ANSWER -> response.onResponseStart(new SocketEffect.CloseSocket());
      case IN_THE_BODY -> response.onResponseBody(new SocketEffect.CloseSocket());
    };
  }

  /** A body that is sent one byte at a time. */
  private final class TricklingBody implements MockResponseBody {
    private final byte[] bytes;
    private final Duration pause;

    TricklingBody(byte[] bytes, Duration pause) {
      this.bytes = bytes;
      this.pause = pause;
    }

    @Override
    public long getContentLength() {
      return bytes.length;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      try {
        for (byte value : bytes) {
          sink.writeByte(value);
          sink.flush();
          shutdown.sleep(pause);
        }
      } catch (Shutdown.Stopped e) {
        throw new IOException(e);
      }
    }
  }

  @Override
  public void close() {
    shutdown.stop();
    server.close();
  }
}
