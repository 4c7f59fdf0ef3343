package com.withampersand.sdk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeServerTest {
  private final Shutdown shutdown = new Shutdown();
  private final FakeServer server = new FakeServer(0, shutdown);
  private final RequestLog requests = new RequestLog();

  FakeServerTest() {
    server.serve(
        request -> {
          requests.add(request);
          Answer echo = Answer.text(200, request.method() + " " + request.body());
          return new Reply(
              request.path().equals("/nothing") ? Answer.nothing() : echo,
              request.path().equals("/cut") ? Reply.Cut.IN_THE_BODY : Reply.Cut.NOWHERE,
              Duration.ZERO);
        });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Sends text as it is, and returns all that comes until the server ends the connection. */
  private String exchange(String... pieces) throws IOException {
    try (Socket socket = connect()) {
      for (String piece : pieces) {
        socket.getOutputStream().write(piece.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
      }
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort());
    socket.setSoTimeout((int) Duration.ofSeconds(10).toMillis());
    return socket;
  }

  @Test
  void requests_onOneConnection_areAnsweredInTurn() throws Exception {
    String answers =
        exchange(
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none",
            "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntwo");

    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(3);
    assertThat(answers).containsSubsequence("POST one", "POST two");
    assertThat(requests.all()).hasToString("[POST /a, POST /b]");
  }

  @Test
  void request_bodyInChunks_isReadWhole() throws Exception {
    String answer =
        exchange(
            "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
            "3;name=value\r\nabc\r\n",
            "0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n");

    assertThat(answer).endsWith("POST abc0123456789");
  }

  @Test
  void request_expectsToBeToldToGoOn_isTold() throws Exception {
    String answer =
        exchange(
            "PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
            "ab");

    assertThat(answer).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
  }

  @Test
  void request_queryAndHeaders_arriveAsTheyWereSent() throws Exception {
    exchange("GET /a%20b?c=%26&c=2 HTTP/1.1\r\nX-A: 1\r\nx-a: 2\r\nConnection: close\r\n\r\n");

    ReceivedRequest request = requests.all().get(0);
    assertThat(request.path()).isEqualTo("/a%20b");
    assertThat(request.query()).isEqualTo(Map.of("c", List.of("&", "2")));
    assertThat(request.headers().get("X-a")).containsExactly("1", "2");
  }

  @Test
  void request_http10_endsTheConnection() throws Exception {
    assertThat(exchange("GET / HTTP/1.0\r\n\r\n")).endsWith("GET ");
  }

  @Test
  void request_head_getsTheLengthAndNoBody() throws Exception {
    String answer = exchange("HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");

    assertThat(answer).contains("Content-Length: 5").endsWith("\r\n\r\n");
  }

  @Test
  void answer_withoutContent_hasNoLength() throws Exception {
    String answer = exchange("DELETE /nothing HTTP/1.1\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 204").doesNotContain("Content-Length");
  }

  @Test
  void answer_cutInTheBody_promisesMoreThanIsSent() throws Exception {
    String answer = exchange("GET /cut HTTP/1.1\r\n\r\n");

    assertThat(answer).contains("Content-Length: 4").endsWith("\r\n\r\nGE");
  }

  @Test
  void connection_somethingElseThanHttp_isClosed() throws Exception {
    assertThat(exchange("\u0016\u0003\u0001 hello\r\n\r\n")).isEmpty();
    assertThat(exchange("GET / HTTP/1.1\r\nno header\r\n\r\n")).isEmpty();
    assertThat(exchange("GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n")).isEmpty();
    assertThat(requests.all()).isEmpty();
  }

  @Test
  void requests_hundredsAtOnce_areAllHeldAndAnswered() throws Exception {
    Gate gate = new Gate();
    try (FakeSalesforce salesforce = FakeSalesforce.start()) {
      salesforce.everyTokenRequest(Fault.holdRequest(gate));
      HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      HttpRequest request =
          HttpRequest.newBuilder(salesforce.uri().resolve("/services/oauth2/token"))
              .POST(BodyPublishers.noBody())
              .build();

      List<CompletableFuture<HttpResponse<String>>> answers =
          IntStream.range(0, 400)
              .mapToObj(i -> client.sendAsync(request, BodyHandlers.ofString()))
              .toList();
      gate.awaitArrived(400);
      gate.release();

      assertThat(answers)
          .allSatisfy(answer -> assertThat(answer.get().statusCode()).isEqualTo(400));
    }
  }

  @Test
  void close_openConnections_areClosed() throws Exception {
    try (Socket idle = connect()) {
      idle.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(idle.getInputStream().read()).isEqualTo('H');

      server.close();

      assertThat(idle.getInputStream().readAllBytes()).isNotNull();
    }
  }

  @Test
  void close_port_isFreeAgain() throws Exception {
    URI uri = server.uri();

    server.close();

    assertThat(refuses(uri)).isTrue();
    try (FakeServer again = new FakeServer(uri.getPort(), shutdown)) {
      assertThat(again.uri()).isEqualTo(uri);
    }
  }

  private static boolean refuses(URI uri) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
      return socket.isClosed();
    } catch (ConnectException e) {
      return true;
    }
  }
}
