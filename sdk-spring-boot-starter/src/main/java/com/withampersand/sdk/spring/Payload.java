package com.withampersand.sdk.spring;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.withampersand.sdk.ConnectionKey;
import java.net.URLDecoder;
import java.util.Optional;

/** Writes the name of a connection into the payload of an attempt, and reads it again. */
final class Payload {
  private Payload() {}

  static String of(ConnectionKey key) {
    return encode(key.provider()) + "&" + encode(key.groupRef()) + "&" + encode(key.consumerRef());
  }

  /**
   * Encodes what has a meaning here: names in Chinese would otherwise take three times the room.
   */
  private static String encode(String part) {
    return part.replace("%", "%25").replace("&", "%26").replace("+", "%2B");
  }

  /** Returns the connection; empty if the callback belongs to no attempt that is known. */
  static Optional<ConnectionKey> read(String payload) {
    String[] parts = payload.split("&", -1);
    return parts.length == 3
        ? Optional.of(new ConnectionKey(decode(parts[0]), decode(parts[1]), decode(parts[2])))
        : Optional.empty();
  }

  private static String decode(String part) {
    return URLDecoder.decode(part, UTF_8);
  }
}
