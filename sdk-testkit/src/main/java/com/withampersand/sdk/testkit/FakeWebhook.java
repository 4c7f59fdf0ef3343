package com.withampersand.sdk.testkit;

/**
 * A webhook that a {@link FakeDestination} can send, as often as you like: it keeps its id, and is
 * signed anew each time.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @param id the id of the message, which is the same each time that it is sent
 * @param body the body, in JSON unless a test wants something else
 */
public record FakeWebhook(String id, String body) {
  /** Returns the id alone. */
  @Override
  public String toString() {
    return "webhook " + id;
  }
}
