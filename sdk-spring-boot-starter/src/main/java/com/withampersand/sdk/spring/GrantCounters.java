package com.withampersand.sdk.spring;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.TokenListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of grants, by the kind of event alone.
 *
 * @param registry asked at each event, since a registry may come after the grants
 */
record GrantCounters(Supplier<@Nullable MeterRegistry> registry) implements TokenListener {
  private void count(String event) {
    MeterRegistry found = registry.get();
    if (found != null) {
      found.counter("ampersand.grants.events", "event", event).increment();
    }
  }

  @Override
  public void consentNeeded(ConnectionKey key, OAuthException refusal) {
    count("consent-needed");
  }

  @Override
  public void blocked(ConnectionKey key, OAuthException refusal) {
    count("blocked");
  }

  @Override
  public void inDoubt(ConnectionKey key) {
    count("in-doubt");
  }

  @Override
  public void recovered(ConnectionKey key) {
    count("recovered");
  }

  @Override
  public void pendingWrite(ConnectionKey key, AmpersandException failure) {
    count("pending-write");
  }

  @Override
  public void superseded(ConnectionKey key, TokenSet tokens) {
    count("superseded");
  }

  @Override
  public void warned(ConnectionKey key, String warning) {
    count("warned");
  }
}
