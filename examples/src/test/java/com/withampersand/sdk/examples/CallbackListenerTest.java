package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallbackListenerTest {
  private final HttpClient browser = HttpClient.newHttpClient();
  private final URI callback = freeCallback();

  private static URI freeCallback() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + free.getLocalPort() + "/callback");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> open(URI address) throws Exception {
    return browser.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }

  @Test
  void await_browserComesBack_isWhereItCame() throws Exception {
    try (CallbackListener listener = CallbackListener.listen(callback)) {
      HttpResponse<String> page = open(URI.create(callback + "?code=abc&state=xyz"));

      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(listener.await(Duration.ofSeconds(10)))
          .contains(URI.create("/callback?code=abc&state=xyz"));
    }
  }

  @Test
  void page_whateverItWasOpenedWith_repeatsNoneOfItAndIsPlainText() throws Exception {
    try (CallbackListener listener = CallbackListener.listen(callback)) {
      HttpResponse<String> page = open(URI.create(callback + "?error=%3Cscript%3Ecanary"));
      HttpResponse<String> other = open(callback.resolve("/canary"));

      assertThat(other.statusCode()).isEqualTo(404);
      assertThat(page.body() + other.body()).doesNotContain("script", "canary");
      for (HttpResponse<String> answer : List.of(page, other)) {
        assertThat(answer.headers().firstValue("Content-Type"))
            .contains("text/plain; charset=utf-8");
        assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
      }
      assertThat(listener.await(Duration.ofSeconds(10))).isPresent();
    }
  }

  @Test
  void await_anotherPathOnly_isEmpty() throws Exception {
    try (CallbackListener listener = CallbackListener.listen(callback)) {
      open(callback.resolve("/favicon.ico"));

      assertThat(listener.await(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void await_openedTwice_isTheFirst() throws Exception {
    try (CallbackListener listener = CallbackListener.listen(callback)) {
      open(URI.create(callback + "?code=first"));
      open(URI.create(callback + "?code=second"));

      assertThat(listener.await(Duration.ofSeconds(10)))
          .contains(URI.create("/callback?code=first"));
      assertThat(listener.await(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void listen_portTakenByAnother_fails() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI there = URI.create("http://127.0.0.1:" + taken.getLocalPort() + "/callback");

      assertThatIOException().isThrownBy(() -> CallbackListener.listen(there));
    }
  }
}
