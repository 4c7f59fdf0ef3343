package com.withampersand.sdk.oauth;

import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends tokens at the endpoint of RFC 7009. */
record Revocation(ProviderEndpoint endpoint) {
  private static final String INVALID_TOKEN = "invalid_token";

  private static final Logger log = LoggerFactory.getLogger(Revocation.class);

  /** Sends the request; tokens that have ended already are a success. */
  void send(TokenRequest request, TokenSet tokens) {
    try {
      if (endpoint.post(request).isWebPage()) {
        throw endpoint.unexpectedResponse(request, "a web page", true);
      }
    } catch (OAuthException e) {
      requireEnded(tokens, e);
    }
  }

  /** RFC 7009, section 2.2: of a token that is not valid, the purpose is achieved. */
  private static void requireEnded(TokenSet tokens, OAuthException refusal) {
    if (!refusal.error().equals(INVALID_TOKEN) && refusal.verdict() != Verdict.FINAL) {
      throw refusal;
    }
    if (tokens.issuer().isEmpty()) {
      log.warn(
          "The provider does not know a token that was to be revoked, and takes it for ended. The token does not say who issued"
              + " it: if that was another host, it is still good there. {}",
          refusal.getMessage());
    }
  }
}
