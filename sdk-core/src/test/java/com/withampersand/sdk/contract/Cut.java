package com.withampersand.sdk.contract;

import com.withampersand.sdk.contract.LoopbackServer.Connection;
import com.withampersand.sdk.contract.LoopbackServer.Script;
import java.io.IOException;

/** Where a server breaks off. */
enum Cut implements Script {
  BEFORE_THE_REQUEST {
    @Override
    public void run(Connection connection) {}
  },
  BEFORE_THE_REQUEST_BY_A_RESET {
    @Override
    public void run(Connection connection) throws IOException {
      connection.reset();
    }
  },
  BEFORE_THE_BODY_OF_THE_REQUEST {
    @Override
    public void run(Connection connection) throws IOException {
      connection.readHead();
    }
  },
  AFTER_THE_REQUEST {
    @Override
    public void run(Connection connection) throws IOException {
      connection.readRequest();
    }
  },
  AFTER_THE_REQUEST_BY_A_RESET {
    @Override
    public void run(Connection connection) throws IOException {
      connection.readRequest();
      connection.reset();
    }
  },
  WITHIN_THE_STATUS_LINE("HTTP/1.1 20"),
  WITHIN_THE_HEADERS("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A"),
  BEFORE_THE_BODY("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
  WITHIN_THE_BODY("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\":1}"),
  BEFORE_THE_CHUNKS("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
  WITHIN_A_CHUNK("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"a\":1}"),
  AFTER_A_CHUNK("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n"),
  BEFORE_A_CHUNK_WITHOUT_SIZE(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\nxyz\r\n"),
  IN_PLACE_OF_HTTP("SSH-2.0-OpenSSH_9.2\r\n\r\n");

  private final String part;

  Cut() {
    this("");
  }

  Cut(String part) {
    this.part = part;
  }

  @Override
  public void run(Connection connection) throws IOException {
    connection.readRequest();
    connection.write(part);
  }
}
