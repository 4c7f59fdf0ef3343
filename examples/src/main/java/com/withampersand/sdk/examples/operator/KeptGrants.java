package com.withampersand.sdk.examples.operator;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.examples.Settings;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.refresh.FreshTokens;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The grants of the store and the app that the environment describes.
 *
 * @param store the rows, which nothing here changes but by {@code tokens}
 * @param tokens what reads and refreshes them
 */
record KeptGrants(TokenStore store, FreshTokens tokens) implements AutoCloseable {
  static final int PAGE = 500;

  static KeptGrants open(Map<String, String> environment) {
    SalesforceOAuthFlow flow = flow(environment);
    StoreSettings settings = new StoreSettings(new Settings(environment));
    TokenStore store = settings.store();
    FreshTokens.Builder tokens = FreshTokens.builder(store, settings.sealer()).renewer(flow);
    settings.idle().ifPresent(tokens::idle);
    return new KeptGrants(store, tokens.build());
  }

  private static SalesforceOAuthFlow flow(Map<String, String> environment) {
    SalesforceApp app = SalesforceApp.fromEnvironment(environment);
    return new Settings(environment)
        .optional("SALESFORCE_LOGIN_HOST")
        .map(host -> SalesforceOAuthFlow.of(app, LoginHost.fromStored(host)))
        .orElseGet(() -> SalesforceOAuthFlow.of(app));
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

  @Override
  public void close() {
    tokens.close();
  }
}
