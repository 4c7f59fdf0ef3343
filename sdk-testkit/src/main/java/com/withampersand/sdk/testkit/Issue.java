package com.withampersand.sdk.testkit;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with one part of a request.
 *
 * @param in {@code body}, {@code header}, {@code path} or {@code query}
 * @param value what it was, where that is no secret
 * @param malformed whether the shape is wrong, not just the value
 */
record Issue(String in, String name, String detail, @Nullable String value, boolean malformed) {

  static Issue malformed(String in, String name, String detail) {
    return new Issue(in, name, detail, null, true);
  }

  static Issue unacceptable(String in, String name, String detail) {
    return new Issue(in, name, detail, null, false);
  }

  Issue withValue(String shown) {
    return new Issue(in, name, detail, shown, malformed);
  }
}
