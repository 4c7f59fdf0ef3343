package com.withampersand.sdk.oauth;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.internal.HttpCalls;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.internal.Percent;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The members of an answer, in whichever form it came: a JSON object, a JSON array of one
 * (Salesforce's REST errors), or a form. The body is looked at rather than its declared type, which
 * servers get wrong. Whatever else it is, {@link #flaw()} says in words.
 */
final class AnswerBody {
  private static final Pattern FORM = Pattern.compile("[A-Za-z_]+=[^\\s<]*");

  /** What some resources refuse with, without any structure: {@code Bad_OAuth_Token}. */
  private static final Pattern WORD =
      Pattern.compile("(\"?)([A-Za-z]{2,20}(?:_[A-Za-z]{2,20}){1,4})\\1");

  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final String BYTE_ORDER_BYTES = "\u00EF\u00BB\u00BF";
  private static final String WEB_PAGE = "a web page";

  private final Map<String, String> scalars = new LinkedHashMap<>();
  private final Map<String, String> structures = new LinkedHashMap<>();
  private String flaw = "";
  private String word = "";

  private AnswerBody() {}

  static AnswerBody of(Response response) {
    AnswerBody body = new AnswerBody();
    byte[] bytes = response.body();
    if (bytes.length > HttpCalls.MAX_RESPONSE_BYTES) {
      body.flaw = "an answer longer than " + HttpCalls.MAX_RESPONSE_BYTES + " bytes";
      return body;
    }
    int first = firstCharacter(bytes);
    if (first == '{' || first == '[') {
      body.readJson(bytes);
    } else {
      body.readText(response.text().replace(BYTE_ORDER_MARK, "").strip());
    }
    return body;
  }

  /**
   * Returns the first byte that is neither white space nor part of a byte order mark; zero if there
   * is none.
   */
  private static int firstCharacter(byte[] bytes) {
    for (byte b : bytes) {
      boolean skipped =
          b == ' '
              || b == '\t'
              || b == '\r'
              || b == '\n'
              || BYTE_ORDER_BYTES.indexOf(b & 0xFF) >= 0;
      if (!skipped) {
        return b;
      }
    }
    return 0;
  }

  private void readText(String text) {
    if (text.isEmpty()) {
      flaw = "an empty answer";
    } else if (FORM.matcher(text).matches()) {
      readForm(text);
    } else {
      flaw = text.startsWith("<") ? WEB_PAGE : "neither JSON nor a form";
      Matcher matcher = WORD.matcher(text);
      word = matcher.matches() ? matcher.group(2) : "";
    }
  }

  /**
   * Returns what is wrong with the body, in words that quote none of it; empty if its members could
   * be read.
   */
  String flaw() {
    return flaw;
  }

  /** Returns the words joined by underscores that are the whole body, if it is so. */
  Optional<String> word() {
    return Optional.of(word).filter(text -> !text.isEmpty());
  }

  /**
   * Tells whether the body is meant for people: a maintenance page, a proxy's login, whatever the
   * status says.
   */
  boolean isWebPage() {
    return flaw.equals(WEB_PAGE);
  }

  /** Returns a member that is no object and no array, if it is there and not blank. */
  Optional<String> text(String name) {
    return Optional.ofNullable(scalars.get(name)).filter(value -> !value.isBlank());
  }

  /**
   * Returns the members that are no objects and no arrays, as text: numbers and booleans as they
   * were written.
   */
  Map<String, String> scalars() {
    return scalars;
  }

  /** Returns the members that are objects or arrays, as JSON. */
  Map<String, String> structures() {
    return structures;
  }

  private void readJson(byte[] bytes) {
    try (JsonParser parser = Json.factory().createParser(bytes)) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_ARRAY) {
        readArray(parser);
      } else {
        readObject(parser);
      }
      if (flaw.isEmpty() && parser.nextToken() != null) {
        flaw = "JSON with something behind it";
      }
    } catch (IOException e) {
      // The parser's message would quote the answer.
      flaw = "broken or cut JSON";
    }
    if (!flaw.isEmpty()) {
      scalars.clear();
      structures.clear();
    }
  }

  private void readArray(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      flaw = "a JSON array that holds no object";
      return;
    }
    readObject(parser);
    while (flaw.isEmpty() && parser.nextToken() != JsonToken.END_ARRAY) {
      parser.skipChildren();
    }
  }

  private void readObject(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (scalars.containsKey(name) || structures.containsKey(name)) {
        flaw = "JSON that gives one member twice";
        return;
      }
      if (value.isStructStart()) {
        structures.put(name, copy(parser));
      } else if (value != JsonToken.VALUE_NULL) {
        scalars.put(name, parser.getText());
      }
    }
  }

  private static String copy(JsonParser parser) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = Json.factory().createGenerator(text)) {
      generator.copyCurrentStructure(parser);
    }
    return text.toString();
  }

  private void readForm(String text) {
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0
          && scalars.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)))
              != null) {
        flaw = "a form that gives one member twice";
      }
    }
    if (!flaw.isEmpty()) {
      scalars.clear();
    }
  }

  private String decode(String text) {
    try {
      return Percent.decode(text);
    } catch (IllegalArgumentException e) {
      flaw = "a form that cannot be decoded";
      return "";
    }
  }
}
