package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.http.HttpTransport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A server in this process, which answers every request in the same way and keeps what it was sent.
 * A fuzzer tries thousands of answers a second, too many for connections.
 */
final class Answers implements HttpTransport {
  private final Response answer;
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

  Answers(int status, Map<String, List<String>> headers, byte[] body) {
    this.answer = new Response(status, headers, body);
  }

  static Answers json(int status, String body) {
    return new Answers(
        status,
        Map.of("Content-Type", List.of("application/json;charset=UTF-8")),
        body.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Response send(Request request) {
    requests.add(request);
    return answer;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  boolean isUnused() {
    return requests.isEmpty();
  }
}
