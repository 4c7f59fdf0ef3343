package com.withampersand.sdk.spring;

import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.ReplayGuard;
import com.withampersand.sdk.spring.AmpersandProperties.Store;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.jdbc.JdbcReplayGuard;
import com.withampersand.sdk.token.jdbc.JdbcTokenStore;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.util.ClassUtils;

/** What is kept in tables of the application's database, or elsewhere if the properties say so. */
final class Tables {
  private static final boolean HAS_SPRING_JDBC =
      ClassUtils.isPresent(
          "org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy",
          Tables.class.getClassLoader());

  private final Settings settings;
  private final ObjectProvider<DataSource> named;
  private final ObjectProvider<DataSource> any;

  /**
   * Creates the tables.
   *
   * @param named the data source that the application meant for grants, if there is one
   * @param any the application's data sources
   */
  Tables(Settings settings, ObjectProvider<DataSource> named, ObjectProvider<DataSource> any) {
    this.settings = settings;
    this.named = named;
    this.any = any;
  }

  TokenStore grants() {
    if (isInMemory()) {
      return new InMemoryTokenStore();
    }
    AmpersandProperties.Tokens tokens = settings.properties().tokens();
    JdbcTokenStore store = store(tokens, dataSource());
    if (tokens.migrate()) {
      migrate(store::migrate);
    }
    return store;
  }

  /** The fakes forget their grants when they stop: a stored one would only look as if it worked. */
  private boolean isInMemory() {
    return settings.dev().isPresent() || settings.properties().tokens().store() == Store.MEMORY;
  }

  private static JdbcTokenStore store(AmpersandProperties.Tokens tokens, DataSource dataSource) {
    try {
      JdbcTokenStore.Builder store = JdbcTokenStore.builder(dataSource).table(tokens.table());
      return tokens.manualCommit() ? store.withManualCommit().build() : store.build();
    } catch (IllegalArgumentException e) {
      throw SetupException.wrong("ampersand.tokens.table", e);
    }
  }

  ReplayGuard usedStates() {
    if (isInMemory()) {
      return ReplayGuard.forOneNode();
    }
    JdbcReplayGuard guard = JdbcReplayGuard.of(dataSource());
    if (settings.properties().tokens().migrate()) {
      migrate(guard::migrate);
    }
    return guard;
  }

  private static void migrate(Runnable migration) {
    try {
      migration.run();
    } catch (TokenStoreException e) {
      throw new SetupException(
          "The tables of the Ampersand SDK cannot be created or read: "
              + e.getMessage()
              + " If another user creates them, set ampersand.tokens.migrate to false.",
          e);
    }
  }

  private DataSource dataSource() {
    DataSource found = named.getIfAvailable();
    found = found == null ? any.getIfUnique() : found;
    if (found != null) {
      return HAS_SPRING_JDBC ? withoutTransactions(found) : found;
    }
    throw new SetupException(
        any.stream().findAny().isPresent()
            ? "There are several DataSource beans: make one of them @Primary, or name the one for grants ampersandDataSource."
            : "There is no DataSource for the grants: add spring-boot-starter-jdbc and set spring.datasource.url, or set"
                + " ampersand.tokens.store to memory or ampersand.");
  }

  /** What was stored must not be undone with a transaction of the application. */
  private static DataSource withoutTransactions(DataSource found) {
    DataSource target = found;
    while (target instanceof TransactionAwareDataSourceProxy proxy) {
      target = target(proxy, target);
    }
    return target;
  }

  private static DataSource target(TransactionAwareDataSourceProxy proxy, DataSource fallback) {
    @Nullable DataSource target = proxy.getTargetDataSource();
    if (target == null) {
      throw new IllegalStateException("the data source " + fallback + " has no target");
    }
    return target;
  }
}
