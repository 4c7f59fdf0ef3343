package com.withampersand.sdk.token;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.time.Instant;

/**
 * The last refresh of a grant, which failed.
 *
 * @param accessToken what was to be replaced
 */
record Failure(AmpersandException cause, Secret accessToken, Instant at) {

  /** Tells whether it is too soon for another try with these tokens. */
  boolean keepsFrom(TokenSet tokens, Instant now, Duration coolDown) {
    return isAbout(tokens) && !now.isBefore(at) && now.isBefore(at.plus(coolDown));
  }

  /**
   * Tells whether the refresh token may have been used up by a refresh whose answer was lost. It is
   * not shown again while the access token is good: where refresh tokens rotate, that would end the
   * access token too.
   */
  boolean isDoubtAbout(TokenSet tokens) {
    return isAbout(tokens) && cause.isOutcomeUnknown();
  }

  private boolean isAbout(TokenSet tokens) {
    return accessToken.equals(tokens.accessToken());
  }
}
