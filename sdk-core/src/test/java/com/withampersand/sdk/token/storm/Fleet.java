package com.withampersand.sdk.token.storm;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.ForeignGrantException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.testkit.IssuedGrant;
import com.withampersand.sdk.testkit.RefreshTokenPolicy;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import com.withampersand.sdk.token.jdbc.PostgresServer;
import com.withampersand.sdk.token.jdbc.Servers;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A provider, a store, and any number of processes that share both. */
final class Fleet implements AutoCloseable {
  private static final AtomicInteger TABLES = new AtomicInteger();

  final Provider provider;
  final GrantProcess.Plan plan;

  /** What the test itself sees the store by. */
  final FreshTokens own;

  private final List<GrantProcess> processes = new ArrayList<>();
  private final List<IssuedGrant> grants = new ArrayList<>();

  /** Where grants are kept. */
  enum Kept {
    IN_POSTGRESQL,
    IN_FILES
  }

  Fleet(Kept kept, Servers servers, Path directory, RefreshTokenPolicy policy, Lengths lengths) {
    provider = new Provider(policy);
    String table = "storm_" + TABLES.incrementAndGet();
    String place = directory.resolve("grants").toString();
    if (kept == Kept.IN_POSTGRESQL) {
      PostgresServer server = servers.postgres();
      JdbcTokenStore.builder(server.dataSource()).table(table).build().migrate();
      place = url(server.port());
    }
    plan =
        new GrantProcess.Plan(
            place,
            table,
            TokenCipher.newKey().reveal(),
            provider.salesforce.uri(),
            provider.salesforce.consumerKey(),
            provider.salesforce.consumerSecret(),
            lengths,
            false);
    own = plan.open();
  }

  /** Returns the URL of the embedded database behind a port. */
  static String url(int port) {
    return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
  }

  /** Starts processes and waits until they are ready. */
  List<GrantProcess> start(int count) throws IOException {
    return start(count, plan.withPool());
  }

  private List<GrantProcess> start(int count, GrantProcess.Plan other) throws IOException {
    List<GrantProcess> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      GrantProcess process = GrantProcess.start(other, List.of());
      processes.add(process);
      started.add(process);
      // One after the other: many that load their classes at once take longer than all limits.
      process.awaitReady();
    }
    return started;
  }

  /** Starts processes that see the database through a port. */
  List<GrantProcess> startBehind(int port, int count) throws IOException {
    return start(count, plan.at(url(port)).withPool());
  }

  GrantProcess start() throws IOException {
    return start(List.of());
  }

  /** Starts a process with options of the virtual machine. */
  GrantProcess start(List<String> options) throws IOException {
    GrantProcess process = GrantProcess.start(plan.withPool(), options);
    processes.add(process);
    process.awaitReady();
    return process;
  }

  /** Connects users whose sessions are over. */
  ConnectionKey[] connectExpired(int count) {
    return connect(count, provider::expired);
  }

  /** Connects users whose sessions are good. */
  ConnectionKey[] connectGood(int count) {
    return connect(count, provider::good);
  }

  private ConnectionKey[] connect(int count, Function<IssuedGrant, TokenSet> consent) {
    ConnectionKey[] keys = new ConnectionKey[count];
    for (IssuedGrant grant : provider.salesforce.issueGrants(count)) {
      int number = grants.size();
      grants.add(grant);
      keys[number] = GrantProcess.key("user" + number);
      own.save(keys[number], consent.apply(grant));
    }
    return keys;
  }

  /** Returns the grant of a user by its number. */
  IssuedGrant grant(int number) {
    return grants.get(number);
  }

  List<IssuedGrant> grants() {
    return grants;
  }

  GrantStatus.Kind kind(ConnectionKey key) {
    return own.status(key).kind();
  }

  /** Tells whether the store has a good access token and the newest refresh token of a user. */
  boolean isStored(ConnectionKey key, IssuedGrant grant) {
    try {
      TokenSet stored = plan.readOnly().getForCall(key);
      return stored.refreshToken().orElseThrow().reveal().equals(grant.refreshToken());
    } catch (ForeignGrantException | OAuthException e) {
      return false;
    }
  }

  boolean areStored(ConnectionKey... keys) {
    for (int i = 0; i < keys.length; i++) {
      if (!isStored(keys[i], grant(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    processes.forEach(GrantProcess::close);
    own.close();
    provider.close();
  }
}
