package com.withampersand.sdk.platform;

import com.withampersand.sdk.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** An API that answers what it is told, and remembers what it was sent. */
final class ApiServer implements AutoCloseable {
  static final String KEY = "KEY-CANARY-1234567890";
  static final String APP =
      "{\"id\":\"pa-1\",\"projectId\":\"p\",\"provider\":\"salesforce\",\"clientId\":\"key\","
          + "\"scopes\":[\"api\",\"refresh_token\"],\"createTime\":\"2026-11-24T12:00:00.123456Z\"}";
  static final String CONNECTION =
      "{\"id\":\"c-1\",\"projectId\":\"p\",\"provider\":\"salesforce\",\"authScheme\":\"oauth2/authorizationCode\","
          + "\"status\":\"working\",\"createTime\":\"2026-11-24T12:00:00.123456Z\","
          + "\"group\":{\"groupRef\":\"acme\",\"groupName\":\"Acme\",\"projectId\":\"p\",\"createTime\":\"2026-11-24T12:00:00Z\"},"
          + "\"consumer\":{\"consumerRef\":\"ada\",\"consumerName\":\"Ada\",\"projectId\":\"p\",\"createTime\":\"2026-11-24T12:00:00Z\"}}";

  private final MockWebServer server = new MockWebServer();

  /** The waits between attempts, in order; none is waited for. */
  final List<Duration> waits = new ArrayList<>();

  ApiServer() {
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI baseUrl() {
    return URI.create("http://localhost:" + server.getPort() + "/v1");
  }

  AmpersandClient.Builder builder() {
    return AmpersandClient.builder("my-project", Secret.of(KEY))
        .baseUrl(baseUrl())
        .pause(waits::add);
  }

  AmpersandClient client() {
    return builder().build();
  }

  ApiServer json(int status, String body) {
    return answer(status, "application/json", body);
  }

  ApiServer problem(int status, String body) {
    return answer(status, "application/problem+json", body);
  }

  ApiServer text(String body) {
    return answer(200, "text/plain", body);
  }

  ApiServer answer(int status, String contentType, String body) {
    return answer(
        new MockResponse.Builder()
            .code(status)
            .setHeader("Content-Type", contentType)
            .body(body)
            .build());
  }

  ApiServer answer(MockResponse response) {
    server.enqueue(response);
    return this;
  }

  int requestCount() {
    return server.getRequestCount();
  }

  RecordedRequest takeRequest() {
    try {
      RecordedRequest request = server.takeRequest(10, TimeUnit.SECONDS);
      if (request == null) {
        throw new IllegalStateException("no request arrived");
      }
      return request;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns method, target and body of the next request. */
  String take() {
    RecordedRequest request = takeRequest();
    String body = request.getBody() == null ? "" : request.getBody().utf8();
    return (request.getMethod() + " " + request.getTarget() + " " + body).strip();
  }

  @Override
  public void close() {
    server.close();
  }
}
