package com.withampersand.sdk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Names one grant: whose connection it is, and to which provider. The words are Ampersand's own, so
 * that a grant that moves between your back end and Ampersand keeps its name.
 *
 * @param provider the provider's name in Ampersand's catalog, such as {@code salesforce}
 * @param groupRef your identifier for the group of users that the connection belongs to, usually
 *     the customer company
 * @param consumerRef your identifier for the user who consented
 */
public record ConnectionKey(String provider, String groupRef, String consumerRef) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if one is blank, holds a control character, or half of a
   *     character that takes two {@code char}s, which no file, database or request can carry
   */
  public ConnectionKey {
    requireName(provider, "provider");
    requireName(groupRef, "groupRef");
    requireName(consumerRef, "consumerRef");
  }

  private static void requireName(String value, String field) {
    if (Objects.requireNonNull(value, field).isBlank()) {
      throw new IllegalArgumentException(
          field + " must not be blank: without it the grant would belong to no one");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c)) {
        throw new IllegalArgumentException(field + " must not hold control characters");
      }
      if (Character.isSurrogate(c) && !isWithinPair(value, i)) {
        throw new IllegalArgumentException(
            field + " must not hold half of a surrogate pair: nothing could store it");
      }
    }
  }

  private static boolean isWithinPair(String value, int index) {
    return Character.isHighSurrogate(value.charAt(index))
        ? index + 1 < value.length() && Character.isLowSurrogate(value.charAt(index + 1))
        : index > 0 && Character.isHighSurrogate(value.charAt(index - 1));
  }

  /**
   * Returns the three parts, fit for one line of a log: line separators and characters that change
   * the direction of a text are shown as spaces.
   */
  @Override
  public String toString() {
    return "ConnectionKey[provider=%s, groupRef=%s, consumerRef=%s]"
        .formatted(shown(provider), shown(groupRef), shown(consumerRef));
  }

  private static String shown(String part) {
    return part.replaceAll(
        "[\\u2028\\u2029\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]", " ");
  }

  /**
   * Returns a name for this key of one length and of plain characters, for the primary key of a
   * table or the name of a file: the SHA-256 of its parts, as 64 lower-case hexadecimal digits.
   * Different for every key, whatever the parts hold.
   */
  public String id() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(lengthPrefixed(provider, groupRef, consumerRef)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Returns the texts as bytes from which they can be told apart, each behind its length. */
  private static byte[] lengthPrefixed(String... texts) {
    List<byte[]> parts =
        Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    ByteBuffer bytes =
        ByteBuffer.allocate(parts.stream().mapToInt(part -> Integer.BYTES + part.length).sum());
    parts.forEach(part -> bytes.putInt(part.length).put(part));
    return bytes.array();
  }
}
