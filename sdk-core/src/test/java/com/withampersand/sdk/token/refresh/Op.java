package com.withampersand.sdk.token.refresh;

import org.jspecify.annotations.Nullable;

/**
 * Something that is under way in a world.
 *
 * @param action what was asked for; null for an event that is on its way by itself
 * @param answer what the node will hear, once it happened
 * @param node the node that asked
 * @param life which life of the node that was
 * @param issued when
 * @param until when it is over at the latest
 * @param slow whether it may take long
 */
record Op(
    @Nullable Action action,
    Stage stage,
    @Nullable Event answer,
    int node,
    int life,
    long issued,
    long until,
    boolean slow) {
  /** How far it is. */
  enum Stage {
    ASKED,
    STARTED,
    DONE
  }

  boolean isStore() {
    return action instanceof Action.Read || action instanceof Action.Write;
  }

  boolean is(Stage other) {
    return stage == other;
  }

  Op done(@Nullable Event event, long deliveredBy) {
    return new Op(action, Stage.DONE, event, node, life, issued, deliveredBy, slow);
  }

  Op started() {
    return new Op(action, Stage.STARTED, answer, node, life, issued, until, slow);
  }

  Op slow(long end) {
    return new Op(action, stage, answer, node, life, issued, end, true);
  }

  Op until(long end) {
    return new Op(action, stage, answer, node, life, issued, end, slow);
  }
}
