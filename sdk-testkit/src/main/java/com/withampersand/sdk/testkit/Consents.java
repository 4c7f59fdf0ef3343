package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Who was sent to Salesforce and is not back yet, by the state that was sent along. */
final class Consents {
  private final Map<String, Consent> pending = new ConcurrentHashMap<>();

  /**
   * A consent that is asked for.
   *
   * @param request what was said of group, consumer and workspace
   * @param connectionId the connection to renew; empty for a new one
   */
  record Consent(ObjectNode request, String providerAppId, String connectionId) {}

  /** Returns the state by which the consent is found again. */
  String await(Consent consent) {
    String state = Randoms.alphanumeric(43);
    pending.put(state, consent);
    return state;
  }

  /** Returns the consent of a state, once. */
  Optional<Consent> take(String state) {
    return Optional.ofNullable(pending.remove(state));
  }
}
