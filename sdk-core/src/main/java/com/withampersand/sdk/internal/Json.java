package com.withampersand.sdk.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.withampersand.sdk.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * JSON that may hold secrets: no error from here quotes it or keeps the parser's error, which
 * would.
 */
public final class Json {
  private Json() {}

  /**
   * Fails where the class path's Jackson cannot work. What sends or keeps tokens calls it when it
   * is built, so that the application does not start.
   *
   * @throws IllegalStateException with cause and cure
   */
  public static void checkJackson() {
    JacksonVersions.check();
  }

  private static ObjectMapper mapper() {
    JacksonVersions.check();
    try {
      return Trees.MAPPER;
    } catch (LinkageError e) {
      throw JacksonVersions.broken(e);
    }
  }

  /**
   * A long name must not make tokens unreadable; how long a text may be, its readers know. The
   * table of names that a factory keeps would hold for good what servers send as one.
   */
  private static JsonFactory factoryOfAnyNames() {
    return JsonFactory.builder()
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .streamReadConstraints(
            StreamReadConstraints.builder().maxNameLength(Integer.MAX_VALUE).build())
        .build();
  }

  /** Returns the factory of parsers. */
  public static JsonFactory factory() {
    JacksonVersions.check();
    return Streams.FACTORY;
  }

  /** Returns a new, empty object. */
  public static ObjectNode object() {
    JacksonVersions.check();
    return JsonNodeFactory.instance.objectNode();
  }

  /**
   * Reads what a server sent.
   *
   * @throws IllegalArgumentException if it is no JSON
   */
  public static JsonNode read(byte[] json) {
    try {
      JsonNode node = mapper().readTree(json);
      if (node != null && !node.isMissingNode()) {
        return node;
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("broken or cut JSON");
    }
    throw new IllegalArgumentException("an empty answer");
  }

  /**
   * Returns a JSON value as texts, numbers, booleans, lists and maps; null among them is left out.
   *
   * @param texts what is made of each text and each member's name
   */
  public static Object plain(JsonNode node, UnaryOperator<String> texts) {
    if (node.isObject()) {
      return plainMembers(node, texts);
    }
    if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      node.forEach(
          item -> {
            if (!item.isNull()) {
              list.add(plain(item, texts));
            }
          });
      return Collections.unmodifiableList(list);
    }
    if (node.isNumber()) {
      return node.numberValue();
    }
    return node.isBoolean() ? node.booleanValue() : texts.apply(node.asText());
  }

  /** Returns the members of a JSON object as {@link #plain} does. */
  public static Map<String, Object> plainMembers(JsonNode object, UnaryOperator<String> texts) {
    Map<String, Object> members = new LinkedHashMap<>();
    object
        .properties()
        .forEach(
            member -> {
              if (!member.getValue().isNull()) {
                members.put(texts.apply(member.getKey()), plain(member.getValue(), texts));
              }
            });
    return Collections.unmodifiableMap(members);
  }

  /**
   * Reads an object that this SDK wrote.
   *
   * @param what what it is, as an error names it
   * @throws IllegalArgumentException if it is no object
   */
  public static JsonNode readObject(Secret json, String what) {
    try {
      JsonNode node = mapper().readTree(json.reveal());
      if (node != null && node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the saved " + what + " is not readable JSON: it was cut or altered");
    }
    throw new IllegalArgumentException(
        "the saved " + what + " is no JSON object: something else was saved in its place");
  }

  /** Returns a member that is a text; empty if it is missing, null or something else. */
  public static Optional<String> text(JsonNode node, String name) {
    return Optional.ofNullable(node.path(name).textValue());
  }

  /**
   * Returns the text of a member that must be there.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static String requireText(JsonNode node, String name) {
    JsonNode member = node.get(name);
    if (member == null || !member.isTextual()) {
      throw new IllegalArgumentException("the saved JSON lacks its member \"" + name + "\"");
    }
    return member.asText();
  }

  /**
   * Adds an instant as the number of nanoseconds since 1970, which is read ten times as fast as a
   * text; as a text if it is centuries away.
   */
  public static void put(ObjectNode json, String name, Instant instant) {
    try {
      json.put(name, ChronoUnit.NANOS.between(Instant.EPOCH, instant));
    } catch (ArithmeticException e) {
      json.put(name, instant.toString());
    }
  }

  /**
   * Returns the address in a member that is a text; empty if it is missing, null or something else.
   *
   * @throws IllegalArgumentException if the text is not a URI; the error does not quote it
   */
  public static Optional<URI> address(JsonNode node, String name) {
    Optional<String> text = text(node, name);
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(new URI(text.get()));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "the saved JSON has no address in its member \"" + name + "\"");
    }
  }

  /**
   * Returns the instant of a member that {@link #put} added.
   *
   * @throws IllegalArgumentException if it is not there
   */
  public static Instant requirePut(JsonNode node, String name) {
    JsonNode member = node.path(name);
    return member.isIntegralNumber() && member.canConvertToLong()
        ? Instant.EPOCH.plusNanos(member.longValue())
        : requireInstant(node, name);
  }

  /**
   * Returns the instant of a member that must be there, a text.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static Instant requireInstant(JsonNode node, String name) {
    try {
      return Instant.parse(requireText(node, name));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "the saved JSON has no instant in its member \"" + name + "\"");
    }
  }

  /** Parsers and generators, which need no more than jackson-core. */
  private static final class Streams {
    static final JsonFactory FACTORY = factoryOfAnyNames();

    private Streams() {}
  }

  /** Reads trees. Made when first needed: it costs half a second of a cold start. */
  private static final class Trees {
    static final ObjectMapper MAPPER =
        JsonMapper.builder(factoryOfAnyNames())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Trees() {}
  }
}
