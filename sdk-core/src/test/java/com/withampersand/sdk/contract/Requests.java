package com.withampersand.sdk.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.http.HttpTransport.Request;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Requests and answers for tests of a transport. */
final class Requests {
  /** No test waits for so long, unless a transport does. */
  static final Duration LONG = Duration.ofSeconds(50);

  /** So long a test waits for a transport that has to give up. */
  static final Duration SHORT = Duration.ofMillis(500);

  static final int MOST_BYTES = 1000;

  static final String OK = answer("ok");

  private Requests() {}

  static String answer(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  static Request of(String method, URI uri, Map<String, String> headers, String body) {
    return new Request(method, uri, headers, body.getBytes(UTF_8), LONG, MOST_BYTES);
  }

  static Request post(URI uri, String body) {
    return of("POST", uri, Map.of("Content-Type", "application/x-www-form-urlencoded"), body);
  }

  static Request post(URI uri, byte[] body, Duration timeout) {
    return new Request("POST", uri, Map.of(), body, timeout, MOST_BYTES);
  }

  static byte[] everyByte(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i + i / 256);
    }
    return bytes;
  }
}
