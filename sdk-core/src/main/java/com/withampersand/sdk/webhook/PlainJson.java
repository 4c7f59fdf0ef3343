package com.withampersand.sdk.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * JSON as Java's own values, null kept: a field that is null in a record is one that was cleared.
 * It is read leniently: a member of another type than expected is not there.
 */
final class PlainJson {
  private PlainJson() {}

  static @Nullable Object of(JsonNode node) {
    if (node.isObject()) {
      return members(node);
    }
    if (node.isArray()) {
      List<@Nullable Object> list = new ArrayList<>();
      node.forEach(item -> list.add(of(item)));
      return Collections.unmodifiableList(list);
    }
    if (node.isNumber()) {
      return node.numberValue();
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    return node.textValue();
  }

  static Map<String, @Nullable Object> members(JsonNode object) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    object.properties().forEach(member -> members.put(member.getKey(), of(member.getValue())));
    return Collections.unmodifiableMap(members);
  }

  /** Returns a member by its name, or else by the same name in another case. */
  static @Nullable Object member(Map<String, @Nullable Object> members, String name) {
    if (members.containsKey(name)) {
      return members.get(name);
    }
    String wanted = withoutCase(name);
    for (Map.Entry<String, @Nullable Object> member : members.entrySet()) {
      if (withoutCase(member.getKey()).equals(wanted)) {
        return member.getValue();
      }
    }
    return null;
  }

  private static String withoutCase(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }

  static Optional<String> text(Map<String, @Nullable Object> members, String name) {
    return member(members, name) instanceof String text && !text.isBlank()
        ? Optional.of(text)
        : Optional.empty();
  }

  /** Returns a member that is an object; empty if it is none. */
  @SuppressWarnings("unchecked") // made above
  static Map<String, @Nullable Object> map(Map<String, @Nullable Object> members, String name) {
    return member(members, name) instanceof Map<?, ?> map
        ? (Map<String, @Nullable Object>) map
        : Map.of();
  }

  /** Returns the objects in an array; empty if there is no array. */
  @SuppressWarnings("unchecked") // made above
  static Optional<List<Map<String, @Nullable Object>>> maps(
      Map<String, @Nullable Object> members, String name) {
    if (!(member(members, name) instanceof List<?> list)) {
      return Optional.empty();
    }
    return Optional.of(
        list.stream()
            .filter(Map.class::isInstance)
            .map(item -> (Map<String, @Nullable Object>) item)
            .toList());
  }

  /** Returns the texts in an array, or a text that stands alone. */
  static List<String> texts(Map<String, @Nullable Object> members, String name) {
    Object member = member(members, name);
    List<?> items = member instanceof List<?> list ? list : Collections.singletonList(member);
    return items.stream()
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .filter(text -> !text.isBlank())
        .toList();
  }
}
