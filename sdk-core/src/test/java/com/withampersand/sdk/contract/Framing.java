package com.withampersand.sdk.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.withampersand.sdk.contract.LoopbackServer.Received;
import com.withampersand.sdk.contract.LoopbackServer.Script;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/** How an answer tells where its body ends. */
enum Framing {
  LENGTH {
    @Override
    byte[] frame(byte[] body) {
      return join("Content-Length: " + body.length + "\r\n\r\n", body, "");
    }
  },
  CHUNKS {
    @Override
    byte[] frame(byte[] body) {
      String size = Integer.toHexString(body.length) + "\r\n";
      return join("Transfer-Encoding: chunked\r\n\r\n" + size, body, "\r\n0\r\n\r\n");
    }
  },
  END_OF_CONNECTION {
    @Override
    byte[] frame(byte[] body) {
      return join("Connection: close\r\n\r\n", body, "");
    }
  };

  abstract byte[] frame(byte[] body);

  private static byte[] join(String before, byte[] body, String after) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(before.getBytes(ISO_8859_1));
    all.writeBytes(body);
    all.writeBytes(after.getBytes(ISO_8859_1));
    return all.toByteArray();
  }

  /** Answers every request with a body, framed like this. */
  Script answering(byte[] body) {
    return connection -> {
      while (connection.readRequest().isPresent()) {
        connection.write("HTTP/1.1 200 OK\r\n");
        connection.write(frame(body));
        if (this == END_OF_CONNECTION) {
          return;
        }
      }
    };
  }

  /** Answers one request, compressed if it allows that. */
  static Script compressedIfAsked(int length) {
    return connection -> {
      Received request = connection.request();
      byte[] body = "x".repeat(length).getBytes(ISO_8859_1);
      connection.write("HTTP/1.1 200 OK\r\n");
      if (String.join(",", request.header("Accept-Encoding")).contains("gzip")) {
        connection.write("Content-Encoding: gzip\r\n");
        body = compressed(body);
      }
      connection.write(LENGTH.frame(body));
      connection.awaitHangUp();
    };
  }

  private static byte[] compressed(byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(body);
    }
    return bytes.toByteArray();
  }
}
