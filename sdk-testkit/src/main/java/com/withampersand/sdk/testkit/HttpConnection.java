package com.withampersand.sdk.testkit;

import com.withampersand.sdk.testkit.RequestReader.RawRequest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers the requests of one connection, one after the other. */
final class HttpConnection {
  private final RequestReader reader;
  private final ReplyWriter writer;
  private final URI origin;
  private final HttpService service;

  /**
   * @param origin the address that the client called
   */
  HttpConnection(Socket socket, URI origin, Shutdown shutdown, HttpService service)
      throws IOException {
    this.origin = origin;
    this.reader = new RequestReader(socket.getInputStream(), socket.getOutputStream());
    this.writer = new ReplyWriter(socket.getOutputStream(), shutdown);
    this.service = service;
  }

  /** Serves until one of both sides ends the connection. */
  void serve() throws IOException {
    boolean open = true;
    while (open) {
      Optional<RawRequest> request = reader.next();
      open = request.isPresent() && answer(request.get());
    }
  }

  private boolean answer(RawRequest request) throws IOException {
    Reply reply = service.answer(received(request));
    return writer.write(reply, request.method().equals("HEAD")) && !request.isLast();
  }

  private ReceivedRequest received(RawRequest raw) {
    int query = raw.target().indexOf('?');
    Map<String, List<String>> parameters =
        query < 0 ? Map.of() : Forms.decode(raw.target().substring(query + 1));
    String path = query < 0 ? raw.target() : raw.target().substring(0, query);
    return new ReceivedRequest(origin, raw.method(), path, parameters, raw.headers(), raw.body());
  }
}
