package com.withampersand.sdk.oauth;

import java.time.Clock;
import java.time.Instant;

/** The endpoint that issues tokens. */
record TokenEndpoint(ProviderEndpoint endpoint, TokenAnswer answers, Clock clock) {
  /**
   * Requests tokens; what the provider does not say about their expiry counts from sending.
   *
   * @throws com.withampersand.sdk.ProtocolException if the answer holds no tokens
   */
  TokenSet requestTokens(TokenRequest request) {
    Instant sentAt = clock.instant();
    AnswerBody body = endpoint.post(request);
    String flaw = TokenAnswer.flaw(body);
    if (!flaw.isEmpty()) {
      throw endpoint.unexpectedResponse(request, flaw, true);
    }
    return answers.read(body, sentAt);
  }

  /** RFC 6749, section 7.1: a client must not use a token of a type that it does not understand. */
  void requireBearer(TokenSet tokens, TokenRequest request) {
    if (!tokens.tokenType().equalsIgnoreCase("Bearer")) {
      throw endpoint.unexpectedResponse(request, "a token_type other than Bearer", true);
    }
  }
}
