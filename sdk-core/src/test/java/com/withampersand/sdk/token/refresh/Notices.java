package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.TokenListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers the names of what it was told. */
final class Notices implements TokenListener {
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Map<ConnectionKey, String> failures = new ConcurrentHashMap<>();

  List<String> told() {
    return List.copyOf(told);
  }

  long count(String name) {
    return told.stream().filter(name::equals).count();
  }

  /** Returns why refreshes of a grant failed, one after the other; empty if none did. */
  String failures(ConnectionKey key) {
    return failures.getOrDefault(key, "");
  }

  @Override
  public void refreshed(ConnectionKey key, TokenSet tokens, Duration took) {
    told.add("refreshed");
  }

  @Override
  public void refreshFailed(ConnectionKey key, AmpersandException failure, Duration took) {
    told.add("refreshFailed");
    failures.merge(
        key, failure + " by " + failure.getCause(), (first, next) -> first + "; " + next);
  }

  @Override
  public void consentNeeded(ConnectionKey key, OAuthException refusal) {
    told.add("consentNeeded");
  }

  @Override
  public void blocked(ConnectionKey key, OAuthException refusal) {
    told.add("blocked");
  }

  @Override
  public void inDoubt(ConnectionKey key) {
    told.add("inDoubt");
  }

  @Override
  public void recovered(ConnectionKey key) {
    told.add("recovered");
  }

  @Override
  public void pendingWrite(ConnectionKey key, AmpersandException failure) {
    told.add("pendingWrite");
  }

  @Override
  public void pendingWriteDone(ConnectionKey key) {
    told.add("pendingWriteDone");
  }

  @Override
  public void superseded(ConnectionKey key, TokenSet tokens) {
    told.add("superseded");
  }

  @Override
  public void warned(ConnectionKey key, String warning) {
    told.add("warned");
  }
}
