package com.withampersand.sdk.testkit;

import com.withampersand.sdk.testkit.RequestReader.RawRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/**
 * A proxy for HTTPS that plays every host it knows itself (RFC 9110, section 9.3.6). It dials no
 * other: a test that forgot to fake a host must not reach it.
 */
final class ProxyService implements Listener.Service {
  private final Network network;
  private final TlsContexts tls;
  private final Shutdown shutdown;

  ProxyService(Network network, TlsContexts tls, Shutdown shutdown) {
    this.network = network;
    this.tls = tls;
    this.shutdown = shutdown;
  }

  @Override
  public void serve(Socket connection) throws IOException {
    OutputStream out = connection.getOutputStream();
    Optional<RawRequest> request = new RequestReader(connection.getInputStream(), out).next();
    if (request.isEmpty()) {
      return;
    }
    String target = request.get().target();
    String host = target.endsWith(":443") ? target.substring(0, target.length() - 4) : "";
    Optional<HttpService> service = network.find(host);
    if (request.get().method().equals("CONNECT") && service.isPresent()) {
      out.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      tunnel(connection, Forms.lowerCase(host), service.get());
    } else {
      new ReplyWriter(out, shutdown).write(Reply.of(refusal(target)), false);
    }
  }

  private static Answer refusal(String target) {
    return Answer.text(502, "The fake serves no host for " + target + ", and dials no other")
        .withHeader("Connection", "close");
  }

  private void tunnel(Socket connection, String host, HttpService service) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) tls.server(host).getSocketFactory().createSocket(connection, null, true)) {
      new HttpConnection(socket, Addresses.https(host), shutdown, service).serve();
    }
  }
}
