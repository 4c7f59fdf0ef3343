package com.withampersand.sdk.salesforce;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * A server on this machine that answers each request with text that is made of the request: status
 * line, headers and body, as they are sent. It closes each connection.
 */
final class EchoServer implements AutoCloseable {
  private final ServerSocket socket;
  private volatile Function<String, String> answer = request -> "";

  EchoServer() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    Thread thread = new Thread(this::accept, "echo-server");
    thread.setDaemon(true);
    thread.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Sets what a request, its head and its body, is answered. */
  void answer(Function<String, String> answer) {
    this.answer = answer;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try (Socket connection = socket.accept()) {
        connection.setSoTimeout(5_000);
        String request = read(new BufferedInputStream(connection.getInputStream()));
        connection.getOutputStream().write(answer.apply(request).getBytes(StandardCharsets.UTF_8));
        connection.getOutputStream().flush();
      } catch (IOException e) {
        // The client hung up, or the server was closed.
      }
    }
  }

  private static String read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    int next = in.read();
    while (next >= 0 && head.indexOf("\r\n\r\n") < 0) {
      head.append((char) next);
      if (!head.toString().endsWith("\r\n\r\n")) {
        next = in.read();
      }
    }
    String lines = head.toString();
    int length = Integer.parseInt(header(lines, "content-length", "0"));
    return lines + new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  /** Returns the value of a header of a request; {@code missing} if there is none. */
  static String header(String request, String name, String missing) {
    return request
        .lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse(missing);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
