package com.withampersand.sdk.testkit;

/** What a fake does with a request. */
@FunctionalInterface
interface Work {
  /**
   * Carries a request out.
   *
   * @param pause waits for as long as the work is to take; called once, after the request was
   *     checked and before it has any effect
   */
  Answer carryOut(ReceivedRequest request, Runnable pause);
}
