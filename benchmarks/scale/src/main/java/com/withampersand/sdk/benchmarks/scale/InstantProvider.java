package com.withampersand.sdk.benchmarks.scale;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.benchmarks.Fixture;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** A provider that answers at once, with tokens as long as Salesforce's, so that stores show. */
final class InstantProvider implements TokenRenewer {
  private static final URI ISSUER = URI.create("https://login.example.com");

  private final AtomicLong requests = new AtomicLong();

  /** Returns how many refreshes it was asked for. */
  long requests() {
    return requests.get();
  }

  static ConnectionKey user(int number) {
    return new ConnectionKey("salesforce", "customer-" + number % 1000, "user-" + number);
  }

  /** Returns the tokens of a new consent. */
  static TokenSet consent() {
    return answer()
        .issuer(ISSUER)
        .clientId(Fixture.CLIENT_ID)
        .attribute("instance_url", "https://acme.my.salesforce.com")
        .attribute("id", "https://login.salesforce.com/id/00D5g000004XyZaEAK/0055g00000AbCdEAAV")
        .consentedNow()
        .build();
  }

  private static TokenSet.Builder answer() {
    Instant now = Instant.now();
    return TokenSet.builder(Secret.of(Fixture.ACCESS_TOKEN + UUID.randomUUID()), now)
        .refreshToken(Secret.of(Fixture.REFRESH_TOKEN + UUID.randomUUID()))
        .expiry(Expiry.known(now.plusSeconds(86_400)));
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
    requests.incrementAndGet();
    return tokens.mergedWith(answer().build());
  }

  @Override
  public void revoke(TokenSet tokens) {}
}
