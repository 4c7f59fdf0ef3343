package com.withampersand.sdk.token.jdbc;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/** A renewer that answers at once, with tokens that are good for two hours. */
final class InstantRenewer implements TokenRenewer {
  private static final Duration LIFE = Duration.ofHours(2);

  private final AtomicInteger requests = new AtomicInteger();

  /** Returns the tokens of a new consent. */
  static TokenSet consent(String name) {
    Instant now = Instant.now();
    return TokenSet.builder(Secret.of("AT-" + name), now)
        .refreshToken(Secret.of("RT-" + name))
        .issuer(URI.create("https://login.example.com"))
        .clientId("client")
        .expiry(Expiry.known(now.plus(LIFE)))
        .consentedNow()
        .build();
  }

  int requests() {
    return requests.get();
  }

  @Override
  public boolean owns(TokenSet tokens) {
    return true;
  }

  @Override
  public boolean canRenew(TokenSet tokens) {
    return true;
  }

  @Override
  public TokenSet refresh(TokenSet tokens) {
    Instant now = Instant.now();
    int number = requests.incrementAndGet();
    return tokens.mergedWith(
        TokenSet.builder(Secret.of("AT-" + number), now)
            .refreshToken(Secret.of("RT-" + number))
            .expiry(Expiry.known(now.plus(LIFE)))
            .build());
  }

  @Override
  public void revoke(TokenSet tokens) {
    requests.incrementAndGet();
  }
}
