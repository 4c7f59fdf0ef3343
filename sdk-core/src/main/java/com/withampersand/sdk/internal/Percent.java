package com.withampersand.sdk.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Percent-encoding: RFC 3986 when writing, {@code application/x-www-form-urlencoded} when reading.
 */
public final class Percent {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private static final boolean[] UNRESERVED = unreserved();

  private Percent() {}

  /**
   * Appends {@code text} with everything but unreserved characters encoded, as RFC 3986, section
   * 2.3 names them.
   */
  public static void encode(String text, StringBuilder target) {
    int length = text.length();
    int plain = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (isUnreserved(c)) {
        continue;
      }
      target.append(text, plain, i);
      if (c < 0x80) {
        appendByte(c, target);
      } else {
        int end = endOfNonAscii(text, i);
        for (byte b : text.substring(i, end).getBytes(StandardCharsets.UTF_8)) {
          appendByte(b, target);
        }
        i = end - 1;
      }
      plain = i + 1;
    }
    target.append(text, plain, length);
  }

  /** Returns {@code text} encoded as {@link #encode(String, StringBuilder)} does. */
  public static String encode(String text) {
    StringBuilder target = new StringBuilder(text.length() + 16);
    encode(text, target);
    return target.toString();
  }

  /**
   * Decodes one name or value once: {@code +} is a space.
   *
   * @throws IllegalArgumentException if a percent sign is not followed by two hexadecimal digits,
   *     or the result is not UTF-8
   */
  public static String decode(String text) {
    return decode(text, 0, text.length());
  }

  /** Decodes a part of a text as {@link #decode(String)} does. */
  public static String decode(String text, int start, int end) {
    byte[] ascii = new byte[end - start];
    int length = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      byte decoded = (byte) (c == '+' ? ' ' : c);
      if (c == '%') {
        decoded = hexByte(text, i + 1, end);
        i += 2;
      }
      if (c >= 0x80 || decoded < 0) {
        return decodeUtf8(text.substring(start, end));
      }
      ascii[length++] = decoded;
    }
    return new String(ascii, 0, length, StandardCharsets.US_ASCII);
  }

  private static String decodeUtf8(String text) {
    ByteBuffer bytes = ByteBuffer.allocate(text.length() * 3);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        bytes.put(hexByte(text, i + 1, text.length()));
        i += 2;
      } else if (c < 0x80) {
        bytes.put((byte) (c == '+' ? ' ' : c));
      } else {
        int end = i + Character.charCount(text.codePointAt(i));
        bytes.put(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
        i = end - 1;
      }
    }
    return utf8(bytes.flip());
  }

  private static String utf8(ByteBuffer bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    try {
      return decoder.decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the text does not decode to UTF-8", e);
    }
  }

  private static byte hexByte(String text, int start, int end) {
    if (start + 2 > end) {
      throw new IllegalArgumentException("the text ends within a percent-encoded character");
    }
    int high = hexDigit(text.charAt(start));
    int low = hexDigit(text.charAt(start + 1));
    if (high < 0 || low < 0) {
      throw new IllegalArgumentException(
          "a percent sign is not followed by two hexadecimal digits");
    }
    return (byte) ((high << 4) | low);
  }

  /** ASCII alone: other scripts have digits too, and no encoder writes them. */
  private static int hexDigit(char c) {
    return HexFormat.isHexDigit(c) ? HexFormat.fromHexDigit(c) : -1;
  }

  private static int endOfNonAscii(String text, int start) {
    int end = start;
    while (end < text.length() && text.charAt(end) >= 0x80) {
      end++;
    }
    return end;
  }

  private static void appendByte(int value, StringBuilder target) {
    target.append('%').append(HEX[(value >> 4) & 0xF]).append(HEX[value & 0xF]);
  }

  private static boolean isUnreserved(char c) {
    return c < 0x80 && UNRESERVED[c];
  }

  private static boolean[] unreserved() {
    boolean[] unreserved = new boolean[0x80];
    for (char c = 0; c < unreserved.length; c++) {
      unreserved[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~".indexOf(c) >= 0;
    }
    return unreserved;
  }
}
