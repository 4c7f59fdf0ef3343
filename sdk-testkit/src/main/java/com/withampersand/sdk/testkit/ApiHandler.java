package com.withampersand.sdk.testkit;

/**
 * Answers calls of an API in a test.
 *
 * @see FakeSalesforce#answer(String, String, ApiHandler)
 */
@FunctionalInterface
public interface ApiHandler {
  /**
   * Answers one call. Several threads may call it at once.
   *
   * @throws Exception if it cannot; the call is then answered 500 with the exception's text
   */
  FakeResponse answer(ApiCall call) throws Exception;
}
