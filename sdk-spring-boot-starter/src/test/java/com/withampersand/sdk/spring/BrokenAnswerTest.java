package com.withampersand.sdk.spring;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.TokenProvider;
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
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** A server that sends back what it was sent where no client expects it. */
@Timeout(60)
class BrokenAnswerTest {
  private static final String TOKEN = "00D000000000001!AQ4AQTOKENCANARYTOKENCANARYTOKENCANARY";

  private ServerSocket server;
  private volatile UnaryOperator<String> answer = credentials -> "";

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    Thread thread = new Thread(this::accept, "broken-server");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try (Socket connection = server.accept()) {
        String credentials = credentials(connection);
        connection.getOutputStream().write(answer.apply(credentials).getBytes(ISO_8859_1));
      } catch (IOException e) {
        // The client hung up, or the server was closed.
      }
    }
  }

  private static String credentials(Socket connection) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(connection.getInputStream(), ISO_8859_1));
    String credentials = "";
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      credentials = line.startsWith("Authorization:") ? line : credentials;
    }
    return credentials;
  }

  @Test
  void call_answerIsBroken_showsNoTokenThatItQuotes() {
    assertThat(failure(sent -> "HTTP/1.1 x " + sent + "\r\n\r\n")).contains("status");
    failure(sent -> sent + "\r\n\r\n");
    failure(sent -> "HTTP/1.1 200 OK\r\nContent-Length: " + sent + "\r\n\r\n");
    failure(sent -> "HTTP/1.1 400 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + sent + "\r\n");
  }

  /** Returns what a log would show of a call that is answered so. */
  private String failure(UnaryOperator<String> answered) {
    answer = answered;
    RestClient client =
        RestClient.builder()
            .requestFactory(new JdkClientHttpRequestFactory())
            .requestInterceptor(SalesforceInterceptor.of(new OneToken(), host()))
            .build();
    Throwable failure =
        catchThrowable(
            () ->
                client
                    .get()
                    .uri("/services/data/v65.0/limits")
                    .attributes(SalesforceInterceptor.customer(Starter.ACME))
                    .retrieve()
                    .body(String.class));
    StringWriter shown = new StringWriter();
    failure.printStackTrace(new PrintWriter(shown));
    assertThat(shown.toString()).doesNotContain("CANARY");
    return shown.toString();
  }

  private String address() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private LoginHost host() {
    return LoginHost.custom(URI.create(address()));
  }

  /** The grant of an org at the server. */
  private final class OneToken implements TokenProvider {
    @Override
    public TokenSet get(ConnectionKey key) {
      return TokenSet.builder(Secret.of(TOKEN), Instant.now())
          .attribute("instance_url", address())
          .build();
    }

    @Override
    public TokenSet refused(ConnectionKey key, Secret sentAccessToken) {
      return get(key);
    }

    @Override
    public GrantStatus status(ConnectionKey key) {
      throw new UncheckedIOException(new IOException("nothing is stored"));
    }
  }
}
