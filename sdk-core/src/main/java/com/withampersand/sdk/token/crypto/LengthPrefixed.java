package com.withampersand.sdk.token.crypto;

import com.withampersand.sdk.ConnectionKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Texts as bytes from which they can be told apart: each in UTF-8 behind its length. */
final class LengthPrefixed {
  private LengthPrefixed() {}

  /** Returns what binds a ciphertext or a derived key to its purpose, its key and its grant. */
  static byte[] binding(String purpose, String keyId, ConnectionKey grant) {
    return of(purpose, keyId, grant.provider(), grant.groupRef(), grant.consumerRef());
  }

  private static byte[] of(String... texts) {
    List<byte[]> parts =
        Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    ByteBuffer bytes =
        ByteBuffer.allocate(parts.stream().mapToInt(part -> Integer.BYTES + part.length).sum());
    parts.forEach(part -> bytes.putInt(part.length).put(part));
    return bytes.array();
  }
}
