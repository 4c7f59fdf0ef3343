package com.withampersand.sdk.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.Json;
import com.withampersand.sdk.internal.Text;
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
 * @param request what it answers
 */
record Members(JsonNode node, ApiRequest request) {

  /** Returns the text of a member that the answer must have, as {@link #name} does. */
  String require(String name) {
    return name(name)
        .orElseThrow(
            () ->
                new ProtocolException(
                    "The answer to the "
                        + request.action()
                        + " lacks its member \""
                        + name
                        + "\". Report it to Ampersand.",
                    !request.isReading()));
  }

  Optional<String> text(String name) {
    JsonNode member = node.path(name);
    return member.isTextual() && !member.textValue().isBlank()
        ? Optional.of(member.textValue())
        : Optional.empty();
  }

  /**
   * Returns a text that names something. Messages show such names, so one in which a secret of the
   * request is found, or that is too long to be searched, is not there, unless the request gave
   * this name itself.
   */
  Optional<String> name(String name) {
    return text(name)
        .filter(text -> request.names(text) || !Text.mayHoldAny(text, request.secrets()));
  }

  Optional<Secret> secret(String name) {
    return text(name).map(Secret::of);
  }

  /** Returns a token; one with a character that no header can carry is not there. */
  Optional<Secret> token(String name) {
    return secret(name).filter(token -> token.reveal().chars().allMatch(c -> c >= ' ' && c <= '~'));
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
    if (node.path(name).isArray()) {
      for (JsonNode value : node.path(name)) {
        if (value.isTextual()) {
          texts.add(value.textValue());
        }
      }
    }
    return List.copyOf(texts);
  }

  /** Returns a member that is an object; without members if it is none. */
  Members object(String name) {
    return new Members(node.path(name), request);
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

  /** Returns what it answers: the answer itself may hold tokens. */
  @Override
  public String toString() {
    return "Members[answer to the " + request.action() + "]";
  }
}
