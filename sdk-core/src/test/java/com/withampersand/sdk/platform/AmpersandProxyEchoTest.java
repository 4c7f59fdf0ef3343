package com.withampersand.sdk.platform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.LogLines;
import com.withampersand.sdk.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy that sends back what it was sent finds the API key in no message, text or log line. */
@Timeout(60)
class AmpersandProxyEchoTest {
  private static final String PATH = "/services/data/v65.0/limits";

  private final ApiServer api = new ApiServer();
  private final ServerSocket echo = listen();
  private final LogLines log = new LogLines();
  private final AmpersandClient client =
      AmpersandClient.builder("acme", Secret.of(ApiServer.KEY))
          .baseUrl(api.baseUrl())
          .pause(wait -> {})
          .build();
  private final AmpersandProxy proxy =
      AmpersandProxy.builder(client, HttpClient.newHttpClient())
          .baseUrl(URI.create("http://localhost:" + echo.getLocalPort()))
          .throttle()
          .build();
  private final AmpersandProxy.Installation calls = proxy.forInstallation("inst-1");

  @BeforeEach
  void start() {
    log.start();
    api.json(200, "{\"id\":\"proj-1\",\"name\":\"acme\"}");
  }

  @AfterEach
  void stop() throws IOException {
    log.stop();
    echo.close();
    api.close();
  }

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Answers every request by a template in which {@code %s} is what it was sent, on one line, and
   * {@code ~} is the end of a line.
   */
  private void answer(String template) {
    Thread server =
        new Thread(
            () -> {
              while (!echo.isClosed()) {
                answerOnce(template);
              }
            });
    server.setDaemon(true);
    server.start();
  }

  private void answerOnce(String template) {
    try (Socket socket = echo.accept()) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      StringBuilder seen = new StringBuilder();
      String line = in.readLine();
      while (line != null && !line.isEmpty()) {
        seen.append(line).append(' ');
        line = in.readLine();
      }
      String answer = template.replace("~", "\r\n").replace('\'', '"').formatted(seen);
      socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
    } catch (IOException e) {
      // The client or the test has ended the connection.
      return;
    }
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 x %s~~",
        "HTTP/1.1 200 OK~Content-Length: %s~~",
        "HTTP/1.1 401 No~Content-Type: application/problem+json~Connection: close~~{'subsystem':'proxy','detail':'bad: %s','remedy':'%1$s','x':'%1$s'}",
        "HTTP/1.1 429 No~X-Amp-Retryable: true~X-Amp-Retry-After: %s~Content-Type: application/problem+json~Connection: close~~{'subsystem':'proxy','title':'%1$s'}"
      })
  void send_proxyEchoesTheRequest_failureAndLogShowNoKey(String template) {
    answer(template);

    Exception failure = failureOf(() -> calls.send(PATH, HttpRequest.Builder::GET));

    assertThat(trace(failure)).doesNotContain(ApiServer.KEY);
    if (failure instanceof ApiException refused) {
      assertThat(refused.problem().toString()).doesNotContain(ApiServer.KEY);
    }
    assertThat(log.lines())
        .filteredOn(line -> line.startsWith("com.withampersand"))
        .isNotEmpty()
        .noneMatch(line -> line.contains(ApiServer.KEY));
  }

  private interface Call {
    void make() throws Exception;
  }

  private static Exception failureOf(Call call) {
    try {
      call.make();
    } catch (Exception e) {
      return e;
    }
    throw new AssertionError("the call did not fail");
  }

  @Test
  void send_response_holdsTheRequestWithoutTheKey() throws Exception {
    answer("HTTP/1.1 200 OK~Connection: close~~fine");

    HttpResponse<String> response =
        calls.send(PATH + "?q=x", request -> request.header("Accept", "text/plain"));

    assertThat(response.body()).isEqualTo("fine");
    assertThat(response.toString()).isEqualTo("(GET localhost" + PATH + ") 200");
    assertThat(response.uri()).isEqualTo(response.request().uri());
    assertThat(response.request().headers().map()).containsOnlyKeys("Accept");
    assertThat(response.previousResponse()).isEmpty();
  }

  @Test
  void toString_ofProxyAndInstallation_nameThem() {
    assertThat(proxy)
        .hasToString("AmpersandProxy[project acme at localhost:" + echo.getLocalPort() + "]");
    assertThat(calls).hasToString("Installation[inst-1]");
    assertThat(calls.toString() + proxy).doesNotContain(ApiServer.KEY);
  }
}
