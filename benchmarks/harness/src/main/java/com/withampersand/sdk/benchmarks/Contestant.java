package com.withampersand.sdk.benchmarks;

import java.util.Optional;

/** A library, or code written by hand, that can do some of the operations. */
public interface Contestant {
  /**
   * Returns an operation, ready to be repeated by many threads; empty if there is no such thing
   * here.
   *
   * @throws Exception if it cannot be made ready
   */
  Optional<Work> prepare(Operation operation) throws Exception;
}
