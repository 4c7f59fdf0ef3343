package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An object in the body of a request. Each check notes what is wrong; {@link #finish(int)} refuses
 * the request if anything is.
 */
final class Input {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final ObjectNode object;
  private final String prefix;
  private final List<Issue> issues;

  private Input(ObjectNode object, String prefix, List<Issue> issues) {
    this.object = object;
    this.prefix = prefix;
    this.issues = issues;
  }

  /** Reads the body, and refuses the request if it is no JSON object. */
  static Input of(ReceivedRequest request) {
    String type = request.header("Content-Type").orElse("");
    if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      throw FakeRefusal.invalid(
          400,
          Issue.malformed("header", "Content-Type", "Content-Type must be application/json")
              .withValue(type));
    }
    return new Input(parse(request.body()), "", new ArrayList<>());
  }

  private static ObjectNode parse(String body) {
    try {
      if (MAPPER.readTree(body) instanceof ObjectNode object) {
        return object;
      }
      throw FakeRefusal.invalid(400, Issue.malformed("body", "", "the body must be a JSON object"));
    } catch (JsonProcessingException e) {
      throw FakeRefusal.invalid(400, Issue.malformed("body", "", "the body is not JSON"));
    }
  }

  ObjectNode object() {
    return object;
  }

  boolean has(String name) {
    return object.has(name);
  }

  /** Returns a text that was checked, or an empty one. */
  String text(String name) {
    return object.path(name).asText("");
  }

  Optional<String> find(String name) {
    return Optional.ofNullable(object.path(name).textValue());
  }

  void issue(Issue issue) {
    issues.add(issue);
  }

  /** Notes which of these members are not there. */
  void require(String... names) {
    for (String name : names) {
      if (!has(name)) {
        malformed(name, "is required");
      }
    }
  }

  /** Notes which of these members are there and no strings. */
  void texts(String... names) {
    for (String name : names) {
      check(name, JsonNode::isTextual, "must be a string");
    }
  }

  /** Notes which of these members are there and say nothing, or nothing readable. */
  void filled(String... names) {
    texts(names);
    for (String name : names) {
      find(name)
          .filter(text -> text.isBlank() || text.chars().anyMatch(Character::isISOControl))
          .ifPresent(text -> unacceptable(name, "must not be blank or hold control characters"));
    }
  }

  void lists(String... names) {
    for (String name : names) {
      check(name, Input::isListOfTexts, "must be an array of strings");
    }
  }

  void flags(String... names) {
    for (String name : names) {
      check(name, JsonNode::isBoolean, "must be a boolean");
    }
  }

  /** Notes a member that is no object with values of one kind. */
  void map(String name, Predicate<JsonNode> kind, String text) {
    check(name, node -> node.isObject() && FakeJson.values(node).allMatch(kind), text);
  }

  static boolean isListOfTexts(JsonNode node) {
    return node.isArray() && FakeJson.values(node).allMatch(JsonNode::isTextual);
  }

  /** Enters a member that is an object; notes if it is none, and then enters an empty one. */
  Input enter(String name) {
    check(name, JsonNode::isObject, "must be an object");
    return object.path(name) instanceof ObjectNode inner
        ? new Input(inner, prefix + name + ".", issues)
        : new Input(JsonNodeFactory.instance.objectNode(), prefix + name + ".", new ArrayList<>());
  }

  private void check(String name, Predicate<JsonNode> kind, String text) {
    if (has(name) && !kind.test(object.path(name))) {
      malformed(name, text);
    }
  }

  void malformed(String name, String text) {
    issues.add(Issue.malformed("body", prefix + name, prefix + name + " " + text));
  }

  void unacceptable(String name, String text) {
    issues.add(Issue.unacceptable("body", prefix + name, prefix + name + " " + text));
  }

  /**
   * Refuses the request if anything is wrong: with 400 if a shape is, else with {@code
   * unacceptable}.
   */
  void finish(int unacceptable) {
    if (!issues.isEmpty()) {
      boolean malformed = issues.stream().anyMatch(Issue::malformed);
      throw FakeRefusal.invalid(malformed ? 400 : unacceptable, issues);
    }
  }
}
