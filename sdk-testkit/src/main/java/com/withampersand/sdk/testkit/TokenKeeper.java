package com.withampersand.sdk.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** Keeps the tokens of connections alive. One thread at a time deals with one connection. */
final class TokenKeeper {
  private final FakeConnections connections;
  private final FakeProviderApps apps;
  private final SalesforceCalls salesforce;
  private final Timestamps times;
  private final boolean healthChecks;
  private final Map<String, Lock> locks = new ConcurrentHashMap<>();
  private final Map<String, Integer> refreshes = new ConcurrentHashMap<>();

  TokenKeeper(
      FakeConnections connections,
      FakeProviderApps apps,
      SalesforceCalls salesforce,
      Timestamps times,
      boolean healthChecks) {
    this.connections = connections;
    this.apps = apps;
    this.salesforce = salesforce;
    this.times = times;
    this.healthChecks = healthChecks;
  }

  /** Checks a connection that has new tokens, unless checks are switched off. */
  ConnectionRow received(ConnectionRow row) {
    try {
      return healthChecks ? checkHealth(row.id()) : row;
    } catch (UncheckedIOException e) {
      // Salesforce cannot be reached: the connection stays as it was created.
      return row;
    }
  }

  /**
   * @throws UncheckedIOException if Salesforce gives no usable answer
   */
  ConnectionRow checkHealth(String id) {
    ConnectionRow row = connections.get(id);
    if (!row.hasTokens()) {
      return row;
    }
    return switch (salesforce.health(row.workspace(), row.accessToken())) {
      case 200 -> connections.update(id, now -> judged(row, now, ConnectionRow.WORKING));
      case 401, 403 ->
          connections.update(id, now -> judged(row, now, ConnectionRow.BAD_CREDENTIALS));
      default -> row;
    };
  }

  /** A verdict about tokens that were replaced meanwhile does not count. */
  private static ConnectionRow judged(ConnectionRow checked, ConnectionRow now, String status) {
    return checked.accessToken().equals(now.accessToken()) ? now.withStatus(status) : now;
  }

  /** Refreshes a connection, if it has to be; the status tells whether Salesforce refused. */
  ConnectionRow refresh(String id, boolean evenIfGood) {
    return refresh(id, row -> evenIfGood || isExpired(row));
  }

  /** Refreshes a connection whose access token was refused, unless it has another by now. */
  ConnectionRow refreshRefused(String id, String accessToken) {
    return refresh(id, row -> row.accessToken().equals(accessToken));
  }

  private ConnectionRow refresh(String id, Predicate<ConnectionRow> isNeeded) {
    Lock lock = locks.computeIfAbsent(id, key -> new ReentrantLock());
    lock.lock();
    try {
      ConnectionRow row = connections.get(id);
      return row.hasTokens() && isNeeded.test(row) ? refresh(row) : row;
    } catch (UncheckedIOException e) {
      throw FakeRefusal.temporary(502, "Salesforce gives no usable answer", true);
    } finally {
      lock.unlock();
    }
  }

  /** Returns how often Salesforce was asked to refresh a connection. */
  int refreshes(String id) {
    return refreshes.getOrDefault(id, 0);
  }

  /** Asks Salesforce where nothing tells, since its tokens carry no end. */
  private boolean isExpired(ConnectionRow row) {
    JsonNode expiresAt = row.tokens().path("accessToken").path("expiresAt");
    if (expiresAt.isTextual()) {
      Instant end = OffsetDateTime.parse(expiresAt.asText()).toInstant();
      return !times.instant().isBefore(end);
    }
    int status = salesforce.health(row.workspace(), row.accessToken());
    return status == 401 || status == 403;
  }

  private ConnectionRow refresh(ConnectionRow row) {
    refreshes.merge(row.id(), 1, Integer::sum);
    try {
      JsonNode answer = salesforce.refresh(row.workspace(), apps.behind(row), row.refreshToken());
      return received(connections.update(row.id(), now -> connections.withTokens(now, answer)));
    } catch (OAuthError e) {
      return connections.update(row.id(), now -> now.withStatus(ConnectionRow.BAD_CREDENTIALS));
    }
  }
}
