package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.ConnectionKey;
import java.util.Locale;

/** Names of the SDK as they are printed. */
final class Words {
  private Words() {}

  static String of(Actor actor) {
    return actor == Actor.NONE ? "wait" : of((Enum<?>) actor);
  }

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Fits on one line: separators of lines, and what changes a text's direction, become spaces. */
  static String of(ConnectionKey key) {
    return (key.provider() + "/" + key.groupRef() + "/" + key.consumerRef())
        .replaceAll("[\\u2028\\u2029\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]", " ");
  }
}
