package com.withampersand.sdk.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.internal.ServerJson;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * Reads when a JWT access token ends. Nothing else of it is read, and its signature is not checked:
 * the one who is to trust the token is Salesforce.
 */
final class JwtExpiry {
  /** Sessions last a day at most. What claims to last longer is a mistake. */
  private static final Duration LONGEST = Duration.ofDays(366);

  private static final double LATEST_SECOND = 1e12;

  private JwtExpiry() {}

  static TokenSet read(TokenSet tokens) {
    if (tokens.expiry().certainty() == Expiry.Certainty.KNOWN) {
      return tokens;
    }
    return exp(tokens.accessToken().reveal()).map(end -> endingAt(end, tokens)).orElse(tokens);
  }

  /**
   * Returns tokens that are known to end then. A time before they were obtained, as a clock that is
   * wrong makes it, or a year and more later changes nothing: each call would refresh, or none.
   */
  static TokenSet endingAt(Instant end, TokenSet tokens) {
    boolean plausible =
        end.isAfter(tokens.obtainedAt()) && end.isBefore(tokens.obtainedAt().plus(LONGEST));
    return plausible ? tokens.toBuilder().expiry(Expiry.known(end)).build() : tokens;
  }

  private static Optional<Instant> exp(String token) {
    String[] parts = token.startsWith("eyJ") ? token.split("\\.", -1) : new String[0];
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      JsonNode exp = ServerJson.read(Base64.getUrlDecoder().decode(parts[1])).path("exp");
      // RFC 7519, section 2: a number of seconds, which need not be a whole one. Else it is 0.
      double seconds = exp.doubleValue();
      return Math.abs(seconds) < LATEST_SECOND
          ? Optional.of(Instant.ofEpochSecond((long) seconds))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      // A token that only looks like a JWT: its expiry stays what it was.
      return Optional.empty();
    }
  }
}
