package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.oauth.Expiry;
import com.withampersand.sdk.oauth.TokenRenewer;
import com.withampersand.sdk.oauth.TokenSet;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A renewer that answers what a test says, and sends nothing. */
@SuppressWarnings("DoNotCallSuggester")
final class ScriptedRenewer implements TokenRenewer {
  final AtomicInteger sent = new AtomicInteger();
  final AtomicInteger revoked = new AtomicInteger();
  volatile UnaryOperator<TokenSet> answer;
  volatile Predicate<TokenSet> owns = tokens -> true;
  volatile TestStore.Step onRevoke = () -> {};
  volatile boolean rotates = true;
  volatile Optional<Duration> grace = Optional.empty();
  final List<TokenSet> revokedTokens = new CopyOnWriteArrayList<>();
  private final URI issuer;
  volatile Duration life = Duration.ofHours(2);

  ScriptedRenewer(URI issuer) {
    this.issuer = issuer;
    this.answer = this::renewed;
  }

  /** Returns tokens of a new consent that are good for two hours. */
  TokenSet tokens(String name, Clock clock) {
    Instant now = clock.instant();
    return TokenSet.builder(Secret.of("AT-" + name + ".1"), now)
        .refreshToken(Secret.of("RT-" + name + ".1"))
        .issuer(issuer)
        .clientId("client")
        .expiry(Expiry.known(now.plus(life)))
        .consentedNow()
        .build();
  }

  /** Returns the next tokens of a grant, at the same instant. */
  TokenSet renewed(TokenSet tokens) {
    return renewed(tokens, tokens.obtainedAt());
  }

  TokenSet renewed(TokenSet tokens, Instant at) {
    return tokens.mergedWith(
        TokenSet.builder(next(tokens.accessToken()), at)
            .refreshToken(next(tokens.refreshToken().orElseThrow()))
            .expiry(Expiry.known(at.plus(life)))
            .build());
  }

  private static Secret next(Secret token) {
    String text = token.reveal();
    int dot = text.lastIndexOf('.');
    return Secret.of(text.substring(0, dot + 1) + (Integer.parseInt(text.substring(dot + 1)) + 1));
  }

  static TokenSet lost() {
    throw new TransportException("The answer is lost.", false, true, null);
  }

  static TokenSet unsent() {
    throw new TransportException("No connection.", true, false, null);
  }

  @Override
  public boolean owns(TokenSet tokens) {
    return owns.test(tokens);
  }

  @Override
  public boolean canRenew(TokenSet tokens) {
    return tokens.refreshToken().isPresent();
  }

  @Override
  public boolean rotates(TokenSet tokens) {
    return rotates;
  }

  @Override
  public Optional<Duration> reuseGrace() {
    return grace;
  }

  @Override
  public TokenSet refresh(TokenSet tokens) {
    sent.incrementAndGet();
    return answer.apply(tokens);
  }

  @Override
  public void revoke(TokenSet tokens) {
    revoked.incrementAndGet();
    revokedTokens.add(tokens);
    try {
      onRevoke.run();
    } catch (Throwable t) {
      TestStore.<RuntimeException>sneaky(t);
    }
  }
}
