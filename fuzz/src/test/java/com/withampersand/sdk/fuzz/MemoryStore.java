package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.InMemoryTokenStore;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows with contents of others' choice. */
final class MemoryStore {
  private MemoryStore() {}

  /** Returns a store with one row. */
  static TokenStore with(
      ConnectionKey key,
      Version version,
      String state,
      @Nullable String client,
      LeaseChange lease,
      @Nullable String sealed) {
    InMemoryTokenStore store = new InMemoryTokenStore();
    store.write(
        key,
        Row.Revision.ABSENT,
        new Row.Change(
            Row.Revision.random(),
            version,
            "consent-1",
            state,
            client,
            lease,
            1,
            Duration.ZERO,
            Set.of(),
            Duration.ZERO,
            sealed));
    return store;
  }
}
