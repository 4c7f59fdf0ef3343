package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.examples.Settings;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The grants of the store and the app that the environment describes.
 *
 * @param store the rows, which nothing here changes but by {@code tokens}
 * @param tokens what reads and refreshes them
 * @param isClosed whether nothing is under way any more
 */
record KeptGrants(TokenStore store, FreshTokens tokens, AtomicBoolean isClosed)
    implements AutoCloseable {
  static final int PAGE = 500;
  private static final String LOGIN_HOST = "SALESFORCE_LOGIN_HOST";
  private static final Duration LONGEST_CLOSE = Duration.ofMinutes(2);

  /**
   * Opens them. If the process is told to end, it first waits for the requests that are under way:
   * with refresh-token rotation, a new token that is not stored ends its grant.
   */
  static KeptGrants open(Console console) {
    KeptGrants grants = open(console.environment());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> grants.stop(console.err()), "stop"));
    return grants;
  }

  private static KeptGrants open(Map<String, String> environment) {
    SalesforceOAuthFlow flow = flow(environment);
    StoreSettings settings = new StoreSettings(new Settings(environment));
    TokenStore store = settings.store();
    FreshTokens.Builder tokens = FreshTokens.builder(store, settings.sealer()).renewer(flow);
    settings.idle().ifPresent(tokens::idle);
    return new KeptGrants(store, tokens.build(), new AtomicBoolean());
  }

  private static SalesforceOAuthFlow flow(Map<String, String> environment) {
    SalesforceApp app = SalesforceApp.fromEnvironment(environment);
    return new Settings(environment)
        .optional(LOGIN_HOST)
        .map(host -> SalesforceOAuthFlow.of(app, host(host)))
        .orElseGet(() -> SalesforceOAuthFlow.of(app));
  }

  /** A whole address may be that of a host of the operator's own, such as an Experience Cloud's. */
  private static LoginHost host(String text) {
    try {
      return parsed(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(LOGIN_HOST + " is wrong: " + e.getMessage(), e);
    }
  }

  private static LoginHost parsed(String text) {
    try {
      return LoginHost.parse(text);
    } catch (IllegalArgumentException e) {
      if (!text.contains("://")) {
        throw e;
      }
      return LoginHost.fromStored(text);
    }
  }

  /** Counts all rows, so that progress can be shown. It reads each. */
  long count() {
    long count = 0;
    @Nullable ConnectionKey last = null;
    List<Row> page;
    do {
      page = store.rows(RowFilter.all(), last, PAGE);
      count += page.size();
      last = page.isEmpty() ? null : page.get(page.size() - 1).key();
    } while (last != null);
    return count;
  }

  /** Counts the rows that are due now. It reads each, but opens none. */
  long countDue() {
    long count = 0;
    @Nullable StoreTime start = null;
    List<Row> page = store.due(null, PAGE);
    while (!page.isEmpty()) {
      StoreTime present = start == null ? page.get(0).readAt() : start;
      start = present;
      count += page.stream().filter(row -> row.lookAt().compareTo(present) <= 0).count();
      page = store.due(page.get(page.size() - 1).cursor(), PAGE);
    }
    return count;
  }

  private void stop(PrintStream err) {
    if (!isClosed.get()) {
      err.println("Stopping. Waiting for the requests that are under way.");
      tokens.close(LONGEST_CLOSE);
    }
  }

  /**
   * Waits for the requests that are under way, and for what they brought to be stored.
   *
   * @throws TokenStoreException if that takes longer than two minutes
   */
  @Override
  public void close() {
    boolean isStored = tokens.close(LONGEST_CLOSE);
    isClosed.set(true);
    if (!isStored) {
      throw new TokenStoreException(
          "After two minutes, not all refreshed tokens are stored. Their customers may have to connect again.",
          false,
          null);
    }
  }
}
