package com.withampersand.sdk.spring;

import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.util.Optional;

/** A renewer whose requests are watched. */
record ObservedRenewer(TokenRenewer renewer, Observations observations) implements TokenRenewer {
  @Override
  public TokenSet refresh(TokenSet tokens) {
    return observations.observe(
        "ampersand.refresh", () -> renewer.refresh(tokens), refreshed -> "refreshed");
  }

  @Override
  public void revoke(TokenSet tokens) {
    observations.observe(
        "ampersand.revoke",
        () -> {
          renewer.revoke(tokens);
          return "revoked";
        },
        outcome -> outcome);
  }

  @Override
  public boolean owns(TokenSet tokens) {
    return renewer.owns(tokens);
  }

  @Override
  public boolean canRenew(TokenSet tokens) {
    return renewer.canRenew(tokens);
  }

  @Override
  public Duration longestExchange() {
    return renewer.longestExchange();
  }

  @Override
  public boolean rotates(TokenSet tokens) {
    return renewer.rotates(tokens);
  }

  @Override
  public Optional<Duration> reuseGrace() {
    return renewer.reuseGrace();
  }
}
