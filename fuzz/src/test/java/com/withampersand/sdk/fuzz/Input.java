package com.withampersand.sdk.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One input: bytes, or texts that a line of two tildes divides. */
final class Input {
  private static final String DIVIDER = "\n~~\n";

  private final byte[] bytes;
  private final List<String> fields;

  Input(byte[] bytes) {
    this.bytes = bytes.clone();
    this.fields = fields(new String(bytes, StandardCharsets.UTF_8));
  }

  private static List<String> fields(String text) {
    List<String> fields = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf(DIVIDER); end >= 0; end = text.indexOf(DIVIDER, start)) {
      fields.add(text.substring(start, end));
      start = end + DIVIDER.length();
    }
    fields.add(text.substring(start));
    return fields;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** Returns the whole as a text in UTF-8, in which wrong bytes are replaced. */
  String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Returns one of the texts; empty if there are fewer. */
  String field(int index) {
    return index < fields.size() ? fields.get(index) : "";
  }

  /** Returns the number in one of the texts; another one if it is none between the two. */
  int number(int index, int least, int most, int otherwise) {
    try {
      int number = Integer.parseInt(field(index).strip());
      return number < least || number > most ? otherwise : number;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
