package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A JSON object of an answer. It is read leniently: a member that is missing, null or of another
 * type than expected is not there.
 *
 * @param action what was being done, as the message of an error names it
 */
record Members(JsonNode node, String action) {

  /** Returns the text of a member without which the answer is of no use. */
  String require(String name) {
    return text(name)
        .orElseThrow(
            () ->
                new ProtocolException(
                    "The answer to the "
                        + action
                        + " lacks its member \""
                        + name
                        + "\". Report it to Ampersand.",
                    false));
  }

  Optional<String> text(String name) {
    JsonNode member = node.path(name);
    return member.isTextual() && !member.textValue().isBlank()
        ? Optional.of(member.textValue())
        : Optional.empty();
  }

  Optional<Secret> secret(String name) {
    return text(name).map(Secret::of);
  }

  boolean flag(String name) {
    return node.path(name).asBoolean(false);
  }

  Optional<Instant> instant(String name) {
    try {
      return text(name).map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Returns the texts in an array; empty if it is none. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    node.path(name)
        .forEach(
            item -> {
              if (item.isTextual()) {
                texts.add(item.textValue());
              }
            });
    return texts;
  }

  /** Returns a member that is an object; without members if it is none. */
  Members object(String name) {
    return new Members(node.path(name), action);
  }

  /** Returns the members that are texts. */
  Map<String, String> textMembers() {
    Map<String, String> texts = new LinkedHashMap<>();
    node.properties()
        .forEach(
            member -> {
              if (member.getValue().isTextual()) {
                texts.put(member.getKey(), member.getValue().textValue());
              }
            });
    return texts;
  }

  /** Returns every member, as texts, numbers, booleans, lists and maps. */
  Map<String, Object> plain() {
    return Json.plainMembers(node, UnaryOperator.identity());
  }
}
