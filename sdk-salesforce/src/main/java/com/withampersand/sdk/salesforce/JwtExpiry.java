package com.withampersand.sdk.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * Reads when a JWT access token ends. Nothing else of it is read, and its signature is not checked:
 * the one who is to trust the token is Salesforce.
 */
final class JwtExpiry {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JwtExpiry() {}

  static TokenSet read(TokenSet tokens) {
    if (tokens.expiry().certainty() == Expiry.Certainty.KNOWN) {
      return tokens;
    }
    return exp(tokens.accessToken().reveal())
        .map(end -> tokens.toBuilder().expiry(Expiry.known(end)).build())
        .orElse(tokens);
  }

  private static Optional<Instant> exp(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3 || !token.startsWith("eyJ")) {
      return Optional.empty();
    }
    try {
      JsonNode exp = MAPPER.readTree(Base64.getUrlDecoder().decode(parts[1])).path("exp");
      return exp.isIntegralNumber()
          ? Optional.of(Instant.ofEpochSecond(exp.longValue()))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      // A token that only looks like a JWT: its expiry stays what it was.
      return Optional.empty();
    }
  }
}
