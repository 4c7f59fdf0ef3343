package com.withampersand.sdk.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the requests of one connection, as RFC 9112 writes them. */
final class RequestReader {
  private final InputStream in;
  private final OutputStream out;

  /**
   * @param out where a client is told to go on that asks before it sends a body
   */
  RequestReader(InputStream in, OutputStream out) {
    this.in = new BufferedInputStream(in);
    this.out = out;
  }

  /** A request as it arrived. */
  record RawRequest(
      String method,
      String target,
      String version,
      Map<String, List<String>> headers,
      String body) {

    Optional<String> header(String name) {
      return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** Tells whether the client sends no other request on this connection. */
    boolean isLast() {
      String connection = header("Connection").orElse("");
      return connection.equalsIgnoreCase("close")
          || (version.equals("HTTP/1.0") && !connection.equalsIgnoreCase("keep-alive"));
    }

    boolean hasHeader(String name, String value) {
      return header(name).orElse("").equalsIgnoreCase(value);
    }
  }

  /**
   * Waits for the next request; empty if the client has closed the connection.
   *
   * @throws IOException if what comes is not a request of HTTP/1
   */
  Optional<RawRequest> next() throws IOException {
    String start = line();
    if (start.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = start.split(" ", -1);
    if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
      throw new IOException("not a request of HTTP/1");
    }
    RawRequest head = new RawRequest(parts[0], parts[1], parts[2], headers(), "");
    if (head.hasHeader("Expect", "100-continue")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
    return Optional.of(
        new RawRequest(head.method, head.target, head.version, head.headers, body(head)));
  }

  private Map<String, List<String>> headers() throws IOException {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("not a header");
      }
      headers
          .computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return headers;
  }

  private String body(RawRequest head) throws IOException {
    byte[] body =
        head.hasHeader("Transfer-Encoding", "chunked")
            ? chunks()
            : exactly(number(head.header("Content-Length").orElse("0"), 10));
    return new String(body, StandardCharsets.UTF_8);
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.writeBytes(exactly(size));
      line();
    }
    headers();
    return body.toByteArray();
  }

  private int chunkSize() throws IOException {
    return number(line().split(";", 2)[0].strip(), 16);
  }

  private static int number(String text, int radix) throws IOException {
    try {
      return Integer.parseUnsignedInt(text, radix);
    } catch (NumberFormatException e) {
      throw new IOException("not a length: " + text, e);
    }
  }

  private byte[] exactly(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the body ends early");
    }
    return bytes;
  }

  /** Reads a line; empty at the end of the stream. */
  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
