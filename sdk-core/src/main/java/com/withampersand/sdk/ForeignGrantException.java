package com.withampersand.sdk;

import java.util.Objects;

/**
 * No renewer here owns the grant, or more than one does, or the grant's issuer is a host to which
 * tokens may not be sent. Nothing was sent. The developer's settings need a change; the grant is as
 * it was.
 */
public final class ForeignGrantException extends AmpersandException {
  /**
   * Creates the exception.
   *
   * @param message says whose grant it is, and which setting to change
   */
  public ForeignGrantException(String message) {
    super(Objects.requireNonNull(message, "message"), null);
  }

  private ForeignGrantException(CallFacts facts, ForeignGrantException cause) {
    super(facts.message(cause), cause, facts);
  }

  @Override
  String topicOrKind() {
    return DocPage.FOREIGN_GRANT.topic();
  }

  @Override
  ForeignGrantException copy(CallFacts facts) {
    return new ForeignGrantException(facts, this);
  }
}
