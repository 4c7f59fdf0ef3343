package com.withampersand.sdk.testkit;

import java.util.Set;

/** Reads parameters of the query that take few values. */
final class Query {
  private Query() {}

  static boolean flag(ReceivedRequest request, String name) {
    return oneOf(request, name, Set.of("true", "false")).equals("true");
  }

  /** Returns the value, or an empty text if there is none; another value ends the request. */
  static String oneOf(ReceivedRequest request, String name, Set<String> values) {
    String value = request.query(name).orElse("");
    if (request.query(name).isPresent() && !values.contains(value)) {
      String detail =
          name + " must be one of " + String.join(", ", values.stream().sorted().toList());
      throw FakeRefusal.invalid(400, Issue.malformed("query", name, detail).withValue(value));
    }
    return value;
  }
}
