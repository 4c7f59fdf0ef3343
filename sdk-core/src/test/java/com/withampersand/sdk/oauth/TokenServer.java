package com.withampersand.sdk.oauth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;

/** A token endpoint that answers what it is told, and remembers what it was sent. */
final class TokenServer implements AutoCloseable {
  static final String TOKENS =
      "{\"access_token\":\"ACCESS-TOKEN\",\"refresh_token\":\"REFRESH-TOKEN\",\"token_type\":\"Bearer\"}";

  private final MockWebServer server = new MockWebServer();

  TokenServer() {
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI uri(String path) {
    return URI.create("http://localhost:" + server.getPort() + path);
  }

  AuthorizationCodeFlow.Builder flow(ProviderApp app) {
    return AuthorizationCodeFlow.builder(app, uri("/authorize"), uri("/token"))
        .revocationEndpoint(uri("/revoke"));
  }

  TokenServer answer(int status, String contentType, String body) {
    return answer(response(status, contentType).body(body).build());
  }

  TokenServer answer(int status, String contentType, byte[] body) {
    return answer(response(status, contentType).body(new Buffer().write(body)).build());
  }

  TokenServer answer(MockResponse response) {
    server.enqueue(response);
    return this;
  }

  TokenServer tokens() {
    return answer(200, "application/json", TOKENS);
  }

  private static MockResponse.Builder response(int status, String contentType) {
    MockResponse.Builder response = new MockResponse.Builder().code(status);
    return contentType.isEmpty() ? response : response.setHeader("Content-Type", contentType);
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

  /** Returns the form of the next request; a name that was given twice fails. */
  Map<String, String> takeForm() {
    return form(takeRequest());
  }

  static Map<String, String> form(RecordedRequest request) {
    return decode(request.getBody() == null ? "" : request.getBody().utf8());
  }

  static Map<String, String> decode(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      String name = URLDecoder.decode(parts[0], StandardCharsets.UTF_8);
      if (values.put(name, URLDecoder.decode(parts[1], StandardCharsets.UTF_8)) != null) {
        throw new IllegalStateException(name + " was given twice");
      }
    }
    return values;
  }

  @Override
  public void close() {
    server.close();
  }
}
