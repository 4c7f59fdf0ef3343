package com.withampersand.sdk.testkit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes replies to one connection, with whatever befalls them. */
final class ReplyWriter {
  private final OutputStream out;
  private final Shutdown shutdown;

  ReplyWriter(OutputStream out, Shutdown shutdown) {
    this.out = new BufferedOutputStream(out);
    this.shutdown = shutdown;
  }

  /**
   * Writes a reply.
   *
   * @param toHead whether the request was a HEAD, whose answer has no body
   * @return whether the connection stays open
   */
  boolean write(Reply reply, boolean toHead) throws IOException {
    if (reply.cut() == Reply.Cut.BEFORE_THE_ANSWER) {
      return false;
    }
    byte[] body = reply.answer().body().getBytes(StandardCharsets.UTF_8);
    out.write(head(reply.answer(), body.length).getBytes(StandardCharsets.UTF_8));
    if (reply.cut() == Reply.Cut.IN_THE_BODY) {
      out.write(body, 0, body.length / 2);
      out.flush();
      return false;
    }
    if (!toHead && mayHaveBody(reply.answer().status())) {
      write(body, reply.trickle());
    }
    out.flush();
    return true;
  }

  private static String head(Answer answer, int length) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (mayHaveBody(answer.status())) {
      headers.put("content-length", "Content-Length: " + length);
    }
    if (!answer.contentType().isEmpty()) {
      headers.put("content-type", "Content-Type: " + answer.contentType());
    }
    answer
        .headers()
        .forEach((name, value) -> headers.put(Forms.lowerCase(name), name + ": " + value));
    return "HTTP/1.1 %d %s\r\n%s\r\n\r\n"
        .formatted(answer.status(), reason(answer.status()), String.join("\r\n", headers.values()));
  }

  /** RFC 9110, section 6.4.1. */
  private static boolean mayHaveBody(int status) {
    return status >= 200 && status != 204 && status != 304;
  }

  private static String reason(int status) {
    return switch (status / 100) {
      case 1 -> "Informational";
      case 2 -> "OK";
      case 3 -> "Redirection";
      case 4 -> "Client Error";
      default -> "Server Error";
    };
  }

  private void write(byte[] body, Duration trickle) throws IOException {
    if (trickle.isZero()) {
      out.write(body);
      return;
    }
    try {
      for (byte value : body) {
        out.write(value);
        out.flush();
        shutdown.sleep(trickle);
      }
    } catch (Shutdown.Stopped e) {
      throw new IOException(e);
    }
  }
}
