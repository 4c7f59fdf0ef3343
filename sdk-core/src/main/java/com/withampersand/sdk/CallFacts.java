package com.withampersand.sdk;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a failure says about the call that met it.
 *
 * @param connection whose call it was; null if the failure came from no connection's call
 * @param retryable whether that call may be made again
 * @param retryAfter how long to wait before it is; null if unknown
 */
record CallFacts(
    @Nullable ConnectionKey connection,
    @Nullable Boolean retryable,
    @Nullable Duration retryAfter) {

  static final CallFacts NONE = new CallFacts(null, null, null);

  /** Returns the message of a failure with the connection in front, once. */
  String message(AmpersandException failure) {
    String message = String.valueOf(failure.getMessage());
    return connection == null || message.contains(connection.toString())
        ? message
        : connection + ": " + message;
  }
}
