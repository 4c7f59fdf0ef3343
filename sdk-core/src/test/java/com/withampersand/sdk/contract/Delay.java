package com.withampersand.sdk.contract;

import com.withampersand.sdk.contract.LoopbackServer.Connection;
import com.withampersand.sdk.contract.LoopbackServer.Script;
import java.io.IOException;

/** How a server keeps its client waiting for longer than any test. */
enum Delay implements Script {
  NO_ANSWER {
    @Override
    public void run(Connection connection) throws IOException {
      connection.readRequest();
      connection.awaitHangUp();
    }
  },
  TRICKLING_HEADERS {
    @Override
    public void run(Connection connection) throws IOException, InterruptedException {
      connection.readRequest();
      connection.write("HTTP/1.1 200 OK\r\nX-A: ");
      connection.trickle("a");
    }
  },
  STALLED_BODY {
    @Override
    public void run(Connection connection) throws IOException {
      connection.readRequest();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"access_token\":");
      connection.awaitHangUp();
    }
  },
  TRICKLING_BODY {
    @Override
    public void run(Connection connection) throws IOException, InterruptedException {
      connection.readRequest();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
      connection.trickle("a");
    }
  },
  TRICKLING_CHUNKS {
    @Override
    public void run(Connection connection) throws IOException, InterruptedException {
      connection.readRequest();
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      connection.trickle("1\r\na\r\n");
    }
  }
}
