package com.withampersand.sdk;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * There is no grant of this name: the customer has not connected, or has disconnected. Send the
 * customer to connect.
 */
public final class NotConnectedException extends AmpersandException {
  /** Creates the exception. */
  public NotConnectedException(ConnectionKey connection) {
    this(connection, null);
  }

  private NotConnectedException(ConnectionKey connection, @Nullable Throwable cause) {
    super(
        "There is no grant of "
            + Objects.requireNonNull(connection, "connection")
            + ". Connect it first.",
        cause,
        new CallFacts(connection, false, null));
  }

  @Override
  String topicOrKind() {
    return DocPage.NOT_CONNECTED.topic();
  }

  @Override
  NotConnectedException copy(CallFacts facts) {
    return new NotConnectedException(Objects.requireNonNull(facts.connection()), this);
  }
}
