package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.http.HttpTransport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * A server in this process, which answers every request by a rule and keeps what it was sent. A
 * fuzzer tries thousands of answers a second, too many for connections.
 */
final class Answers implements HttpTransport {
  private final Function<Request, Response> rule;
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

  Answers(Function<Request, Response> rule) {
    this.rule = rule;
  }

  Answers(int status, Map<String, List<String>> headers, byte[] body) {
    Response answer = new Response(status, headers, body);
    this.rule = request -> answer;
  }

  static Answers json(int status, String body) {
    return new Answers(
        status,
        Map.of("Content-Type", List.of("application/json;charset=UTF-8")),
        body.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the same answers of a server that was not asked yet. */
  Answers again() {
    return new Answers(rule);
  }

  @Override
  public Response send(Request request) {
    requests.add(request);
    return rule.apply(request);
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  boolean isUnused() {
    return requests.isEmpty();
  }
}
