package com.withampersand.sdk.token;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One walk through a store that refreshes the grants which lie idle. Used by one thread. */
final class KeepAlive {
  private static final Logger log = LoggerFactory.getLogger(FreshTokens.class);
  private static final int PAGE = 100;

  private final FreshTokens tokens;
  private final TokenStore store;
  private final Clock clock;
  private final Duration unused;
  private long seen;
  private long renewed;
  private long ended;
  private long failed;

  KeepAlive(FreshTokens tokens, TokenStore store, Clock clock, Duration unused) {
    if (unused.isNegative()) {
      throw new IllegalArgumentException("a grant cannot lie idle for less than no time");
    }
    this.tokens = tokens;
    this.store = store;
    this.clock = clock;
    this.unused = unused;
  }

  KeepAliveReport run() {
    List<ConnectionKey> page = store.keys(null, PAGE);
    while (!page.isEmpty()) {
      ConnectionKey last = page.get(page.size() - 1);
      // Nodes that walk at the same time meet less often in another order.
      List<ConnectionKey> shuffled = new ArrayList<>(page);
      Collections.shuffle(shuffled);
      for (ConnectionKey key : shuffled) {
        if (Thread.currentThread().isInterrupted()) {
          return report(false);
        }
        visit(key);
      }
      page = store.keys(last, PAGE);
    }
    return report(true);
  }

  private KeepAliveReport report(boolean complete) {
    return new KeepAliveReport(seen, renewed, ended, failed, complete);
  }

  private void visit(ConnectionKey key) {
    seen++;
    try {
      Optional<TokenSet> stored = store.find(key);
      if (stored.isPresent() && Marks.ending(stored.get()).isPresent()) {
        ended++;
      } else if (stored.filter(this::liesIdle).isPresent()) {
        renewed += tokens.renew(key, stored.get()).isHere() ? 1 : 0;
      }
    } catch (OAuthException e) {
      count(key, e, e.needsReauthorization());
    } catch (AmpersandException e) {
      count(key, e, false);
    } catch (NoSuchElementException e) {
      log.debug("the grant {} was deleted meanwhile", key);
    } catch (RuntimeException e) {
      failed++;
      // Its message is not one of ours.
      log.warn("the grant {} could not be kept alive: {}", key, e.getClass().getName());
    }
  }

  private void count(ConnectionKey key, AmpersandException e, boolean hasEnded) {
    if (hasEnded) {
      ended++;
    } else {
      failed++;
    }
    log.debug("the grant {} could not be kept alive: {}", key, e.getMessage());
  }

  private boolean liesIdle(TokenSet stored) {
    return stored.refreshToken().isPresent()
        && !Marks.isHandingOver(stored)
        && !stored.obtainedAt().isAfter(clock.instant().minus(unused));
  }
}
