package com.withampersand.sdk.fuzz;

/** Gives an input to one part of the SDK, and fails if what must always hold does not. */
@FunctionalInterface
interface Target {
  /**
   * Tries one input.
   *
   * @throws AssertionError if a property does not hold
   */
  void run(Input input) throws Exception;
}
